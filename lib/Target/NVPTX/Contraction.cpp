//===- Contraction.cpp - Products, tile by tile ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block computes a tile of the result. Step by step along the depth it brings
// a panel of each operand to shared memory, in f32 and with the depth
// outermost; each thread then adds up a small tile of its own in registers.
// Operands are evaluated where they are read, so that paddings, windows and
// layouts are of no concern here: a convolution is a product whose left operand
// looks through its windows.
//
//===----------------------------------------------------------------------===//

#include "../Codegen/LaneEmitter.h"
#include "Forms.h"
#include "MmaProduct.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Threads along the rows and the columns of a tile.
static constexpr int64_t threads = 16;
static constexpr int64_t width = 4; ///< Of the vectors that threads compute.
static constexpr int64_t panelDepth = 16;
/// Blocks that a device should have at least, one for each multiprocessor.
static constexpr int64_t wantedBlocks = 132;

namespace {
class ProductEmitter {
public:
  ProductEmitter(OpBuilder &builder, kernel::RegionOp region,
                 const Product &product)
      : builder(builder), region(region), product(product),
        lanes(builder, region, 1), loops(lanes, product) {}

  void emit();

private:
  using Indices = SmallVector<LaneValue>;

  void chooseTile();
  void emitThread();
  void loadPanel(bool isLeft, Value first, Value depth, Value panel);
  SmallVector<Value> multiply(ValueRange sums);
  void store(ArrayRef<Value> sums);

  Value addShared();
  Location loc() { return region.getLoc(); }
  Value constant(int64_t value) { return lanes.constantIndex(value); }
  template <typename Op, typename... Args>
  Value fold(Args &&...args) {
    return builder.createOrFold<Op>(loc(), std::forward<Args>(args)...);
  }
  VectorType vectorType() {
    return VectorType::get({width}, builder.getF32Type());
  }

  OpBuilder &builder;
  kernel::RegionOp region;
  const Product &product;
  LaneEmitter lanes;
  ProductLoops loops;
  gpu::LaunchOp launch;

  Value numRows, numColumns, numDepth, numBatch;
  int64_t tile = 128; ///< Rows and columns.
  int64_t parts() const { return tile / threads / width; }
  Value leftPanel, rightPanel, thread, x, y, firstRow, firstColumn;
  Indices iteration;
};
} // namespace

/// Large tiles reuse more; small ones are more, for every multiprocessor.
void ProductEmitter::chooseTile() {
  std::optional<int64_t> rows = constantOf(numRows),
                         columns = constantOf(numColumns),
                         batch = constantOf(numBatch);
  if (!rows || !columns)
    return;
  int64_t blocks = llvm::divideCeil(*rows, tile) *
                   llvm::divideCeil(*columns, tile) * batch.value_or(1);
  if (blocks < wantedBlocks)
    tile = 64;
}

Value ProductEmitter::addShared() {
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  return launch.addWorkgroupAttribution(
      MemRefType::get({panelDepth, tile}, builder.getF32Type(),
                      MemRefLayoutAttrInterface(), space),
      loc());
}

