//===- ContractionSchedule.h - How a matrix product is tiled ----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CPU_CONTRACTIONSCHEDULE_H
#define GRAPHC_LIB_TARGET_CPU_CONTRACTIONSCHEDULE_H

#include "ContractionShape.h"
#include "Forms.h"

namespace graphc::cpu {

/// How B reaches the registers.
enum class Feed {
  Packed, ///< A constant that lies in panels: [N / columns][K][columns].
  Pack,   ///< Copied into such panels on the way, one group at a time.
  Direct, ///< Read in place along n.
  Dot,    ///< Read in place along k; lanes are summed at the end.
};

/// The schedule of a contraction kernel. A panel is `columns` wide; a register
/// tile is `rows` high and `tile` panels wide; a group of panels stays in the
/// second level of the cache while A passes by; k runs in blocks of `depth`.
struct ContractionSchedule {
  Feed feed = Feed::Direct;
  std::int64_t rows = 1, columns = 1, tile = 1, group = 1, depth = 0;
  /// Neighbours along k are multiplied and added by one instruction.
  bool pairs = false;
  /// Multiply and add round once. False where that is a library call.
  bool fused = true;

  mlir::DictionaryAttr getAttr(mlir::MLIRContext *context) const;
  /// What the region's schedule says; an error says what is wrong with it.
  static mlir::FailureOr<ContractionSchedule> get(kernel::RegionOp region);
  /// The table: from shape and processor to schedule. `mayPack`: B is a
  /// constant that nothing else wants as it is.
  static ContractionSchedule choose(const ContractionShape &shape,
                                    const Processor &processor, bool mayPack);
};

} // namespace graphc::cpu

#endif // GRAPHC_LIB_TARGET_CPU_CONTRACTIONSCHEDULE_H
