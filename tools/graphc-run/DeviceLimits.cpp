//===- DeviceLimits.cpp - What a GPU could do at best --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceLimits.h"

#include <dlfcn.h>

using namespace graphc::run;

/// Floating-point operations of one multiprocessor in one clock.
struct ChipRates {
  int capability;
  int float32, matrix16;
};
static constexpr ChipRates rates[] = {
    {80, 128, 2048}, {86, 256, 512},   {89, 256, 512},
    {90, 256, 4096}, {100, 256, 8192}, {120, 256, 1024},
};

/// The chip's, or those of the newest one that is older.
static ChipRates findRates(int capability) {
  ChipRates found = rates[0];
  for (const ChipRates &chip : rates)
    if (chip.capability <= capability)
      found = chip;
  return found;
}

double DeviceLimits::getGFlops(const graphc_kernel &kernel) const {
  bool has16 = false, has8 = false;
  for (size_t i = 0; i < kernel.num_operands; ++i) {
    const graphc_operand &operand = kernel.operands[i];
    DLDataType dtype = operand.dtype;
    if (operand.is_written)
      continue;
    bool isFloat = dtype.code == kDLFloat || dtype.code == kDLBfloat;
    if (isFloat && dtype.bits > 16)
      return floatGFlops;
    has16 |= isFloat;
    has8 |= dtype.code >= kDLFloat8_e3m4 && dtype.code <= kDLFloat8_e8m0fnu;
  }
  if (has16)
    return matrix16GFlops;
  return has8 ? 2 * matrix16GFlops : floatGFlops;
}

std::optional<DeviceLimits> graphc::run::findDeviceLimits(const char *driver,
                                                          int device) {
  void *library =
      dlopen(driver ? driver : "libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return std::nullopt;
  auto init = reinterpret_cast<int (*)(unsigned)>(dlsym(library, "cuInit"));
  auto get =
      reinterpret_cast<int (*)(int *, int)>(dlsym(library, "cuDeviceGet"));
  auto getName = reinterpret_cast<int (*)(char *, int, int)>(
      dlsym(library, "cuDeviceGetName"));
  auto getAttribute = reinterpret_cast<int (*)(int *, int, int)>(
      dlsym(library, "cuDeviceGetAttribute"));
  int handle;
  if (!init || !get || !getName || !getAttribute || init(0) ||
      get(&handle, device))
    return std::nullopt;
  auto attribute = [&](int number) {
    int value = 0;
    return getAttribute(&value, number, handle) ? 0 : value;
  };
  enum {
    ClockKHz = 13,
    Multiprocessors = 16,
    MemoryClockKHz = 36,
    BusBits = 37,
    Major = 75,
    Minor = 76
  };
  DeviceLimits limits;
  char name[256] = "";
  if (!getName(name, sizeof(name), handle))
    limits.name = name;
  limits.capability = attribute(Major) * 10 + attribute(Minor);
  ChipRates chip = findRates(limits.capability);
  double clock = attribute(Multiprocessors) * (attribute(ClockKHz) / 1e6);
  // Two words a clock, as all its kinds of memory have it.
  limits.memoryGBs = 2.0 * attribute(MemoryClockKHz) * attribute(BusBits) / 8e6;
  limits.floatGFlops = clock * chip.float32;
  limits.matrix16GFlops = clock * chip.matrix16;
  return limits;
}
