//===- BindBoundary.cpp - The entry on memrefs ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Transforms/Passes.h"

#include "dialects/Graph/IR/Graph.h"
#include "dialects/Kernel/IR/Kernel.h"
#include "graphc/Import/ExternWeight.h"
#include "graphc/Import/Signature.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Transforms/MaterializeExpr.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graphc {
#define GEN_PASS_DEF_BINDBOUNDARY
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// The memref that a tensor of the boundary lives in. Strides that are no
/// constants are dynamic.
static MemRefType boundaryType(RankedTensorType tensor, Type promised) {
  auto strided = dyn_cast_or_null<graph::StridedTensorType>(promised);
  if (!strided || strided.isContiguous())
    return MemRefType::get(tensor.getShape(), tensor.getElementType());
  SmallVector<int64_t> strides;
  for (graph::Expr stride : strided.getStrides())
    strides.push_back(stride.getConstant().value_or(ShapedType::kDynamic));
  return MemRefType::get(
      tensor.getShape(), tensor.getElementType(),
      StridedLayoutAttr::get(tensor.getContext(), 0, strides));
}

/// A result that is computed in another shape is computed in the caller's
/// memory, seen in that shape.
static void lookThroughViews(Value &value, Value &destination) {
  while (true) {
    Operation *view = value.getDefiningOp();
    auto collapse = dyn_cast_or_null<tensor::CollapseShapeOp>(view);
    auto expand = dyn_cast_or_null<tensor::ExpandShapeOp>(view);
    auto type = cast<MemRefType>(destination.getType());
    if ((!collapse && !expand) || !type.getLayout().isIdentity())
      return;
    Value source = view->getOperand(0);
    auto shape = cast<RankedTensorType>(source.getType());
    if (!shape.hasStaticShape() || !type.hasStaticShape())
      return;
    OpBuilder builder(destination.getContext());
    builder.setInsertionPointAfterValue(destination);
    auto seen = MemRefType::get(shape.getShape(), shape.getElementType());
    destination =
        collapse
            ? memref::ExpandShapeOp::create(builder, destination.getLoc(), seen,
                                            destination,
                                            collapse.getReassociationIndices())
                  .getResult()
            : memref::CollapseShapeOp::create(builder, destination.getLoc(),
                                              seen, destination,
                                              expand.getReassociationIndices())
                  .getResult();
    value = source;
  }
}

static bool dependsOnData(const Signature &signature, Type promised) {
  llvm::SetVector<StringRef> used;
  for (graph::Expr size : cast<graph::StridedTensorType>(promised).getShape())
    size.collectSymbols(used);
  return llvm::any_of(signature.symbols, [&](const Signature::Symbol &symbol) {
    return symbol.dataDependent && used.contains(symbol.name);
  });
}

