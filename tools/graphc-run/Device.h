//===- Device.h - What is asked of the driver beside modules ----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_RUN_DEVICE_H
#define GRAPHC_TOOLS_GRAPHC_RUN_DEVICE_H

#include "graphc/Runtime/Runtime.h"

#include <cstddef>
#include <optional>
#include <string>

namespace graphc::run {

/// By the figures that the driver tells, at the highest clock.
struct DeviceLimits {
  std::string name;
  int capability = 0;        ///< 90
  double memoryGBs = 0;      ///< Bytes read and written.
  double floatGFlops = 0;    ///< f32 without tensor cores.
  double matrix16GFlops = 0; ///< Products of 16 bit with f32 sums, dense.

  /// For the types that a kernel reads: 16 and 8 bit go through tensor cores.
  double getGFlops(const graphc_kernel &kernel) const;
};

/// Nothing where the driver cannot be asked; null: libcuda.so.1.
std::optional<DeviceLimits> findDeviceLimits(const char *driver, int device);

/// Waits for the device and copies; false where that fails.
bool copyFromDevice(const char *driver, int device, void *to, const void *from,
                    size_t size);
/// The other way.
bool copyToDevice(const char *driver, int device, void *to, const void *from,
                  size_t size);

} // namespace graphc::run

#endif // GRAPHC_TOOLS_GRAPHC_RUN_DEVICE_H
