//===- InstrumentKernels.cpp - Runs that can be watched -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Transforms/Passes.h"

#include "graphc/Support/Provenance.h"
#include "graphc/Transforms/KernelCost.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/Support/Path.h"

namespace graphc {
#define GEN_PASS_DEF_INSTRUMENTKERNELS
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

namespace {
/// A buffer that a step reads or writes, and whose value it holds.
struct Buffer {
  Value value;
  std::string node;
  bool isWritten = false;
};

/// What can be watched as one.
struct Step {
  Operation *op;
  std::string name, form;
  SmallVector<Buffer> buffers;
  graph::Expr bytes, flops;
  /// What the costs' expressions number.
  SmallVector<Value> operands;
};
} // namespace

static std::string getNode(Location location) {
  Provenance place = getProvenance(location);
  // A value of several ops is that of the last.
  return place.nodes.empty() ? "" : place.nodes.back();
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

static kernel::RegionOp findRegion(Operation *op) {
  auto call = dyn_cast<func::CallOp>(op);
  auto function = call ? SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
                             call, call.getCalleeAttr())
                       : func::FuncOp();
  if (!function || function.isExternal())
    return nullptr;
  auto regions = function.getBody().front().getOps<kernel::RegionOp>();
  return regions.empty() ? nullptr : *regions.begin();
}

/// The only region of `function`, wherever it is there, or null.
static kernel::RegionOp findRegionIn(func::FuncOp function) {
  kernel::RegionOp found;
  function.walk([&](kernel::RegionOp region) { found = region; });
  return found;
}

/// Whether the kernel writes what it reads, element by element.
static bool isCopy(kernel::RegionOp region) {
  Block &body = region.getBody().front();
  if (region.getInits().size() != 1)
    return false;
  auto generic = region.getYieldedValues()[0].getDefiningOp<linalg::LinalgOp>();
  if (!generic || generic.getNumDpsInputs() != 1 ||
      !llvm::all_of(generic.getIndexingMapsArray(),
                    [](AffineMap map) { return map.isIdentity(); }))
    return false;
  Value input = generic.getDpsInputs()[0];
  return isa<BlockArgument>(input) && input.getParentBlock() == &body &&
         generic.getBlock()->getTerminator()->getOperand(0) ==
             generic.getBlock()->getArgument(0);
}

/// Whether nothing but `call` sees the buffer: then it holds no value, only
/// what the kernel may need on its way.
static bool isScratch(Value buffer, func::CallOp call) {
  return buffer.getDefiningOp<memref::ViewOp>() && buffer.hasOneUse() &&
         *buffer.user_begin() == call;
}

/// The call has the nodes of its own place; those of operands are known from
/// the region, which calls of several places may share.
static Step describeCall(func::CallOp call, kernel::RegionOp region,
                         bool isShared) {
  Step step;
  step.op = call;
  step.name = call.getCallee().str();
  step.form =
      isCopy(region) ? "copy" : kernel::stringifyForm(region.getForm()).str();
  KernelCost cost = estimateCost(region);
  step.bytes = cost.bytes;
  step.flops = cost.flops;
  llvm::append_range(step.operands, call.getOperands());
  size_t numInputs = region.getInputs().size();
  for (auto [index, operand] : llvm::enumerate(call.getOperands())) {
    if (!isa<MemRefType>(operand.getType()) || isScratch(operand, call))
      continue;
    Buffer buffer;
    buffer.value = operand;
    buffer.isWritten = index >= numInputs;
    Value inside = buffer.isWritten
                       ? region.getYieldedValues()[index - numInputs]
                       : Value(region.getBlockArgument(index));
    if (!isShared)
      buffer.node = getNode(inside.getLoc());
    else if (buffer.isWritten)
      buffer.node = getNode(call.getLoc());
    step.buffers.push_back(std::move(buffer));
  }
  return step;
}

static bool hasCalls(Operation *op) {
  return op
      ->walk([](Operation *inner) {
        return findRegion(inner) ? WalkResult::interrupt()
                                 : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Whether `value` is written by `op` or in it.
static bool isWrittenIn(Value value, Operation *op) {
  return llvm::any_of(value.getUses(), [&](OpOperand &use) {
    Operation *user = use.getOwner();
    if (!op->isAncestor(user))
      return false;
    if (auto structured = dyn_cast<DestinationStyleOpInterface>(user))
      return structured.isDpsInit(&use);
    if (auto copy = dyn_cast<memref::CopyOp>(user))
      return copy.getTarget() == value;
    return isa<memref::StoreOp>(user) ||
           // A view that is made inside may be written through.
           llvm::any_of(user->getResults(), [&](Value view) {
             return isa<MemRefType>(view.getType()) && isWrittenIn(view, op);
           });
  });
}

/// Loops, copies and structured ops that are no kernels. A loop may read its
/// buffers in part, so its costs are not known.
static Step describeWork(Operation *op) {
  Step step;
  step.op = op;
  std::string node = getNode(op->getLoc());
  bool isLoop = op->getNumRegions() != 0 && !isa<linalg::LinalgOp>(op);
  step.form = isa<memref::CopyOp>(op) ? "copy" : isLoop ? "loops" : "generic";
  step.name = step.form + (node.empty() ? "" : "_" + node);
  llvm::SetVector<Value> used(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), used);
  for (Value value : used) {
    if (!isa<MemRefType>(value.getType()))
      continue;
    step.operands.push_back(value);
    bool isWritten = isWrittenIn(value, op);
    step.buffers.push_back({value, isWritten ? node : "", isWritten});
  }
  if (!isLoop)
    step.bytes = countBytes(step.operands);
  return step;
}

/// The function that `op` calls and in which a kernel is in a loop, or null.
static func::FuncOp findLoopedKernel(Operation *op) {
  auto call = dyn_cast<func::CallOp>(op);
  auto function = call ? SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
                             call, call.getCalleeAttr())
                       : func::FuncOp();
  if (!function || function.isExternal() || !findRegionIn(function))
    return nullptr;
  return function;
}

/// How often its kernel computes, and of how much, is known at run time only,
/// so that costs are not.
static Step describeLoopedKernel(func::CallOp call, func::FuncOp function) {
  Step step;
  step.op = call;
  step.name = call.getCallee().str();
  step.form = kernel::stringifyForm(findRegionIn(function).getForm()).str();
  std::string node = getNode(call.getLoc());
  for (auto [operand, argument] :
       llvm::zip_equal(call.getOperands(), function.getArguments())) {
    if (!isa<MemRefType>(operand.getType()))
      continue;
    step.operands.push_back(operand);
    bool isWritten = isWrittenIn(argument, function);
    step.buffers.push_back({operand, isWritten ? node : "", isWritten});
  }
  return step;
}

static bool storesToMemory(Operation *op) {
  return op
      ->walk([](Operation *inner) {
        return isa<memref::StoreOp, memref::CopyOp, linalg::LinalgOp>(inner)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

static void findSteps(Block &block, const llvm::StringMap<unsigned> &numCalls,
                      std::vector<Step> &steps) {
  for (Operation &op : block) {
    if (kernel::RegionOp region = findRegion(&op)) {
      auto call = cast<func::CallOp>(op);
      steps.push_back(
          describeCall(call, region, numCalls.lookup(call.getCallee()) > 1));
    } else if (func::FuncOp function = findLoopedKernel(&op)) {
      steps.push_back(describeLoopedKernel(cast<func::CallOp>(op), function));
    } else if (hasCalls(&op)) {
      for (Region &region : op.getRegions())
        for (Block &inner : region)
          findSteps(inner, numCalls, steps);
    } else if (isa<memref::CopyOp, linalg::LinalgOp>(op) ||
               (isa<LoopLikeOpInterface>(op) && storesToMemory(&op))) {
      steps.push_back(describeWork(&op));
    } else if (isa<scf::IfOp>(op) && op.getNumRegions() != 0) {
      // A branch without kernels may still hold loops.
      for (Region &region : op.getRegions())
        for (Block &inner : region)
          findSteps(inner, numCalls, steps);
    }
  }
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// The file that was compiled goes without its folder: modules are the same
/// wherever it lies.
static std::string formatLine(FileLineColLoc line, ModuleOp module) {
  StringRef file = line.getFilename();
  if (auto whole = dyn_cast<FileLineColLoc>(module.getLoc());
      whole && whole.getFilename() == line.getFilename())
    file = llvm::sys::path::filename(file);
  return (file + ":" + Twine(line.getLine())).str();
}

static DictionaryAttr describe(const Step &step, ModuleOp module,
                               Builder &builder) {
  Provenance place = getProvenance(step.op->getLoc());
  auto text = [&](StringRef value) { return builder.getStringAttr(value); };
  SmallVector<Attribute> nodes, operands;
  for (const std::string &node : place.nodes)
    nodes.push_back(text(node));
  for (const Buffer &buffer : step.buffers) {
    NamedAttrList entry;
    entry.set("type", TypeAttr::get(buffer.value.getType()));
    if (!buffer.node.empty())
      entry.set("node", text(buffer.node));
    if (buffer.isWritten)
      entry.set("written", builder.getUnitAttr());
    operands.push_back(entry.getDictionary(builder.getContext()));
  }
  NamedAttrList entry;
  entry.set("name", text(step.name));
  entry.set("form", text(step.form));
  entry.set("nodes", builder.getArrayAttr(nodes));
  entry.set("operands", builder.getArrayAttr(operands));
  if (!place.modulePath.empty())
    entry.set("module", text(place.modulePath));
  if (place.line)
    entry.set("source", text(formatLine(place.line, module)));
  return entry.getDictionary(builder.getContext());
}

static void observe(const Step &step, int64_t index) {
  OpBuilder builder(step.op);
  Location loc = step.op->getLoc();
  auto makeCost = [&](graph::Expr cost) -> Value {
    if (cost)
      return materializeCost(builder, loc, cost, step.operands);
    return arith::ConstantIndexOp::create(builder, loc, -1);
  };
  Value bytes = makeCost(step.bytes), flops = makeCost(step.flops);
  SmallVector<Value> buffers;
  for (const Buffer &buffer : step.buffers)
    buffers.push_back(buffer.value);
  kernel::ObserveOp::create(builder, loc, index, /*done=*/false, bytes, flops,
                            buffers);
  builder.setInsertionPointAfter(step.op);
  kernel::ObserveOp::create(builder, loc, index, /*done=*/true, bytes, flops,
                            buffers);
}

namespace {
struct InstrumentKernels
    : graphc::impl::InstrumentKernelsBase<InstrumentKernels> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto main = module.lookupSymbol<func::FuncOp>("main");
    if (!main || main.isExternal())
      return;
    llvm::StringMap<unsigned> numCalls;
    main.walk([&](func::CallOp call) { ++numCalls[call.getCallee()]; });
    std::vector<Step> steps;
    for (Block &block : main.getBody())
      findSteps(block, numCalls, steps);
    Builder builder(&getContext());
    SmallVector<Attribute> table;
    for (auto [index, step] : llvm::enumerate(steps)) {
      observe(step, index);
      table.push_back(describe(step, module, builder));
    }
    module->setAttr("kernel.table", builder.getArrayAttr(table));
    numObserved += steps.size();
  }
};
} // namespace
