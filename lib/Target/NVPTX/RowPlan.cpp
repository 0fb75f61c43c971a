//===- RowPlan.cpp - How threads share rows -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowEmitter.h"

#include "Exchange.h"
#include "Forms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// Elements of a row that one thread should have, and vectors at least: enough
/// loads at once to hide their latency, few enough for several blocks.
static constexpr int64_t wantedElements = 8, wantedVectors = 2;
/// Vectors of a row that one thread keeps in registers, or single elements.
static constexpr int64_t maxVectors = 8, maxElements = 32;
static constexpr int64_t maxGroup = 512;
/// Threads of long rows, for which registers are fewer. Of rows that are read
/// more than once so few are under way that the cache still has them.
static constexpr int64_t longGroup = 1024, maxLongElements = 32;
static constexpr int64_t warpThreads = 32;
static constexpr int64_t columnThreads = warpThreads;
/// Shared memory of a block for what the threads of its columns combine, of the
/// 48 KiB that every chip gives without asking.
static constexpr int64_t columnBytes = 32 << 10;
/// Blocks of columns, side by side, from which on they may meet in one launch,
/// for which each has to wait: then parts are few.
static constexpr int64_t minMeetings = 8;
/// Vectors that a thread has of its part at least, and parts that are worth
/// the launches that they cost.
static constexpr int64_t wantedPartVectors = 16, minParts = 4;

bool RowEmitter::plan() {
  auto dims = region->getAttrOfType<IntegerAttr>("row_dims");
  auto domain = region->getAttrOfType<IntegerAttr>("domain_rank");
  if (!dims || !domain)
    return false;
  rowDims = dims.getInt();
  rank = domain.getInt();
  for (ArrayRef<LinalgOp> ops : collectPasses(region)) {
    Pass &pass = passes.emplace_back();
    for (LinalgOp op : ops) {
      std::optional<RowReduction> reduction = RowReduction::match(op);
      if (!reduction || op.getNumLoops() != rank ||
          op.getNumParallelLoops() != rowDims ||
          !llvm::all_of(op->getResultTypes(), [](Type type) {
            return canExchange(getElementTypeOrSelf(type));
          }))
        return false;
      pass.push_back(*reduction);
    }
  }
  if (passes.empty() || rank == rowDims)
    return false;
  // Rows of what only the body's values have are left to others.
  for (Value value : region.getYieldedValues()) {
    int64_t valueRank = cast<RankedTensorType>(value.getType()).getRank();
    if (valueRank != rank && valueRank != rowDims)
      return false;
  }
  sizes = getDomainSizes(lanes, rank);
  if (sizes.size() != rank)
    return false;
  chooseWidth();
  widest = layout.width;
  live = shortLive = countLive();
  chooseGroup();
  if (!named && mergePasses()) {
    live = countLive();
    chooseGroup();
  }
  lanes.setBufferAlignment(accessBytes);
  if (open && open->isWhole)
    OpenShapes(builder, region, sizes, vectorDim).assume(lanes, layout.width);
  return true;
}

/// Moves to the first pass what the second can have of moments and sums of
/// exponentials: rows that no registers hold are read once less.
bool RowEmitter::mergePasses() {
  if (passes.size() < 2)
    return false;
  SmallVector<LinalgOp> before =
      llvm::map_to_vector(passes[0], [](const RowReduction &reduction) {
        return reduction.getOp();
      });
  Pass left;
  for (const RowReduction &reduction : passes[1]) {
    std::optional<RowReduction> indirect =
        RowReduction::matchMoments(reduction.getOp(), rowDims, before);
    if (!indirect)
      indirect =
          RowReduction::matchExponentials(reduction.getOp(), rowDims, before);
    (indirect ? passes[0] : left).push_back(indirect.value_or(reduction));
  }
  bool isMerged = left.size() < passes[1].size();
  passes[1] = std::move(left);
  if (passes[1].empty())
    passes.erase(passes.begin() + 1);
  return isMerged;
}

void RowEmitter::chooseWidth() {
  vectorDim = rank - 1;
  if (!LaneEmitter::canVectorize(region))
    return;
  SmallVector<int64_t> score = scoreDimensions(region, rank);
  for (unsigned dim = 0; dim < rank; ++dim)
    if (score[dim] > score[vectorDim])
      vectorDim = dim;
  layout.alongColumns = vectorDim < rowDims;
  std::optional<int64_t> size = constantOf(sizes[vectorDim]);
  if (!size && !(open && open->isWhole))
    return;
  layout.width = accessBytes / getElementBytes();
  while (size && *size % layout.width)
    layout.width /= 2;
}

