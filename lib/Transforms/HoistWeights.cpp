//===- HoistWeights.cpp - Compute once what weights alone decide ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Import/ExternWeight.h"
#include "graphc/Transforms/Passes.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"

namespace graphc {
#define GEN_PASS_DEF_HOISTWEIGHTS
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

namespace {

/// What is known of an op that nothing but constants decides.
struct Known {
  /// Of the weights behind it; none: it costs nothing to make it again.
  int64_t weightBytes = 0;
  /// It shows a weight, or something computed, as another shape.
  bool isView = false;
};

/// `@load`: what is computed when a context is made.
class LoadFunction {
public:
  explicit LoadFunction(ModuleOp module);

  bool exists() const { return function != nullptr; }
  /// A constant of `@main` that stands for `value`, a value of this function.
  DenseResourceElementsAttr add(Value value);
  /// The value that an earlier such constant stands for.
  Value lookup(int64_t number) const { return values.lookup(number); }
  /// Where further ops go.
  OpBuilder getBuilder();
  /// Keeps the values of these numbers and what they need.
  void keep(const llvm::SmallDenseSet<int64_t> &used);

private:
  func::ReturnOp getReturn() {
    return cast<func::ReturnOp>(function.getBody().front().getTerminator());
  }
  /// Makes the signature and the numbers those of `values`.
  void update();

  ModuleOp module;
  func::FuncOp function;
  llvm::MapVector<int64_t, Value> values;
  int64_t next = 0;
};

class Hoister {
public:
  Hoister(ModuleOp module, func::FuncOp main)
      : main(main), load(module), module(module) {}
  /// Returns how many values moved.
  unsigned run();

private:
  std::optional<Known> classify(Operation *op) const;
  void findRoots();
  bool isReadInMain(Operation *op) const;
  bool mayBeConstant(Operation *op) const;
  Value clone(Value value, IRMapping &mapping, OpBuilder &builder);

  func::FuncOp main;
  LoadFunction load;
  ModuleOp module;
  DenseMap<Operation *, Known> known;
  SmallVector<Operation *> order; ///< The known ones.
  /// Views of them, and what they compute, that ops of `@main` go on reading.
  llvm::SmallPtrSet<Operation *, 16> read;
};

} // namespace

static int64_t getBytes(Type type) {
  auto shaped = dyn_cast<RankedTensorType>(type);
  if (!shaped || !shaped.hasStaticShape())
    return 0;
  Type element = shaped.getElementType();
  int64_t parts = 1;
  if (auto complex = dyn_cast<ComplexType>(element)) {
    element = complex.getElementType();
    parts = 2;
  }
  int64_t bits = element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 64;
  return shaped.getNumElements() * parts * llvm::divideCeil(bits, 8);
}

//===----------------------------------------------------------------------===//
// @load
//===----------------------------------------------------------------------===//

LoadFunction::LoadFunction(ModuleOp module)
    : module(module),
      function(module.lookupSymbol<func::FuncOp>(loadFunctionName)) {
  if (!function)
    return;
  auto numbers = function->getAttrOfType<DenseI64ArrayAttr>(loadedName);
  if (!numbers)
    return;
  for (auto [number, value] :
       llvm::zip(numbers.asArrayRef(), getReturn().getOperands())) {
    values[number] = value;
    next = std::max(next, number + 1);
  }
}

OpBuilder LoadFunction::getBuilder() {
  if (!function) {
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    Location loc = module.getLoc();
    function = func::FuncOp::create(builder, loc, loadFunctionName,
                                    builder.getFunctionType({}, {}));
    builder.setInsertionPointToStart(function.addEntryBlock());
    func::ReturnOp::create(builder, loc);
  }
  return OpBuilder(getReturn());
}

DenseResourceElementsAttr LoadFunction::add(Value value) {
  values[next] = value;
  return makeLoadedWeight(cast<ShapedType>(value.getType()), next++);
}

void LoadFunction::update() {
  SmallVector<Value> results;
  SmallVector<int64_t> numbers;
  for (auto [number, value] : values) {
    results.push_back(value);
    numbers.push_back(number);
  }
  getReturn().getOperandsMutable().assign(results);
  Builder builder(function.getContext());
  function.setFunctionType(
      builder.getFunctionType({}, TypeRange(ValueRange(results))));
  function->setAttr(loadedName, builder.getDenseI64ArrayAttr(numbers));
}

void LoadFunction::keep(const llvm::SmallDenseSet<int64_t> &used) {
  if (!function)
    return;
  values.remove_if(
      [&](const auto &entry) { return !used.contains(entry.first); });
  update();
  if (values.empty()) {
    function.erase();
    return;
  }
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (isOpTriviallyDead(&op))
      op.erase();
}

//===----------------------------------------------------------------------===//
// What can move
//===----------------------------------------------------------------------===//

/// Whether `op`, its regions included, always does the same and nothing else.
static bool isFunctionOfOperands(Operation *op) {
  if (!isMemoryEffectFree(op) || op->hasTrait<OpTrait::IsTerminator>())
    return false;
  return !op->walk([](Operation *inner) {
              return isa<kernel::CheckOp, kernel::DefineSymbolOp, func::CallOp>(
                         inner)
                         ? WalkResult::interrupt()
                         : WalkResult::advance();
            }).wasInterrupted();
}

std::optional<Known> Hoister::classify(Operation *op) const {
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    if (!isExternal(constant.getValue()))
      return Known();
    return Known{getBytes(constant.getType()), /*isView=*/true};
  }
  if (op->getNumResults() == 0 || !isFunctionOfOperands(op))
    return std::nullopt;
  // In a branch it may be guarded from what it must not see.
  if (op->getParentOp() != main && !isSpeculatable(op))
    return std::nullopt;
  for (Type type : op->getResultTypes())
    if (auto shaped = dyn_cast<ShapedType>(type);
        shaped && !shaped.hasStaticShape())
      return std::nullopt;
  Known result;
  result.isView = isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp,
                      tensor::CastOp, tensor::ExtractSliceOp>(op);
  llvm::SetVector<Value> used(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), used);
  for (Value value : used) {
    auto it = known.find(value.getDefiningOp());
    if (!value.getDefiningOp() || it == known.end())
      return std::nullopt;
    result.weightBytes += it->second.weightBytes;
  }
  return result;
}

