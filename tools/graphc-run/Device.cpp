//===- Device.cpp - What is asked of the driver beside modules ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Device.h"

#include "llvm/ADT/STLFunctionalExtras.h"

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

template <typename... T>
static int call(void *library, const char *name, T... arguments) {
  enum { NotFound = 500 };
  void *function = dlsym(library, name);
  return function ? reinterpret_cast<int (*)(T...)>(function)(arguments...)
                  : NotFound;
}

/// The library, which stays open: drivers do not stand being closed; null where
/// the device is not there.
static void *open(const char *driver, int device, int &handle) {
  void *library =
      dlopen(driver ? driver : "libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  bool isThere = library && !call(library, "cuInit", 0U) &&
                 !call(library, "cuDeviceGet", &handle, device);
  return isThere ? library : nullptr;
}

std::optional<DeviceLimits> graphc::run::findDeviceLimits(const char *driver,
                                                          int device) {
  int handle;
  void *library = open(driver, device, handle);
  if (!library)
    return std::nullopt;
  auto attribute = [&](int number) {
    int value = 0;
    return call(library, "cuDeviceGetAttribute", &value, number, handle)
               ? 0
               : value;
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
  if (!call(library, "cuDeviceGetName", name, int(sizeof(name)), handle))
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

/// Calls `function` of the driver's library in the device's context; false
/// where that fails.
static bool inContext(const char *driver, int device,
                      llvm::function_ref<int(void *library)> function) {
  int handle;
  void *library = open(driver, device, handle), *context, *before;
  if (!library || call(library, "cuDevicePrimaryCtxRetain", &context, handle))
    return false;
  bool isDone =
      !call(library, "cuCtxPushCurrent_v2", context) && !function(library);
  call(library, "cuCtxPopCurrent_v2", &before);
  call(library, "cuDevicePrimaryCtxRelease_v2", handle);
  return isDone;
}

bool graphc::run::copyFromDevice(const char *driver, int device, void *to,
                                 const void *from, size_t size) {
  return inContext(driver, device, [&](void *library) {
    return call(library, "cuMemcpyDtoH_v2", to,
                reinterpret_cast<uint64_t>(from), size);
  });
}

bool graphc::run::copyToDevice(const char *driver, int device, void *to,
                               const void *from, size_t size) {
  return inContext(driver, device, [&](void *library) {
    return call(library, "cuMemcpyHtoD_v2", reinterpret_cast<uint64_t>(to),
                from, size);
  });
}