/// Bytes that each thread of a column hands over, per lane: the most of any
/// pass, as those before may be handed over still.
static int64_t getBytes(ArrayRef<SmallVector<RowReduction>> passes) {
  int64_t bytes = 0;
  for (ArrayRef<RowReduction> pass : passes)
    for (const RowReduction &reduction : pass)
      for (unsigned i = 0; i < reduction.getNumValues(); ++i)
        bytes += reduction.getElementType(i).getIntOrFloatBitWidth() / 8;
  return bytes;
}

/// The number of vectors (along rows) or elements of a row.
Value RowEmitter::getCount(int64_t width) {
  Value number = constant(1);
  for (unsigned dim = rowDims; dim < rank; ++dim) {
    Value size = sizes[dim];
    if (dim == vectorDim)
      size = fold<arith::DivUIOp>(size, constant(width));
    number = fold<arith::MulIOp>(number, size);
  }
  return number;
}

/// The number of rows or of vectors of them.
Value RowEmitter::getUnits(const RowLayout &of) {
  Value units = constant(1);
  for (unsigned dim = 0; dim < rowDims; ++dim) {
    Value size = sizes[dim];
    if (dim == vectorDim)
      size = fold<arith::DivUIOp>(size, constant(of.width));
    units = fold<arith::MulIOp>(units, size);
  }
  return units;
}

/// Groups of several warps meet in shared memory and at barriers of the block:
/// each has one of its own.
static int64_t getRowsOfBlock(int64_t group) {
  return group > warpThreads ? 1 : 128 / group;
}

/// How many threads share a row, how many rows a block has.
void RowEmitter::chooseGroup() {
  count = getCount(layout.width);
  std::optional<int64_t> known = constantOf(count);
  if (layout.alongColumns) {
    if (chooseStrip())
      return;
    layout.rows = columnThreads;
    layout.group = 8;
    while (known && layout.group < 32 && *known >= layout.group * 32)
      layout.group *= 2;
    if (!known && !(open && open->isSplit)) {
      // Long ones are split where they are few: more threads share each, of
      // fewer columns.
      layout.group = 32;
      layout.width = std::max<int64_t>(1, layout.width / 4);
    }
    auto tooMuch = [&] {
      return getBytes(passes) * layout.width * layout.rows * layout.group >
             columnBytes;
    };
    while (layout.group > 8 && tooMuch())
      layout.group /= 2;
    while (layout.width > 1 && tooMuch())
      layout.width /= 2;
    return;
  }
  layout.group = blockThreads;
  if (open && open->group)
    return chooseOpenGroup();
  if (known) {
    int64_t wanted = std::max(wantedVectors, wantedElements / layout.width);
    // Not every lane its own row: neighbours read neighbours.
    layout.group = layout.width == 1 ? 4 : 1;
    while (layout.group < maxGroup && layout.group * wanted < *known)
      layout.group *= 2;
    // Two warps gain nothing over one that does the same work.
    if (layout.group == 64)
      layout.group = 32;
    // There are registers for two values of so many.
    int64_t most = (layout.width == 1 ? maxElements : maxVectors) * 2 /
                   std::max<int64_t>(2, live);
    if (static_cast<int64_t>(llvm::divideCeil(*known, layout.group)) > most) {
      layout.group = longGroup;
      most = std::min(most, maxLongElements / layout.width / live);
    }
    int64_t each = llvm::divideCeil(*known, layout.group);
    if (each <= most)
      named = each;
    else if (passes.size() + hasFullResults() == 1)
      layout.group = blockThreads;
  }
  layout.rows = getRowsOfBlock(layout.group);
}

/// Of short rows of open size.
void RowEmitter::chooseOpenGroup() {
  named = open->named;
  layout.group = *open->group;
  layout.rows = 1;
  if (layout.group) {
    layout.rows = getRowsOfBlock(layout.group);
    return;
  }
  layout.group = longGroup;
  Value warp = constant(warpThreads);
  Value each = fold<arith::CeilDivUIOp>(count, constant(*named));
  Value warps = fold<arith::CeilDivUIOp>(each, warp);
  layout.threads = fold<arith::MulIOp>(warps, warp);
}

//===----------------------------------------------------------------------===//
// Split rows
//===----------------------------------------------------------------------===//

/// Of the launch whose groups have parts of rows.
RowLayout RowEmitter::getSplitLayout() const {
  RowLayout split = layout;
  split.group = blockThreads;
  split.rows = 1;
  if (!split.alongColumns)
    return split;
  split.rows = columnThreads;
  if (std::optional<int64_t> size = constantOf(sizes[vectorDim]))
    // Few columns: the threads of a warp have several steps instead.
    while (split.rows > 8 && *size / split.width <= split.rows / 2)
      split.rows /= 2;
  split.group = blockThreads / split.rows;
  // Once of steps and once of parts.
  while (split.width > 1 &&
         2 * getBytes(passes) * split.width * blockThreads > columnBytes)
    split.width /= 2;
  return split;
}