/// Whether an op that stays reads what `op` makes, perhaps through views.
bool Hoister::isReadInMain(Operation *op) const {
  return llvm::any_of(op->getUsers(), [&](Operation *user) {
    // A use in a region is one of the op that moves with it.
    for (Operation *at = user; at && at != main; at = at->getParentOp())
      if (auto it = known.find(at); it != known.end())
        return it->second.isView && read.contains(at);
    return true;
  });
}

/// Not numbers, nor what is much larger than the weights behind it: that is
/// better made where it is read.
bool Hoister::mayBeConstant(Operation *op) const {
  constexpr int64_t fewBytes = int64_t(64) << 10;
  int64_t bytes = 0;
  for (Type type : op->getResultTypes()) {
    if (!isa<RankedTensorType>(type))
      return false;
    bytes += getBytes(type);
  }
  return bytes <= 2 * known.find(op)->second.weightBytes + fewBytes;
}

/// From the users up: what depends on weights alone is either only needed by
/// more of its kind, or read in `@main`, or stays there.
void Hoister::findRoots() {
  for (Operation *op : llvm::reverse(order)) {
    const Known &what = known.find(op)->second;
    if (!what.weightBytes || !isReadInMain(op))
      continue;
    if (what.isView || mayBeConstant(op))
      read.insert(op);
    else
      known.erase(op);
  }
}

//===----------------------------------------------------------------------===//
// Moving it
//===----------------------------------------------------------------------===//

/// The value in `@load` of a value of `@main`, with all that it needs.
Value Hoister::clone(Value value, IRMapping &mapping, OpBuilder &builder) {
  SmallVector<Operation *> stack{value.getDefiningOp()};
  while (!stack.empty()) {
    Operation *op = stack.back();
    if (mapping.contains(op->getResult(0))) {
      stack.pop_back();
      continue;
    }
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      if (std::optional<int64_t> number = getLoadedWeight(constant.getValue()))
        if (Value computed = load.lookup(*number)) {
          mapping.map(constant.getResult(), computed);
          continue;
        }
    llvm::SetVector<Value> used(op->operand_begin(), op->operand_end());
    getUsedValuesDefinedAbove(op->getRegions(), used);
    bool isReady = true;
    for (Value operand : used)
      if (!mapping.contains(operand)) {
        stack.push_back(operand.getDefiningOp());
        isReady = false;
      }
    if (!isReady)
      continue;
    builder.clone(*op, mapping);
    stack.pop_back();
  }
  return mapping.lookup(value);
}

unsigned Hoister::run() {
  main.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op == main)
      return WalkResult::advance();
    std::optional<Known> what = classify(op);
    if (what) {
      known[op] = *what;
      order.push_back(op);
    }
    // What a region computes is part of its op.
    return what || isa<kernel::RegionOp, linalg::LinalgOp>(op)
               ? WalkResult::skip()
               : WalkResult::advance();
  });
  findRoots();

  unsigned numMoved = 0;
  IRMapping mapping;
  OpBuilder constants = OpBuilder::atBlockBegin(&main.getBody().front());
  for (Operation *op : order) {
    if (!read.contains(op) || known.find(op)->second.isView)
      continue;
    OpBuilder builder = load.getBuilder();
    for (OpResult result : op->getResults()) {
      if (result.use_empty())
        continue;
      DenseResourceElementsAttr value =
          load.add(clone(result, mapping, builder));
      Value constant = arith::ConstantOp::create(constants, result.getLoc(),
                                                 value.getType(), value);
      // Also where it is only part of something else that moves: it may have
      // moved before.
      result.replaceAllUsesWith(constant);
      ++numMoved;
    }
  }
  for (Operation *op : llvm::reverse(order))
    if (isOpTriviallyDead(op))
      op->erase();

  // What an earlier run moved may since have become something else.
  llvm::SmallDenseSet<int64_t> used;
  main.walk([&](arith::ConstantOp constant) {
    if (std::optional<int64_t> number = getLoadedWeight(constant.getValue()))
      used.insert(*number);
  });
  load.keep(used);
  return numMoved;
}

namespace {
struct HoistWeights : graphc::impl::HoistWeightsBase<HoistWeights> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main || main.isExternal())
      return;
    bool hasWeights = main->walk([](arith::ConstantOp constant) {
                            return isExternal(constant.getValue())
                                       ? WalkResult::interrupt()
                                       : WalkResult::advance();
                          })
                          .wasInterrupted();
    if (hasWeights)
      numHoisted += Hoister(getOperation(), main).run();
  }
};
} // namespace