/// `destination`, which has room for the largest result, as a memref of the
/// sizes that depend on data. It stands where these are known.
static FailureOr<Value> resize(func::FuncOp main, const Signature &signature,
                               Value destination,
                               graph::StridedTensorType promised) {
  llvm::StringMap<Value> symbols;
  OpBuilder builder(main.getContext());
  builder.setInsertionPointToStart(&main.getBody().front());
  for (auto [i, symbol] : llvm::enumerate(signature.symbols))
    if (!symbol.dataDependent)
      symbols[symbol.name] = main.getArgument(i);
  for (auto op : main.getBody().front().getOps<kernel::DefineSymbolOp>()) {
    symbols[op.getSymbol()] = op.getValue();
    builder.setInsertionPointAfter(op);
  }
  bool isKnown = true;
  Location loc = destination.getLoc();
  auto materialize = [&](graph::Expr expr) -> OpFoldResult {
    llvm::SetVector<StringRef> used;
    expr.collectSymbols(used);
    for (StringRef name : used)
      isKnown &= symbols.contains(name);
    if (!isKnown)
      return builder.getIndexAttr(0);
    return getAsOpFoldResult(
        materializeExpr(builder, loc, expr,
                        [&](StringRef name) { return symbols.lookup(name); }));
  };
  SmallVector<OpFoldResult> sizes, strides;
  for (graph::Expr size : promised.getShape())
    sizes.push_back(materialize(size));
  // The type knows more strides: those of dimensions of one element are free.
  auto type = cast<MemRefType>(destination.getType());
  auto [known, offset] = type.getStridesAndOffset();
  (void)offset;
  for (auto [stride, constant] : llvm::zip_equal(promised.getStrides(), known))
    strides.push_back(ShapedType::isDynamic(constant)
                          ? materialize(stride)
                          : builder.getIndexAttr(constant));
  if (!isKnown)
    return withCode("unsupported-size", main.emitError("returns a "))
           << promised << " whose size is only known in a branch or loop";
  return Value(memref::ReinterpretCastOp::create(
      builder, loc, type, destination, builder.getIndexAttr(0), sizes,
      strides));
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

/// For a kernel that only permutes the dimensions of its one input: how
/// dimensions of the input are those of the result.
static std::optional<AffineMap> matchPermutation(kernel::RegionOp region) {
  if (region.getForm() != kernel::Form::Pointwise ||
      region.getInputs().size() != 1 || region.getNumResults() != 1)
    return std::nullopt;
  auto op = region.getYieldedValues()[0].getDefiningOp<linalg::GenericOp>();
  if (!op || op.getNumDpsInputs() != 1 ||
      op.getDpsInputs()[0] != region.getBlockArgument(0))
    return std::nullopt;
  Block *body = op.getBody();
  AffineMap map = op.getIndexingMapsArray()[0];
  if (body->getTerminator()->getOperand(0) != body->getArgument(0) ||
      !map.isPermutation() || !op.getIndexingMapsArray()[1].isIdentity())
    return std::nullopt;
  return map;
}

/// Where `value` only is another tensor with permuted dimensions, and the
/// caller's strides undo that: the other tensor, and the caller's memory as it
/// has it, so that nothing is copied.
static std::optional<std::pair<Value, Value>>
bindPermuted(OpBuilder &builder, Value value, Value destination) {
  auto region = value.getDefiningOp<kernel::RegionOp>();
  std::optional<AffineMap> map =
      region ? matchPermutation(region) : std::nullopt;
  auto type = cast<MemRefType>(destination.getType());
  auto [strides, offset] = type.getStridesAndOffset();
  if (!map || !type.hasStaticShape() || offset != 0 ||
      llvm::any_of(strides, ShapedType::isDynamic))
    return std::nullopt;
  SmallVector<int64_t> shape =
                           applyPermutationMap<int64_t>(*map, type.getShape()),
                       permuted = applyPermutationMap<int64_t>(*map, strides);
  auto plain = MemRefType::get(shape, type.getElementType());
  if (permuted != plain.getStridesAndOffset().first)
    return std::nullopt;
  // Ahead of what is computed there.
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointAfterValue(destination);
  return std::make_pair(region.getInputs()[0],
                        Value(memref::ReinterpretCastOp::create(
                            builder, value.getLoc(), plain, destination,
                            /*offset=*/0, shape, permuted)));
}

/// Loops that write into what an argument holds get a copy of it. It is made
/// where the result goes, which would have to be copied there otherwise.
static void copyArgument(OpBuilder &builder, Value result) {
  while (auto loop = result.getDefiningOp<scf::ForOp>()) {
    OpOperand &init =
        loop.getInitArgsMutable()[cast<OpResult>(result).getResultNumber()];
    result = init.get();
    if (!result.getDefiningOp<bufferization::ToTensorOp>())
      continue;
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(loop);
    Location loc = loop.getLoc();
    auto type = cast<RankedTensorType>(result.getType());
    Value empty = tensor::EmptyOp::create(
        builder, loc, tensor::getMixedSizes(builder, loc, result),
        type.getElementType());
    init.set(bufferization::MaterializeInDestinationOp::create(builder, loc,
                                                               result, empty)
                 .getResult());
    return;
  }
}

//===----------------------------------------------------------------------===//
// Initializers
//===----------------------------------------------------------------------===//

/// Gives every use of `op` behind the first one a copy of its own, as far as
/// `isWanted`.
static void cloneForUses(Operation *op,
                         llvm::function_ref<bool(OpOperand &)> isWanted) {
  OpBuilder builder(op);
  bool isTaken = false;
  for (OpOperand &use : llvm::make_early_inc_range(op->getUses())) {
    if (!isWanted(use))
      continue;
    if (std::exchange(isTaken, true))
      use.set(builder.clone(*op)->getResult(0));
  }
}

/// Whether an op writes into the buffer of `root`, or into one that its buffer
/// becomes, although that has other users.
static bool isContended(const bufferization::AnalysisState &state, Value root) {
  SmallVector<Value> worklist = {root};
  llvm::SmallPtrSet<Value, 8> seen;
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    for (OpOperand &use : value.getUses()) {
      if (!isa<bufferization::BufferizableOpInterface>(use.getOwner()))
        continue;
      if (state.bufferizesToMemoryWrite(use) && !value.hasOneUse())
        return true;
      for (const bufferization::AliasingValue &alias :
           state.getAliasingValues(use))
        worklist.push_back(alias.value);
    }
  }
  return false;
}

