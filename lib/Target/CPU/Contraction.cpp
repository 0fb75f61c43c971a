//===- Contraction.cpp - Register-tiled matrix products -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// C[outer.., m, n] = sum over k of A[outer.., m, k] * B[outer.., k, n]
//
//   parallel for each unit (outer, block of m, panel of n):
//     pack the panel of B, unless its n is contiguous
//     for each tile of rows:
//       accumulators = initial values        rows x vectors registers
//       for k: accumulators += broadcast A[m + i, k] * B[k, n + j lanes]
//       epilogue on registers, store
//
// n is the last dimension of the result; the operand that varies with it is B,
// whichever side it stands on. A is read in place, by scalars.
//
//===----------------------------------------------------------------------===//

#include "Forms.h"
#include "LaneEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using kernel::RegionOp;
using linalg::LinalgOp;

namespace {

/// Tiles of rows of A that share a panel of B before the next panel is read.
constexpr int64_t tilesPerBlock = 32;
/// A packed panel lives on the stack of its task.
constexpr int64_t maxPanelBytes = 512 << 10;
/// Multiply-adds that make a task worth its start.
constexpr int64_t taskWork = 64 << 10;

class ContractionEmitter {
public:
  ContractionEmitter(OpBuilder &builder, RegionOp region,
                     const Processor &processor)
      : builder(builder), region(region), processor(processor),
        lanes(builder, region, 1) {}

  /// False when the product has no form that tiles fit.
  bool analyze();
  void emit();

private:
  using Indices = SmallVector<LaneValue>;

  void emitUnit(Value linear, Value panel);
  void packPanel(Value panel, Value n, int64_t width);
  void emitRows(Value mBegin, Value mEnd, Value n, unsigned vectors,
                Value activeLast, Value panel);
  void emitTile(Value m, unsigned rows, Value n, unsigned vectors,
                Value activeLast, Value panel);
  SmallVector<Value> accumulate(ArrayRef<unsigned> dims, ValueRange initial,
                                Value m, unsigned rows, Value n,
                                unsigned vectors, Value activeLast,
                                Value panel);
  Value widen(Value value);
  Value multiplyAdd(Value a, Value b, Value c);
  Indices iterationAt(LaneValue m, LaneValue n);
  scf::ForOp loop(Value begin, Value end, int64_t step,
                  function_ref<void(Value)> body);
  Location loc() { return region.getLoc(); }
  Value constant(int64_t value) { return lanes.constantIndex(value); }
  Value operandOf(OpOperand *operand) {
    return region.getOperand(
        cast<BlockArgument>(operand->get()).getArgNumber());
  }

  OpBuilder &builder;
  RegionOp region;
  const Processor &processor;
  LaneEmitter lanes;

  LinalgOp op;
  OpOperand *aOperand = nullptr, *bOperand = nullptr;
  unsigned nDim = 0;
  std::optional<unsigned> mDim;
  SmallVector<unsigned> outerDims, kDims;
  SmallVector<Value> sizes;
  Type accumulatorType;
  int64_t width = 1, tileRows = 8, tileVectors = 2;
  bool packs = false;
  int64_t blockRows = 1;
  Indices iteration;
};

} // namespace

