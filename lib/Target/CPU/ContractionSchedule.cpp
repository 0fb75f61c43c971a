//===- ContractionSchedule.cpp - How a matrix product is tiled ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionSchedule.h"

#include "graphc/Support/ErrorCode.h"
#include "mlir/IR/Builders.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;

static constexpr StringLiteral feedNames[] = {"packed", "pack", "direct",
                                              "dot"};

/// Panels that are copied live on the stack of their task.
static constexpr int64_t maxPanelBytes = 256 << 10;
/// Sums of rows, while k runs in blocks, are there too.
static constexpr int64_t maxSumBytes = 512 << 10;
/// Steps of k that are summed in a row.
static constexpr int64_t maxRun = 256;
static constexpr int64_t maxDepth = 1 << 16;
/// With fewer rows, copying B costs more than reading it badly.
static constexpr int64_t minPackRows = 48;
/// Up to as many rows, B is read once from memory and the rest hits the cache.
static constexpr int64_t maxDotRows = 8;

DictionaryAttr ContractionSchedule::getAttr(MLIRContext *context) const {
  Builder b(context);
  SmallVector<NamedAttribute> entries;
  auto add = [&](StringRef name, int64_t value) {
    entries.push_back(b.getNamedAttr(name, b.getI64IntegerAttr(value)));
  };
  entries.push_back(b.getNamedAttr(
      "feed", b.getStringAttr(feedNames[static_cast<unsigned>(feed)])));
  add("rows", rows);
  add("columns", columns);
  add("tile", tile);
  add("group", group);
  add("depth", depth);
  if (pairs)
    entries.push_back(b.getNamedAttr("pairs", b.getUnitAttr()));
  if (!fused)
    entries.push_back(b.getNamedAttr("unfused", b.getUnitAttr()));
  return b.getDictionaryAttr(entries);
}

FailureOr<ContractionSchedule>
ContractionSchedule::get(kernel::RegionOp region) {
  ContractionSchedule schedule;
  DictionaryAttr attr = region.getScheduleAttr();
  auto feed = attr.getAs<StringAttr>("feed");
  const auto *name =
      feed ? llvm::find(feedNames, feed.getValue()) : std::end(feedNames);
  if (name == std::end(feedNames)) {
    withCode("kernel-schedule",
             region.emitOpError("has a schedule with an unknown 'feed'"));
    return failure();
  }
  schedule.feed = static_cast<Feed>(name - std::begin(feedNames));
  auto read = [&](StringRef key, int64_t low, int64_t high, int64_t &value) {
    auto number = attr.getAs<IntegerAttr>(key);
    if (!number || number.getInt() < low || number.getInt() > high) {
      withCode("kernel-schedule", region.emitOpError("has a schedule whose '"))
          << key << "' is not from " << low << " to " << high;
      return failure();
    }
    value = number.getInt();
    return success();
  };
  if (failed(read("rows", 1, 32, schedule.rows)) ||
      failed(read("columns", 1, 256, schedule.columns)) ||
      failed(read("tile", 1, 16, schedule.tile)) ||
      failed(read("group", 1, 1 << 12, schedule.group)) ||
      failed(read("depth", 0, maxDepth, schedule.depth)))
    return failure();
  if (!llvm::isPowerOf2_64(schedule.columns)) {
    withCode("kernel-schedule",
             region.emitOpError(
                 "has a schedule whose 'columns' is no power of two"));
    return failure();
  }
  schedule.pairs = attr.contains("pairs");
  schedule.fused = !attr.contains("unfused");
  return schedule;
}