/// Empty tensors give way to the caller's memory, for which bufferization sees
/// no conflict: two sums that start from one zero would meet there. So ops that
/// write start from tensors of their own, and where they cannot, the result is
/// computed elsewhere.
static void separateInitializers(func::FuncOp main) {
  bufferization::BufferizationOptions options;
  bufferization::AnalysisState state(options);
  auto isWritten = [&](OpOperand &use) {
    return isa<bufferization::BufferizableOpInterface>(use.getOwner()) &&
           state.bufferizesToMemoryWrite(use);
  };
  SmallVector<linalg::FillOp> fills;
  SmallVector<tensor::EmptyOp> empties;
  auto collect = [&](Operation *op) {
    if (isa<kernel::RegionOp>(op))
      return WalkResult::skip();
    if (auto fill = dyn_cast<linalg::FillOp>(op))
      fills.push_back(fill);
    if (auto empty = dyn_cast<tensor::EmptyOp>(op))
      empties.push_back(empty);
    return WalkResult::advance();
  };
  main.walk<WalkOrder::PreOrder>(collect);
  for (linalg::FillOp fill : fills)
    if (fill->getNumResults() == 1)
      cloneForUses(fill, isWritten);
  for (tensor::EmptyOp empty : empties)
    cloneForUses(empty, [](OpOperand &) { return true; });
  fills.clear();
  empties.clear();
  main.walk<WalkOrder::PreOrder>(collect);
  for (tensor::EmptyOp empty : empties) {
    if (!isContended(state, empty))
      continue;
    OpBuilder builder(empty);
    empty.replaceAllUsesWith(Value(bufferization::AllocTensorOp::create(
        builder, empty.getLoc(), empty.getType(), empty.getDynamicSizes())));
    empty.erase();
  }
}

/// The function that convert-graph-to-linalg makes: index symbols, then builtin
/// tensors, and tensors as results.
static LogicalResult checkBoundary(func::FuncOp main) {
  if (!main.getBody().hasOneBlock())
    return withCode("module-interface",
                    main.emitError("must have one block to bind its boundary"));
  auto check = [&](Type type, StringRef role, bool isSymbol) -> LogicalResult {
    if (isa<RankedTensorType>(type) || (isSymbol && type.isIndex()))
      return success();
    return withCode("module-interface", main.emitError("has "))
           << role << " of type " << type
           << ": graphc-bind-boundary takes builtin "
              "tensors, which convert-graph-to-linalg "
              "makes";
  };
  for (Type type : main.getArgumentTypes())
    if (failed(check(type, "an argument", /*isSymbol=*/true)))
      return failure();
  for (Type type : main.getResultTypes())
    if (failed(check(type, "a result", /*isSymbol=*/false)))
      return failure();
  return success();
}

