//===- DeviceCode.h - Code for a device inside an artefact ------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TARGET_DEVICECODE_H
#define GRAPHC_TARGET_DEVICECODE_H

#include <cstdint>
#include <string>
#include <vector>

namespace graphc {

/// One form of all kernels, see graphc_image in Runtime.h.
struct DeviceImage {
  int32_t kind = 0;
  int32_t capability = 0; ///< 90 for sm_90 and sm_90a
  bool isExact = false;   ///< Of no use for later capabilities.
  uint32_t features = 0;  ///< Of the chip, a bit for each kernel::ChipFeature.
  std::string chip;       ///< "sm_90a"
  std::string bytes;
};

/// What a device runs of a module.
struct DeviceCode {
  std::vector<DeviceImage> images;  ///< The best first.
  std::vector<std::string> kernels; ///< Their names, in the order of calls.
};

} // namespace graphc

#endif // GRAPHC_TARGET_DEVICECODE_H