std::optional<int64_t> RowEmitter::getAttr(StringRef name) {
  auto attribute = region->getAttrOfType<IntegerAttr>(name);
  return attribute ? std::optional(attribute.getInt()) : std::nullopt;
}

/// Parts that are worth what they cost: a way through memory for each pass, and
/// results of the rows' size computed by themselves.
int64_t RowEmitter::getLeastParts() {
  return minParts * (passes.size() + hasFullResults());
}

/// Whether the last block of some columns combines what all of theirs have: a
/// launch for that would take longer.
bool RowEmitter::meetInLaunch() {
  if (!layout.alongColumns)
    return false;
  RowLayout split = getSplitLayout();
  std::optional<int64_t> units = constantOf(getUnits(split));
  return !units || *units >= minMeetings * split.rows;
}

/// Of the launch that combines `parts` parts of each row.
RowLayout RowEmitter::getFinishLayout(int64_t parts) const {
  // All parts at once, if so many threads can: nothing else hides latency here.
  RowLayout last = getSplitLayout();
  last.width = last.alongColumns ? std::min<int64_t>(last.width, 4) : 1;
  last.group = last.alongColumns ? 8 : 32;
  int64_t most = last.alongColumns ? longGroup / last.rows : longGroup;
  while (last.group < most && last.group * 2 <= parts &&
         (!last.alongColumns ||
          getBytes(passes) * last.width * last.rows * last.group * 2 <=
              columnBytes))
    last.group *= 2;
  if (!last.alongColumns)
    last.rows = getRowsOfBlock(last.group);
  return last;
}

/// In how many parts rows are best split, if that is at least getLeastParts.
Value RowEmitter::countParts() {
  RowLayout split = getSplitLayout();
  auto atLeastOne = [&](Value value) {
    return fold<arith::MaxUIOp>(value, constant(1));
  };
  Value blocks = atLeastOne(
      fold<arith::CeilDivUIOp>(getUnits(split), constant(split.rows)));
  Value most = fold<arith::DivUIOp>(constant(wantedParts), blocks);
  Value worth =
      fold<arith::DivUIOp>(count, constant(split.group * wantedPartVectors));
  return atLeastOne(fold<arith::MinUIOp>(most, worth));
}

int64_t RowEmitter::chooseParts() {
  if (layout.strip)
    return 1;
  RowLayout split = getSplitLayout();
  std::optional<int64_t> parts = constantOf(countParts());
  std::optional<int64_t> length = constantOf(count);
  std::optional<int64_t> units = constantOf(getUnits(split));
  if (units == 0)
    return 1;
  if (parts)
    return *parts < getLeastParts() ? 1 : *parts;
  // What is known to be short stays so, and code for few long rows of what most
  // often has many is not worth it where it is much.
  bool isShort =
      length && *length / (split.group * wantedPartVectors) < getLeastParts();
  bool isMuch = passes.size() + hasFullResults() > 1;
  return isShort || (isMuch && !units) ? 1 : openParts;
}

MemRefType RowEmitter::getBufferType(const RowReduction &reduction,
                                     unsigned value, Value parts) const {
  SmallVector<int64_t> shape;
  auto add = [&](Value size) {
    shape.push_back(constantOf(size).value_or(ShapedType::kDynamic));
  };
  for (unsigned dim = 0; dim < rowDims; ++dim)
    add(sizes[dim]);
  if (parts) {
    add(parts);
    if (layout.alongColumns)
      std::rotate(shape.begin(), shape.end() - 1, shape.end());
  }
  return MemRefType::get(shape, reduction.getElementType(value));
}

/// Parts of rows of open size are no more than the blocks of the launch.
int64_t RowEmitter::getBufferBytes(MemRefType type) {
  RowLayout split = getSplitLayout();
  int64_t most =
      wantedParts * (split.alongColumns ? split.rows * split.width : 1);
  int64_t number = type.hasStaticShape() ? type.getNumElements() : most;
  return llvm::alignTo(number * type.getElementTypeBitWidth() / 8, 64);
}

int64_t RowEmitter::getWorkspaceBytes(int64_t parts) {
  Value number = parts == openParts ? count : constant(parts);
  int64_t bytes = 0;
  for (const Pass &pass : passes)
    for (const RowReduction &reduction : pass)
      for (unsigned i = 0; i < reduction.getNumValues(); ++i)
        bytes += getBufferBytes(getBufferType(reduction, i, number)) +
                 getBufferBytes(getBufferType(reduction, i, nullptr));
  return bytes;
}