/// Gives `main` memrefs with the strides of the promised types, null where a
/// type promises none.
static LogicalResult bind(func::FuncOp main, const Signature *signature,
                          ArrayRef<Type> arguments, ArrayRef<Type> results) {
  OpBuilder builder(main);
  Block &entry = main.getBody().front();
  builder.setInsertionPointToStart(&entry);
  for (BlockArgument argument : entry.getArguments()) {
    auto tensor = dyn_cast<RankedTensorType>(argument.getType());
    if (!tensor)
      continue;
    argument.setType(boundaryType(tensor, arguments[argument.getArgNumber()]));
    auto value = bufferization::ToTensorOp::create(
        builder, argument.getLoc(), tensor, argument, /*restrict=*/true);
    argument.replaceAllUsesExcept(value, value);
  }
  auto returnOp = cast<func::ReturnOp>(entry.getTerminator());
  builder.setInsertionPoint(returnOp);
  for (auto [value, promised] :
       llvm::zip_equal(returnOp.getOperands(), results)) {
    auto tensor = cast<RankedTensorType>(value.getType());
    Value destination =
        entry.addArgument(boundaryType(tensor, promised), value.getLoc());
    if (promised && dependsOnData(*signature, promised)) {
      FailureOr<Value> resized =
          resize(main, *signature, destination,
                 cast<graph::StridedTensorType>(promised));
      if (failed(resized))
        return failure();
      destination = *resized;
    }
    Value source = value;
    if (auto bound = bindPermuted(builder, value, destination))
      std::tie(source, destination) = *bound;
    lookThroughViews(source, destination);
    copyArgument(builder, source);
    bufferization::MaterializeInDestinationOp::create(
        builder, value.getLoc(), TypeRange(), source, destination,
        /*restrict=*/true, /*writable=*/true);
  }
  SmallVector<Value> returned(returnOp.getOperands());
  returnOp->setOperands({});
  for (Value value : returned)
    if (Operation *op = value.getDefiningOp(); op && isOpTriviallyDead(op))
      op->erase();
  main.setFunctionType(builder.getFunctionType(entry.getArgumentTypes(), {}));
  main.removeResAttrsAttr();
  main.removeArgAttrsAttr();
  separateInitializers(main);
  return success();
}

/// The types that the signature promises for arguments and results of `main`.
static LogicalResult readPromises(const Signature &signature, func::FuncOp main,
                                  MutableArrayRef<Type> arguments,
                                  MutableArrayRef<Type> results) {
  size_t symbols = signature.symbols.size();
  bool fits = true;
  auto promise = [&](MutableArrayRef<Type> types, size_t index, Type type) {
    if (index < types.size())
      types[index] = type;
    fits &= index < types.size();
  };
  for (const Signature::Input &input : signature.inputs)
    if (input.argument)
      promise(arguments, symbols + *input.argument, input.type);
  for (const Signature::Output &output : signature.outputs)
    if (output.result)
      promise(results, *output.result, output.type);
  for (const Signature::Mutation &mutation : signature.mutations)
    if (mutation.result >= results.size() || !results[mutation.result])
      promise(results, mutation.result, signature.inputs[mutation.input].type);
  if (fits)
    return success();
  return withCode(
      "module-interface",
      main.emitError("takes or returns less than the signature says"));
}

namespace {
struct BindBoundary : graphc::impl::BindBoundaryBase<BindBoundary> {
  void runOnOperation() override {
    if (failed(bindMain()) || failed(bindLoad()))
      signalPassFailure();
  }

private:
  LogicalResult bindMain() {
    ModuleOp module = getOperation();
    auto main = module.lookupSymbol<func::FuncOp>("main");
    if (!main)
      return success();
    if (failed(checkBoundary(main)))
      return failure();
    SmallVector<Type> arguments(main.getNumArguments());
    SmallVector<Type> results(main.getNumResults());
    if (!module->hasAttr(Signature::getAttrName()))
      return bind(main, nullptr, arguments, results);
    FailureOr<Signature> signature = Signature::get(module);
    if (failed(signature) ||
        failed(readPromises(*signature, main, arguments, results)))
      return failure();
    return bind(main, &*signature, arguments, results);
  }

  /// What graphc-hoist-weights made has constant sizes, in row-major order.
  LogicalResult bindLoad() {
    auto load = getOperation().lookupSymbol<func::FuncOp>(loadFunctionName);
    if (!load || !load->hasAttr(loadedName))
      return success();
    if (failed(checkBoundary(load)))
      return failure();
    return bind(load, nullptr, SmallVector<Type>(load.getNumArguments()),
                SmallVector<Type>(load.getNumResults()));
  }
};
} // namespace