/// Brings a panel of one operand to shared memory: the rows (or columns) from
/// `first` on, the steps of the depth from `depth` on. Neighbouring threads
/// read neighbours in memory.
void ProductEmitter::loadPanel(bool isLeft, Value first, Value depth,
                               Value panel) {
  linalg::LinalgOp op = product.op;
  OpOperand *operand =
      op.getDpsInputOperand(isLeft ? product.left : product.right);
  AffineMap map = op.getMatchingIndexingMap(operand);
  ArrayRef<unsigned> dims = isLeft ? product.rows : product.columns;
  Value count = isLeft ? numRows : numColumns;
  bool alongDepth =
      map.getNumResults() &&
      map.getResults().back().isFunctionOfDim(product.depth.back()) &&
      !map.getResults().back().isFunctionOfDim(dims.back());
  int64_t inner = alongDepth ? panelDepth : tile;
  int64_t each = tile * panelDepth / (threads * threads);
  for (int64_t i = 0; i < each; ++i) {
    Value number = fold<arith::AddIOp>(thread, constant(i * threads * threads));
    Value fast = fold<arith::RemUIOp>(number, constant(inner));
    Value slow = fold<arith::DivUIOp>(number, constant(inner));
    Value line = alongDepth ? slow : fast, step = alongDepth ? fast : slow;
    Value at = fold<arith::AddIOp>(first, line);
    Value k = fold<arith::AddIOp>(depth, step);
    // What is behind the end is computed and not stored.
    Value last = fold<arith::SubIOp>(count, constant(1));
    at = fold<arith::MinUIOp>(at, last);
    std::optional<int64_t> known = constantOf(numDepth);
    Value isInside;
    if (!known || *known % panelDepth) {
      isInside = arith::CmpIOp::create(builder, loc(),
                                       arith::CmpIPredicate::ult, k, numDepth);
      k = fold<arith::MinUIOp>(k, fold<arith::SubIOp>(numDepth, constant(1)));
    }
    std::size_t mark = lanes.mark();
    Indices indices = iteration;
    loops.expand(dims, at, indices);
    loops.expand(product.depth, k, indices);
    Value value = lanes.materialize(
        lanes.evaluate(operand->get(), lanes.apply(map, indices)));
    lanes.forget(mark);
    if (!value.getType().isF32())
      value =
          arith::ExtFOp::create(builder, loc(), builder.getF32Type(), value);
    if (isInside) {
      Value zero =
          arith::ConstantOp::create(builder, loc(), builder.getF32FloatAttr(0));
      value = arith::SelectOp::create(builder, loc(), isInside, value, zero);
    }
    memref::StoreOp::create(builder, loc(), value, panel,
                            ValueRange{step, line});
  }
}

/// The sums of this thread after the panels in shared memory.
SmallVector<Value> ProductEmitter::multiply(ValueRange sums) {
  int64_t rows = parts() * width;
  return lanes.loop(
      constant(0), constant(panelDepth), 1, sums,
      [&](Value k, ValueRange current) {
        auto load = [&](Value panel, Value of, int64_t part) -> Value {
          Value at =
              fold<arith::AddIOp>(fold<arith::MulIOp>(of, constant(width)),
                                  constant(part * threads * width));
          return vector::LoadOp::create(
              builder, loc(), vectorType(), panel, ValueRange{k, at},
              /*nontemporal=*/false, llvm::MaybeAlign(16));
        };
        SmallVector<Value> left, right, next;
        for (int64_t part = 0; part < parts(); ++part) {
          left.push_back(load(leftPanel, y, part));
          right.push_back(load(rightPanel, x, part));
        }
        for (int64_t row = 0; row < rows; ++row) {
          Value factor = vector::ExtractOp::create(
              builder, loc(), left[row / width], row % width);
          factor =
              vector::BroadcastOp::create(builder, loc(), vectorType(), factor);
          for (int64_t part = 0; part < parts(); ++part)
            next.push_back(math::FmaOp::create(builder, loc(), factor,
                                               right[part],
                                               current[row * parts() + part]));
        }
        return next;
      });
}

/// Stores the results of this thread that are inside.
void ProductEmitter::store(ArrayRef<Value> sums) {
  bool isWhole = loops.areWhole(product.columns, width) &&
                 LaneEmitter::canVectorize(region);
  lanes.setLanes(isWhole ? width : 1);
  auto storeAt = [&](Value row, Value column, Value value) {
    Value isInside = arith::AndIOp::create(
        builder, loc(),
        arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ult, row,
                              numRows),
        arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ult, column,
                              numColumns));
    auto branch = scf::IfOp::create(builder, loc(), isInside);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(branch.thenBlock()->getTerminator());
    std::size_t mark = lanes.mark();
    loops.store(iteration, row, column, value);
    lanes.forget(mark);
  };
  for (int64_t row = 0; row < parts() * width; ++row) {
    Value r = fold<arith::AddIOp>(
        fold<arith::AddIOp>(firstRow, fold<arith::MulIOp>(y, constant(width))),
        constant(row / width * threads * width + row % width));
    for (int64_t part = 0; part < parts(); ++part) {
      Value c = fold<arith::AddIOp>(
          fold<arith::AddIOp>(firstColumn,
                              fold<arith::MulIOp>(x, constant(width))),
          constant(part * threads * width));
      Value sum = sums[row * parts() + part];
      if (isWhole) {
        storeAt(r, c, sum);
        continue;
      }
      for (int64_t lane = 0; lane < width; ++lane)
        storeAt(r, fold<arith::AddIOp>(c, constant(lane)),
                vector::ExtractOp::create(builder, loc(), sum, lane));
    }
  }
}