bool ContractionEmitter::analyze() {
  for (Operation &candidate : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(candidate);
    if (linalgOp && linalgOp.getNumReductionLoops())
      op = linalgOp;
  }
  if (!op || op.getNumDpsInputs() != 2 || !LaneEmitter::canVectorize(region))
    return false;
  for (OpOperand *input : op.getDpsInputOperands())
    if (!isa<BlockArgument>(input->get()))
      return false;
  accumulatorType = getElementTypeOrSelf(op->getResult(0).getType());
  if (!accumulatorType.isF32() && !accumulatorType.isF64() &&
      !accumulatorType.isInteger())
    return false;
  unsigned parallel = op.getNumParallelLoops();
  if (parallel == 0)
    return false;
  nDim = parallel - 1;
  aOperand = op.getDpsInputOperand(0);
  bOperand = op.getDpsInputOperand(1);
  auto uses = [&](OpOperand *operand, unsigned dim) {
    return op.getMatchingIndexingMap(operand).isFunctionOfDim(dim);
  };
  if (uses(aOperand, nDim))
    std::swap(aOperand, bOperand);
  if (uses(aOperand, nDim) || !uses(bOperand, nDim))
    return false;
  for (unsigned dim = 0; dim < nDim; ++dim) {
    if (!uses(bOperand, dim)) {
      if (mDim)
        outerDims.push_back(*mDim);
      mDim = dim;
    } else {
      outerDims.push_back(dim);
    }
  }
  llvm::sort(outerDims);
  for (unsigned dim = parallel; dim < op.getNumLoops(); ++dim)
    kDims.push_back(dim);

  sizes.resize(op.getNumLoops());
  for (OpOperand &operand : op->getOpOperands())
    for (auto [i, expr] : llvm::enumerate(
             op.getMatchingIndexingMap(&operand).getResults()))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        if (!sizes[dim.getPosition()])
          sizes[dim.getPosition()] = lanes.getSize(operand.get(), i);
  if (llvm::is_contained(sizes, Value()))
    return false;

  width = processor.lanes(
      std::max(32u, accumulatorType.getIntOrFloatBitWidth()));
  bool manyRegisters = processor.vectorBits == 512;
  tileRows = manyRegisters ? 8 : processor.vectorBits == 256 ? 6 : 4;
  blockRows = tileRows * tilesPerBlock;
  tileVectors = 2;
  if (std::optional<int64_t> n = constantOf(sizes[nDim])) {
    while (width > 1 && width / 2 >= *n)
      width /= 2;
    if (*n <= width)
      tileVectors = 1;
  }

  // Is n contiguous in B, as it stands or in packed tiles?
  auto bType = cast<MemRefType>(operandOf(bOperand).getType());
  auto [strides, offset] = bType.getStridesAndOffset();
  (void)offset;
  AffineMap bMap = op.getMatchingIndexingMap(bOperand);
  bool isContiguous = false;
  for (auto [expr, stride] : llvm::zip_equal(bMap.getResults(), strides)) {
    if (!expr.isFunctionOfDim(nDim))
      continue;
    if (stride == 1 && isa<AffineDimExpr>(expr))
      isContiguous = true;
    if (auto binary = dyn_cast<AffineBinaryOpExpr>(expr))
      if (stride == 1 && binary.getKind() == AffineExprKind::Mod) {
        // Packed: the tile is the panel.
        isContiguous = true;
        int64_t tile = cast<AffineConstantExpr>(binary.getRHS()).getValue();
        while (width > tile)
          width /= 2;
        tileVectors = std::max<int64_t>(1, std::min<int64_t>(4, tile / width));
      }
  }
  packs = !isContiguous;
  if (packs) {
    int64_t bytes = width * tileVectors *
                    (accumulatorType.getIntOrFloatBitWidth() / 8);
    for (unsigned dim : kDims) {
      std::optional<int64_t> size = constantOf(sizes[dim]);
      if (!size)
        return false;
      bytes *= *size;
    }
    if (bytes > maxPanelBytes)
      return false;
    // A single row reads B once: packing would double the work.
    if (!mDim || constantOf(sizes[*mDim]) == 1)
      return false;
  }
  iteration.resize(op.getNumLoops());
  return true;
}

Value ContractionEmitter::widen(Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  if (element == accumulatorType)
    return value;
  Type target = accumulatorType;
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    target = VectorType::get(vector.getShape(), target);
  if (isa<FloatType>(element))
    return arith::ExtFOp::create(builder, loc(), target, value);
  bool isUnsigned = op.getBlock()
                        ->walk([](arith::ExtUIOp) {
                          return WalkResult::interrupt();
                        })
                        .wasInterrupted();
  if (isUnsigned)
    return arith::ExtUIOp::create(builder, loc(), target, value);
  return arith::ExtSIOp::create(builder, loc(), target, value);
}

Value ContractionEmitter::multiplyAdd(Value a, Value b, Value c) {
  if (isa<FloatType>(accumulatorType)) {
    if (isa<VectorType>(c.getType()))
      return vector::FMAOp::create(builder, loc(), a, b, c);
    Value product = arith::MulFOp::create(builder, loc(), a, b);
    return arith::AddFOp::create(builder, loc(), product, c);
  }
  Value product = arith::MulIOp::create(builder, loc(), a, b);
  return arith::AddIOp::create(builder, loc(), product, c);
}

