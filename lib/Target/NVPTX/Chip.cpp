//===- Chip.cpp - GPUs that code is made for ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/NVPTX/Chip.h"

#include "graphc/Runtime/Runtime.h"
#include "graphc/Support/ErrorCode.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include <limits>

using namespace graphc;

static constexpr uint32_t bit(kernel::ChipFeature feature) {
  return 1u << static_cast<uint32_t>(feature);
}
/// wgmma and setmaxnreg.
static constexpr uint32_t warpgroups = bit(kernel::ChipFeature::Warpgroups);
/// The copy engine, TMA.
static constexpr uint32_t bulkCopies = bit(kernel::ChipFeature::BulkCopies);
/// mma over e4m3 and e5m2.
static constexpr uint32_t float8 = bit(kernel::ChipFeature::Float8);
/// griddepcontrol.
static constexpr uint32_t dependent = bit(kernel::ChipFeature::DependentLaunch);
static_assert(dependent == GRAPHC_FEATURE_DEPENDENT_LAUNCH);

// The lowest version of PTX that has the instructions used, so that as many
// drivers as possible take it. Shared memory is what a block may opt in to.
static constexpr Chip chips[] = {
    {"sm_80", 80, false, "+ptx80", 163 << 10, 108, 0},
    {"sm_89", 89, false, "+ptx80", 99 << 10, 144, float8},
    {"sm_90a", 90, true, "+ptx80", 227 << 10, 132,
     warpgroups | bulkCopies | float8 | dependent},
    {"sm_100a", 100, true, "+ptx86", 227 << 10, 148,
     bulkCopies | float8 | dependent},
};

llvm::ArrayRef<Chip> graphc::getChips() { return chips; }

bool graphc::isNVPTXTarget(llvm::StringRef target) {
  return target == "nvptx" || target.starts_with("nvptx:");
}

llvm::Expected<std::vector<Chip>> graphc::parseChips(llvm::StringRef target) {
  target.consume_front("nvptx");
  target.consume_front(":");
  std::vector<Chip> found;
  llvm::SmallVector<llvm::StringRef> names;
  (target.empty() ? "sm_80" : target).split(names, ',');
  for (llvm::StringRef name : names) {
    const Chip *chip = llvm::find_if(
        chips, [&](const Chip &known) { return known.name == name.trim(); });
    if (chip == std::end(chips))
      return makeError("unsupported-target",
                       "unknown GPU '" + name + "', known are " +
                           llvm::join(llvm::map_range(chips,
                                                      [](const Chip &known) {
                                                        return known.name.str();
                                                      }),
                                      ", "));
    if (llvm::none_of(
            found, [&](const Chip &other) { return other.name == chip->name; }))
      found.push_back(*chip);
  }
  return found;
}

int64_t graphc::getSharedBytes(llvm::ArrayRef<Chip> chips) {
  constexpr int64_t least = 99 << 10; // Of 8.6 and 8.9.
  int64_t bytes = std::numeric_limits<int64_t>::max();
  for (const Chip &chip : chips)
    bytes = std::min<int64_t>(
        bytes, chip.isExact ? chip.sharedBytes
                            : std::min<int64_t>(least, chip.sharedBytes));
  return bytes;
}