ContractionSchedule ContractionSchedule::choose(const ContractionShape &shape,
                                                const Processor &processor,
                                                bool mayPack) {
  ContractionSchedule s;
  std::optional<int64_t> m = shape.extent(shape.m), k = shape.extent(shape.k),
                         n = shape.extent({shape.n});
  Type aType = getElementTypeOrSelf(shape.a->get().getType());
  Type bType = getElementTypeOrSelf(shape.b->get().getType());
  unsigned bits = std::max(32u, shape.accumulator.getIntOrFloatBitWidth());
  int64_t width = processor.lanes(bits);
  bool oneK = shape.k.size() == 1;
  bool alongK = oneK && shape.isLast(shape.b, shape.k.front());
  s.fused = processor.fused;

  s.columns = 2 * width;
  while (n && s.columns > 1 && s.columns / 2 >= *n)
    s.columns /= 2;
  int64_t vectors = llvm::divideCeil(s.columns, width);

  if (mayPack)
    s.feed = Feed::Packed;
  else if (alongK && m && *m <= maxDotRows && shape.isLast(shape.a, shape.k[0]))
    s.feed = Feed::Dot;
  else if (oneK && (alongK || !m || *m >= minPackRows))
    s.feed = Feed::Pack;
  else
    s.feed = Feed::Direct;
  s.pairs = processor.dotBF16 && aType.isBF16() && bType.isBF16() &&
            shape.accumulator.isF32() && oneK && k && *k % 2 == 0 &&
            s.columns == 2 * width &&
            (s.feed == Feed::Packed || s.feed == Feed::Pack);

  // Sums fill about three quarters of the registers; the rest holds a row of B
  // and elements of A.
  int64_t sums = processor.registers * 3 / 4;
  if (processor.registers == 16)
    sums = processor.vectorBits == 256 ? 12 : 8;
  int64_t maxRows = std::max<int64_t>(1, sums / vectors);
  if (processor.registers == 32)
    maxRows = std::min<int64_t>(maxRows, 14);
  if (!m)
    s.rows = maxRows;
  else
    s.rows =
        llvm::divideCeil(std::max<int64_t>(*m, 1),
                         llvm::divideCeil(std::max<int64_t>(*m, 1), maxRows));
  bool fewRows = m && *m <= maxRows;
  // Few rows leave registers for several panels, which are read as several
  // streams.
  if (fewRows && s.feed != Feed::Dot)
    s.tile = std::clamp<int64_t>(sums / 3 * 2 / (s.rows * vectors), 1, 4);
  if (n)
    s.tile =
        std::clamp<int64_t>(s.tile, 1, std::max<int64_t>(1, *n / s.columns));

  int64_t bytes = s.pairs                  ? 2
                  : s.feed == Feed::Packed ? bType.getIntOrFloatBitWidth() / 8
                                           : bits / 8;
  bytes = std::max<int64_t>(bytes, 1) * s.columns;
  int64_t budget = processor.l2Bytes / 2;
  if (s.feed == Feed::Pack)
    budget = std::min(budget, maxPanelBytes);
  // Short sums stay exact, and a slice of a panel stays in the L1 cache.
  int64_t run = s.pairs ? 2 * maxRun : maxRun;
  s.depth = k.value_or(run);
  if (oneK && k && *k > run * 3 / 2)
    s.depth =
        llvm::alignTo(llvm::divideCeil(*k, llvm::divideCeil(*k, run)), 16);
  s.group = std::clamp<int64_t>(
      budget / (std::max<int64_t>(s.depth, 1) * bytes), 1, 8);
  // Copies serve all rows at once, whose sums have to wait.
  if (s.feed == Feed::Pack && m && k && *k > s.depth)
    s.group = std::clamp<int64_t>(maxSumBytes / (*m * s.columns * bits / 8 + 1),
                                  1, s.group);
  if (s.feed == Feed::Direct && fewRows && oneK && n &&
      *n > 4 * s.columns * s.tile) {
    // Rows of B are read from left to right; their sums wait in the L1 cache.
    s.depth = 16;
    s.group = processor.l1Bytes / 4 / (s.rows * s.columns * bits / 8);
  }
  s.depth = std::min(s.depth, maxDepth);
  s.group = std::max<int64_t>(s.tile, s.group / s.tile * s.tile);
  return s;
}