void ProductEmitter::emitThread() {
  gpu::KernelDim3 ids = launch.getThreadIds(), block = launch.getBlockIds();
  x = ids.x;
  y = ids.y;
  thread = fold<arith::AddIOp>(fold<arith::MulIOp>(y, constant(threads)), x);
  leftPanel = addShared();
  rightPanel = addShared();
  // Blocks that run together share rows of the result: few at a time, all of
  // the columns.
  Value columnTiles = fold<arith::CeilDivUIOp>(numColumns, constant(tile));
  Value column = fold<arith::RemUIOp>(block.x, columnTiles);
  Value rest = fold<arith::DivUIOp>(block.x, columnTiles);
  Value rowTiles = fold<arith::CeilDivUIOp>(numRows, constant(tile));
  Value row = fold<arith::RemUIOp>(rest, rowTiles);
  firstColumn = fold<arith::MulIOp>(column, constant(tile));
  firstRow = fold<arith::MulIOp>(row, constant(tile));
  linalg::LinalgOp op = product.op;
  iteration.resize(op.getNumLoops());
  loops.expand(product.batch, fold<arith::DivUIOp>(rest, rowTiles), iteration);
  Value zero = arith::ConstantOp::create(builder, loc(),
                                         builder.getZeroAttr(vectorType()));
  SmallVector<Value> sums(parts() * width * parts(), zero);
  sums = lanes.loop(constant(0), numDepth, panelDepth, sums,
                    [&](Value depth, ValueRange current) {
                      loadPanel(true, firstRow, depth, leftPanel);
                      loadPanel(false, firstColumn, depth, rightPanel);
                      gpu::BarrierOp::create(builder, loc());
                      SmallVector<Value> next = multiply(current);
                      gpu::BarrierOp::create(builder, loc());
                      return next;
                    });
  store(sums);
}

void ProductEmitter::emit() {
  numRows = loops.getSize(product.rows);
  numColumns = loops.getSize(product.columns);
  numDepth = loops.getSize(product.depth);
  numBatch = loops.getSize(product.batch);
  chooseTile();
  lanes.setBufferAlignment(accessBytes);
  Value blocks = fold<arith::MulIOp>(
      fold<arith::MulIOp>(fold<arith::CeilDivUIOp>(numRows, constant(tile)),
                          fold<arith::CeilDivUIOp>(numColumns, constant(tile))),
      numBatch);
  Value one = constant(1), side = constant(threads);
  launch =
      gpu::LaunchOp::create(builder, loc(), blocks, one, one, side, side, one);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  emitThread();
  gpu::TerminatorOp::create(builder, loc());
}

static LogicalResult emitTiles(OpBuilder &builder, kernel::RegionOp region,
                               ArrayRef<Chip> chips) {
  std::optional<Product> product = matchProduct(region);
  if (!product)
    return emitElements(builder, region);
  if (canUseMma(*product, chips)) {
    emitMmaProduct(builder, region, *product, chips);
    return success();
  }
  ProductEmitter(builder, region, *product).emit();
  return success();
}

LogicalResult nvptx::emitContraction(OpBuilder &builder,
                                     kernel::RegionOp region,
                                     ArrayRef<Chip> chips) {
  std::optional<Product> depthwise = matchDepthwise(region);
  if (depthwise && emitDepthwise(builder, region, *depthwise))
    return success();
  std::optional<Product> product = matchProductOrVector(region);
  if (product && canUseThinMma(*product, chips)) {
    emitThinProduct(builder, region, *product, chips);
    return success();
  }
  return emitWarpgroupProduct(builder, region, chips, [&] {
    return emitTiles(builder, region, chips);
  });
}
