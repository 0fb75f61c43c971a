//===- Profile.h - Where a run spends its time -------------------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_RUN_PROFILE_H
#define GRAPHC_TOOLS_GRAPHC_RUN_PROFILE_H

#include "Device.h"
#include "Session.h"

#include "llvm/Support/raw_ostream.h"

namespace graphc::run {

/// One kernel over all runs. Numbers are those of one run, over all its calls.
struct KernelProfile {
  double medianMs = 0;
  int64_t calls = 0;
  std::optional<int64_t> bytes, flops;
};

struct Profile {
  std::vector<KernelProfile> kernels; ///< One for each of the module's.
  size_t runs = 0;
  double totalMs = 0; ///< The median of whole runs.
  int threads = 1;
  /// What copying large blocks of memory reaches with as many threads, read
  /// and written bytes counted.
  double copyGBs = 0;
  std::optional<DeviceLimits> limits; ///< Of a device, where they are known.
};

/// Runs for so many seconds.
/// Kernels of a device are timed by it.
llvm::Expected<Profile> profile(Session &session, const graphc_module &module,
                                const graphc_options &options, double seconds);

/// A table sorted by time.
void printProfile(llvm::raw_ostream &os, const graphc_module &module,
                  const Profile &profile);
void writeProfile(llvm::raw_ostream &os, const graphc_module &module,
                  const Profile &profile);

/// Symbols of kernels and what in the model they are.
void printKernels(llvm::raw_ostream &os, const graphc_module &module);

/// The nodes of a kernel, "matmul, add".
std::string formatNodes(const graphc_kernel &kernel);

} // namespace graphc::run

#endif // GRAPHC_TOOLS_GRAPHC_RUN_PROFILE_H