scf::ForOp ContractionEmitter::loop(Value begin, Value end, int64_t step,
                                    function_ref<void(Value)> body) {
  auto forOp =
      scf::ForOp::create(builder, loc(), begin, end, constant(step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(forOp.getBody()->getTerminator());
  std::size_t mark = lanes.mark();
  body(forOp.getInductionVar());
  lanes.forget(mark);
  return forOp;
}

ContractionEmitter::Indices ContractionEmitter::iterationAt(LaneValue m,
                                                            LaneValue n) {
  Indices at = iteration;
  if (mDim)
    at[*mDim] = m;
  at[nDim] = n;
  return at;
}

/// Copies B[all k, n .. n + width * vectors) to panel[k.., width * vectors].
void ContractionEmitter::packPanel(Value panel, Value n, int64_t span) {
  int64_t oldLanes = lanes.getLanes();
  lanes.setLanes(1);
  AffineMap map = op.getMatchingIndexingMap(bOperand);
  Value left = arith::SubIOp::create(builder, loc(), sizes[nDim], n);
  Value count =
      arith::MinUIOp::create(builder, loc(), left, constant(span));
  auto copy = [&](Value begin, Value end, bool isPadding) {
    loop(begin, end, 1, [&](Value j) {
      SmallVector<Value> at;
      std::function<void(unsigned)> overK = [&](unsigned position) {
        if (position < kDims.size()) {
          loop(constant(0), sizes[kDims[position]], 1, [&](Value k) {
            iteration[kDims[position]] = LaneValue::uniform(k);
            at.push_back(k);
            overK(position + 1);
            at.pop_back();
          });
          return;
        }
        Value element;
        if (isPadding) {
          element = arith::ConstantOp::create(
              builder, loc(), builder.getZeroAttr(accumulatorType));
        } else {
          Value index = arith::AddIOp::create(builder, loc(), n, j);
          Indices full = iterationAt(LaneValue::uniform(constant(0)),
                                     LaneValue::uniform(index));
          element = widen(
              lanes.load(operandOf(bOperand), lanes.apply(map, full)).scalar);
        }
        SmallVector<Value> indices(at);
        indices.push_back(j);
        memref::StoreOp::create(builder, loc(), element, panel, indices);
      };
      overK(0);
    });
  };
  copy(constant(0), count, /*isPadding=*/false);
  std::optional<int64_t> staticN = constantOf(sizes[nDim]);
  if (!staticN || *staticN % span != 0)
    copy(count, constant(span), /*isPadding=*/true);
  lanes.setLanes(oldLanes);
}

/// Loops over the dimensions `dims` of k, innermost last.
SmallVector<Value> ContractionEmitter::accumulate(
    ArrayRef<unsigned> dims, ValueRange initial, Value m, unsigned rows,
    Value n, unsigned vectors, Value activeLast, Value panel) {
  if (!dims.empty()) {
    auto forOp = scf::ForOp::create(builder, loc(), constant(0),
                                    sizes[dims.front()], constant(1), initial);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(forOp.getBody());
    iteration[dims.front()] = LaneValue::uniform(forOp.getInductionVar());
    SmallVector<Value> next =
        accumulate(dims.drop_front(), forOp.getRegionIterArgs(), m, rows, n,
                   vectors, activeLast, panel);
    scf::YieldOp::create(builder, loc(), next);
    return SmallVector<Value>(forOp.getResults());
  }
  SmallVector<Value> b;
  AffineMap bMap = op.getMatchingIndexingMap(bOperand);
  for (unsigned j = 0; j < vectors; ++j) {
    Value start = builder.createOrFold<arith::AddIOp>(loc(), n,
                                                      constant(j * width));
    if (panel) {
      Indices at;
      for (unsigned dim : kDims)
        at.push_back(iteration[dim]);
      at.push_back({constant(j * width), 1, {}, width});
      b.push_back(lanes.materialize(lanes.load(panel, at)));
      continue;
    }
    bool isLast = j + 1 == vectors && activeLast;
    // Packed constants are padded: no mask.
    bool isPacked = !bMap.isProjectedPermutation();
    if (isLast && !isPacked)
      lanes.setActive(activeLast);
    Indices full = iterationAt(LaneValue::uniform(constant(0)),
                               {start, 1, {}, width});
    b.push_back(widen(lanes.materialize(
        lanes.load(operandOf(bOperand), lanes.apply(bMap, full)))));
    lanes.setActive(nullptr);
  }
  SmallVector<Value> next;
  AffineMap aMap = op.getMatchingIndexingMap(aOperand);
  for (unsigned i = 0; i < rows; ++i) {
    Value row = builder.createOrFold<arith::AddIOp>(loc(), m, constant(i));
    Indices full = iterationAt(LaneValue::uniform(row),
                               LaneValue::uniform(constant(0)));
    LaneValue element =
        lanes.load(operandOf(aOperand), lanes.apply(aMap, full));
    Value a = lanes.materialize(LaneValue::uniform(widen(element.scalar)));
    for (unsigned j = 0; j < vectors; ++j)
      next.push_back(multiplyAdd(a, b[j], initial[i * vectors + j]));
  }
  return next;
}

void ContractionEmitter::emitTile(Value m, unsigned rows, Value n,
                                  unsigned vectors, Value activeLast,
                                  Value panel) {
  std::size_t mark = lanes.mark();
  AffineMap cMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  auto position = [&](unsigned i, unsigned j) {
    Value row = builder.createOrFold<arith::AddIOp>(loc(), m, constant(i));
    Value column =
        builder.createOrFold<arith::AddIOp>(loc(), n, constant(j * width));
    Indices at = iterationAt(LaneValue::uniform(row), {column, 1, {}, width});
    return lanes.apply(cMap, at);
  };
  auto activate = [&](unsigned j) {
    lanes.setActive(j + 1 == vectors ? activeLast : Value());
  };
  SmallVector<Value> initial;
  for (unsigned i = 0; i < rows; ++i)
    for (unsigned j = 0; j < vectors; ++j) {
      activate(j);
      initial.push_back(lanes.materialize(
          lanes.evaluate(op.getDpsInitOperand(0)->get(), position(i, j))));
    }
  lanes.setActive(nullptr);
  SmallVector<Value> results = accumulate(kDims, initial, m, rows, n, vectors,
                                          activeLast, panel);
  unsigned firstInit = region.getInputs().size();
  for (unsigned i = 0; i < rows; ++i)
    for (unsigned j = 0; j < vectors; ++j) {
      activate(j);
      Indices at = position(i, j);
      Value result = results[i * vectors + j];
      lanes.remember(op->getResult(0), at,
                     width == 1 ? LaneValue::uniform(result)
                                : LaneValue{{}, 0, result});
      for (auto [k, value] : llvm::enumerate(region.getYieldedValues()))
        lanes.store(lanes.evaluate(value, at),
                    region.getOperand(firstInit + k), at);
    }
  lanes.setActive(nullptr);
  lanes.forget(mark);
}

void ContractionEmitter::emitRows(Value mBegin, Value mEnd, Value n,
                                  unsigned vectors, Value activeLast,
                                  Value panel) {
  if (!mDim) {
    emitTile(constant(0), 1, n, vectors, activeLast, panel);
    return;
  }
  std::optional<int64_t> total = constantOf(sizes[*mDim]);
  int64_t rows = tileRows;
  if (total)
    rows = std::min(rows, *total);
  Value count = builder.createOrFold<arith::SubIOp>(loc(), mEnd, mBegin);
  Value rest = builder.createOrFold<arith::RemUIOp>(loc(), count,
                                                    constant(rows));
  Value mainEnd = builder.createOrFold<arith::SubIOp>(loc(), mEnd, rest);
  loop(mBegin, mainEnd, rows, [&](Value m) {
    emitTile(m, rows, n, vectors, activeLast, panel);
  });
  // Blocks of a static number of rows all leave the same rest, or none.
  int64_t left = total ? *total % rows : -1;
  if (left == 0)
    return;
  if (left > 0) {
    loop(mainEnd, mEnd, left, [&](Value m) {
      emitTile(m, left, n, vectors, activeLast, panel);
    });
    return;
  }
  loop(mainEnd, mEnd, 1, [&](Value m) {
    emitTile(m, 1, n, vectors, activeLast, panel);
  });
}

/// One panel of n for one block of rows and one outer position.
void ContractionEmitter::emitUnit(Value linear, Value panel) {
  int64_t span = width * tileVectors;
  Value panels = builder.createOrFold<arith::CeilDivUIOp>(loc(), sizes[nDim],
                                                          constant(span));
  Value n = arith::RemUIOp::create(builder, loc(), linear, panels);
  n = arith::MulIOp::create(builder, loc(), n, constant(span));
  Value rest = arith::DivUIOp::create(builder, loc(), linear, panels);
  Value mBegin = constant(0), mEnd = constant(1);
  if (mDim) {
    Value blocks = builder.createOrFold<arith::CeilDivUIOp>(
        loc(), sizes[*mDim], constant(blockRows));
    Value block = builder.createOrFold<arith::RemUIOp>(loc(), rest, blocks);
    rest = builder.createOrFold<arith::DivUIOp>(loc(), rest, blocks);
    mBegin =
        builder.createOrFold<arith::MulIOp>(loc(), block, constant(blockRows));
    Value next = builder.createOrFold<arith::AddIOp>(loc(), mBegin,
                                                     constant(blockRows));
    mEnd = builder.createOrFold<arith::MinUIOp>(loc(), next, sizes[*mDim]);
  }
  for (unsigned dim : llvm::reverse(outerDims)) {
    iteration[dim] = LaneValue::uniform(
        builder.createOrFold<arith::RemUIOp>(loc(), rest, sizes[dim]));
    rest = builder.createOrFold<arith::DivUIOp>(loc(), rest, sizes[dim]);
  }
  if (packs)
    packPanel(panel, n, span);

  std::optional<int64_t> staticN = constantOf(sizes[nDim]);
  if (staticN && *staticN % span == 0)
    return emitRows(mBegin, mEnd, n, tileVectors, nullptr, panel);
  // The last panel may be narrower.
  Value end = arith::AddIOp::create(builder, loc(), n, constant(span));
  Value isWhole = arith::CmpIOp::create(
      builder, loc(), arith::CmpIPredicate::ule, end, sizes[nDim]);
  auto branch = scf::IfOp::create(builder, loc(), isWhole,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  std::size_t mark = lanes.mark();
  if (!staticN || *staticN >= span) {
    builder.setInsertionPoint(branch.thenBlock()->getTerminator());
    emitRows(mBegin, mEnd, n, tileVectors, nullptr, panel);
    lanes.forget(mark);
  }
  builder.setInsertionPoint(branch.elseBlock()->getTerminator());
  Value left = arith::SubIOp::create(builder, loc(), sizes[nDim], n);
  if (staticN) {
    int64_t tail = *staticN % span;
    unsigned vectors = (tail + width - 1) / width;
    Value active = tail % width ? constant(tail % width) : Value();
    emitRows(mBegin, mEnd, n, vectors, active, panel);
  } else {
    for (unsigned vectors = 1; vectors <= tileVectors; ++vectors) {
      // Exactly `vectors` registers, the last of them partly filled.
      Value above = arith::CmpIOp::create(builder, loc(),
                                          arith::CmpIPredicate::ugt, left,
                                          constant((vectors - 1) * width));
      Value below = arith::CmpIOp::create(builder, loc(),
                                          arith::CmpIPredicate::ule, left,
                                          constant(vectors * width));
      Value both = arith::AndIOp::create(builder, loc(), above, below);
      auto inner = scf::IfOp::create(builder, loc(), both, false);
      OpBuilder::InsertionGuard innerGuard(builder);
      builder.setInsertionPoint(inner.thenBlock()->getTerminator());
      Value active = arith::SubIOp::create(builder, loc(), left,
                                           constant((vectors - 1) * width));
      std::size_t innerMark = lanes.mark();
      emitRows(mBegin, mEnd, n, vectors, active, panel);
      lanes.forget(innerMark);
    }
  }
  lanes.forget(mark);
}

void ContractionEmitter::emit() {
  lanes.setLanes(width);
  int64_t span = width * tileVectors;
  Value units = builder.createOrFold<arith::CeilDivUIOp>(loc(), sizes[nDim],
                                                         constant(span));
  if (mDim) {
    Value blocks = builder.createOrFold<arith::CeilDivUIOp>(
        loc(), sizes[*mDim], constant(blockRows));
    units = builder.createOrFold<arith::MulIOp>(loc(), units, blocks);
  }
  for (unsigned dim : outerDims)
    units = builder.createOrFold<arith::MulIOp>(loc(), units, sizes[dim]);
  Value work = constant(span);
  if (mDim)
    work = builder.createOrFold<arith::MulIOp>(
        loc(), work,
        builder.createOrFold<arith::MinUIOp>(loc(), sizes[*mDim],
                                             constant(blockRows)));
  for (unsigned dim : kDims)
    work = builder.createOrFold<arith::MulIOp>(loc(), work, sizes[dim]);
  work = builder.createOrFold<arith::MaxUIOp>(loc(), work, constant(1));
  Value grain = builder.createOrFold<arith::CeilDivUIOp>(
      loc(), constant(taskWork), work);
  emitTasks(builder, loc(), units, grain, processor,
            [&](Value begin, Value end) {
    Value panel;
    if (packs) {
      SmallVector<int64_t> shape;
      for (unsigned dim : kDims)
        shape.push_back(*constantOf(sizes[dim]));
      shape.push_back(span);
      panel = memref::AllocaOp::create(builder, loc(),
                                       MemRefType::get(shape, accumulatorType),
                                       builder.getI64IntegerAttr(64));
    }
    loop(begin, end, 1, [&](Value unit) { emitUnit(unit, panel); });
  });
}

LogicalResult graphc::cpu::emitContraction(OpBuilder &builder, RegionOp region,
                                           const Processor &processor) {
  ContractionEmitter emitter(builder, region, processor);
  if (!emitter.analyze())
    return emitRow(builder, region, processor);
  emitter.emit();
  return success();
}
