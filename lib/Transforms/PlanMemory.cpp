//===- PlanMemory.cpp - One arena for all buffers -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The arena has two parts. Buffers of constant size come first: largest first,
// each at the lowest offset that no buffer alive at the same time covers.
// Buffers whose size depends on symbols follow in slots; a slot is as large as
// the largest buffer that uses it.
//
//===----------------------------------------------------------------------===//

#include "SizeBounds.h"

#include "graphc/Support/ErrorCode.h"
#include "graphc/Transforms/ExpectBuffers.h"
#include "graphc/Transforms/Passes.h"

#include "dialects/Graph/IR/Graph.h"
#include "graphc/Import/ExternWeight.h"
#include "graphc/Import/Signature.h"
#include "graphc/Transforms/MaterializeExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/Support/MathExtras.h"

namespace graphc {
#define GEN_PASS_DEF_PLANMEMORY
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using graph::Expr;

static constexpr int64_t alignment = 64;
/// Of the arenas of `@main` and of `@load`.
static constexpr StringLiteral arenaSizeName = "kernel.arena_size";
static constexpr StringLiteral loadArenaSizeName = "kernel.load_arena_size";

namespace {

struct Buffer {
  memref::AllocOp alloc;
  unsigned first = 0, last = 0; ///< Positions in the entry block.
  std::optional<int64_t> bytes; ///< Nothing when the size is symbolic.
  Expr size;                    ///< In bytes, symbolic buffers only.
  int64_t offset = 0;
  unsigned slot = 0;

  bool overlaps(const Buffer &other) const {
    return first <= other.last && other.first <= last;
  }
};

/// The constants that the module holds, each once, and their places.
struct WeightsBlob {
  // Equal constants are one attribute, so that they share their place.
  DenseMap<Attribute, int64_t> offsets;
  int64_t size = 0;
};

class Planner {
public:
  Planner(ModuleOp module, func::FuncOp main, WeightsBlob &blob,
          SmallVectorImpl<StringRef> &messages)
      : module(module), main(main), blob(blob), messages(messages) {}
  LogicalResult run();
  unsigned numBuffers = 0;
  int64_t arenaBytes = 0;

private:
  LogicalResult collect();
  void placeStatic();
  void placeSymbolic();
  void rewriteAllocs();
  void rewriteConstants();
  void appendExternWeights();
  void appendStatus();
  void appendSymbols();
  unsigned position(Operation *op) {
    return order.lookup(main.getBody().front().findAncestorOpInBlock(*op));
  }
  unsigned lastUse(Value buffer);

  ModuleOp module;
  func::FuncOp main;
  WeightsBlob &blob;
  SmallVectorImpl<StringRef> &messages; ///< Of checks, of all functions.
  DenseMap<Operation *, unsigned> order;
  SmallVector<Buffer> buffers;
  SmallVector<Expr> slots;
  SmallVector<std::string> symbolNames;
};

} // namespace

static int64_t elementBytes(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    return 2 * elementBytes(complex.getElementType());
  return type.isIndex() ? 8 : llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
}

/// The last position at which `buffer` or a view of it may be touched.
unsigned Planner::lastUse(Value buffer) {
  unsigned last = 0;
  SmallVector<Value> work{buffer};
  SmallPtrSet<Value, 8> seen{buffer};
  auto follow = [&](Value alias) {
    if (isa<BaseMemRefType>(alias.getType()) && seen.insert(alias).second)
      work.push_back(alias);
  };
  while (!work.empty()) {
    Value value = work.pop_back_val();
    for (OpOperand &use : value.getUses()) {
      Operation *user = use.getOwner();
      last = std::max(last, position(user));
      for (Value result : user->getResults())
        follow(result);
      // What leaves a region, or enters one, may come out of its parent.
      if (user->hasTrait<OpTrait::IsTerminator>() &&
          user->getParentOp() != main) {
        for (Value result : user->getParentOp()->getResults())
          follow(result);
        for (Region &region : user->getParentOp()->getRegions())
          for (Value argument : region.getArguments())
            follow(argument);
        last = std::max(last, position(user->getParentOp()));
      }
      if (isa<RegionBranchOpInterface>(user))
        for (Region &region : user->getRegions())
          for (Value argument : region.getArguments())
            follow(argument);
    }
  }
  return last;
}

LogicalResult Planner::collect() {
  SizeBounds sizes(module, main, symbolNames);
  unsigned next = 0;
  for (Operation &op : main.getBody().front())
    order[&op] = next++;
  bool isComplete = true;
  main.walk([&](memref::AllocOp alloc) {
    Buffer buffer;
    buffer.alloc = alloc;
    buffer.first = position(alloc);
    buffer.last = std::max(buffer.first, lastUse(alloc));
    MemRefType type = alloc.getType();
    int64_t unit = elementBytes(type.getElementType());
    if (type.hasStaticShape()) {
      buffer.bytes = std::max<int64_t>(
          alignment, llvm::alignTo(type.getNumElements() * unit, alignment));
    } else {
      Expr size = Expr::constant(alloc.getContext(), unit);
      for (int64_t extent : type.getShape())
        if (!ShapedType::isDynamic(extent))
          size = size * Expr::constant(alloc.getContext(), extent);
      for (Value extent : alloc.getDynamicSizes()) {
        FailureOr<Expr> expr = sizes.getUpperBound(extent);
        if (failed(expr)) {
          withCode(
              "unsupported-size",
              alloc.emitError("needs a buffer whose size depends on data: "))
              << type;
          isComplete = false; // All are reported together.
          return;
        }
        size = size * *expr;
      }
      if (size.isInvalid()) {
        withCode("unsupported-size",
                 alloc.emitError("needs a buffer whose size has too long an "
                                 "expression: "))
            << type;
        isComplete = false;
        return;
      }
      buffer.size = size.ceilDiv(alignment) * alignment;
    }
    buffers.push_back(buffer);
  });
  numBuffers = buffers.size();
  return success(isComplete);
}

void Planner::placeStatic() {
  SmallVector<Buffer *> bySize, placed;
  for (Buffer &buffer : buffers)
    if (buffer.bytes)
      bySize.push_back(&buffer);
  llvm::stable_sort(bySize,
                    [](Buffer *a, Buffer *b) { return *a->bytes > *b->bytes; });
  for (Buffer *buffer : bySize) {
    // Placed buffers alive at the same time, by offset.
    int64_t offset = 0;
    for (Buffer *other : placed) {
      if (!buffer->overlaps(*other))
        continue;
      if (offset + *buffer->bytes <= other->offset)
        break;
      offset = std::max(offset, other->offset + *other->bytes);
    }
    buffer->offset = offset;
    arenaBytes = std::max(arenaBytes, offset + *buffer->bytes);
    placed.insert(llvm::upper_bound(placed, buffer,
                                    [](Buffer *a, Buffer *b) {
                                      return a->offset < b->offset;
                                    }),
                  buffer);
  }
}

void Planner::placeSymbolic() {
  SmallVector<SmallVector<Buffer *>> users;
  for (Buffer &buffer : buffers) {
    if (buffer.bytes)
      continue;
    std::optional<unsigned> chosen;
    for (unsigned slot = 0; slot < slots.size(); ++slot) {
      if (llvm::any_of(users[slot],
                       [&](Buffer *other) { return buffer.overlaps(*other); }))
        continue;
      // Of very many sizes the greatest has no expression.
      bool isFirst = !chosen && !slots[slot].max(buffer.size).isInvalid();
      if (isFirst || slots[slot] == buffer.size)
        chosen = slot;
      if (slots[slot] == buffer.size)
        break;
    }
    if (!chosen) {
      chosen = slots.size();
      slots.push_back(buffer.size);
      users.emplace_back();
    } else if (slots[*chosen] != buffer.size) {
      slots[*chosen] = slots[*chosen].max(buffer.size);
    }
    buffer.slot = *chosen;
    users[*chosen].push_back(&buffer);
  }
}

/// Index code for `expr` over the symbol arguments of `main`.
static Value emitExpr(OpBuilder &builder, Location loc, Expr expr,
                      func::FuncOp main, ArrayRef<std::string> symbols) {
  return materializeExpr(builder, loc, expr, [&](StringRef name) -> Value {
    for (auto [i, symbol] : llvm::enumerate(symbols))
      if (symbol == name)
        return main.getArgument(i);
    return Value();
  });
}

void Planner::rewriteAllocs() {
  Block &entry = main.getBody().front();
  OpBuilder builder(main.getContext());
  auto bytes = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
  BlockArgument arena = entry.addArgument(bytes, main.getLoc());
  builder.setInsertionPointToStart(&entry);
  // Where each slot starts.
  SmallVector<Value> starts;
  Expr total = Expr::constant(main.getContext(), arenaBytes);
  for (Expr slot : slots) {
    starts.push_back(
        emitExpr(builder, main.getLoc(), total, main, symbolNames));
    total = total + slot;
  }
  for (Buffer &buffer : buffers) {
    builder.setInsertionPoint(buffer.alloc);
    Location loc = buffer.alloc.getLoc();
    Value offset = buffer.bytes ? arith::ConstantIndexOp::create(builder, loc,
                                                                 buffer.offset)
                                      .getResult()
                                : starts[buffer.slot];
    Value view =
        memref::ViewOp::create(builder, loc, buffer.alloc.getType(), arena,
                               offset, buffer.alloc.getDynamicSizes());
    buffer.alloc.replaceAllUsesWith(view);
    buffer.alloc.erase();
  }
  main.walk([](memref::DeallocOp dealloc) { dealloc.erase(); });
  module->setAttr(main.getName() == loadFunctionName ? loadArenaSizeName
                                                     : arenaSizeName,
                  total.getAttr());
}

void Planner::rewriteConstants() {
  Block &entry = main.getBody().front();
  OpBuilder builder(main.getContext());
  auto bytes = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
  BlockArgument weights = entry.addArgument(bytes, main.getLoc());
  SymbolTable symbols(module);
  main.walk([&](memref::GetGlobalOp get) {
    auto global = symbols.lookup<memref::GlobalOp>(get.getName());
    Attribute value = *global.getInitialValue();
    if (isExternal(value))
      return;
    auto [it, isNew] = blob.offsets.try_emplace(value, blob.size);
    if (isNew) {
      auto type = cast<ShapedType>(global.getType());
      blob.size += llvm::alignTo(type.getNumElements() *
                                     elementBytes(type.getElementType()),
                                 alignment);
      global->setAttr("kernel.offset", builder.getI64IntegerAttr(it->second));
    }
    builder.setInsertionPoint(get);
    Value offset =
        arith::ConstantIndexOp::create(builder, get.getLoc(), it->second);
    Value view = memref::ViewOp::create(builder, get.getLoc(), get.getType(),
                                        weights, offset, ValueRange());
    get.replaceAllUsesWith(view);
    get.erase();
  });
}

/// Constants whose values come at load are arguments, behind the weights that
/// the module holds.
void Planner::appendExternWeights() {
  Block &entry = main.getBody().front();
  SymbolTable symbols(module);
  llvm::MapVector<Attribute, BlockArgument> arguments;
  main.walk([&](memref::GetGlobalOp get) {
    auto global = symbols.lookup<memref::GlobalOp>(get.getName());
    BlockArgument &argument = arguments[*global.getInitialValue()];
    if (!argument)
      argument = entry.addArgument(get.getType(), get.getLoc());
    get.replaceAllUsesWith(argument);
    get.erase();
  });
  if (arguments.empty())
    return;
  SmallVector<Attribute> values;
  for (auto [value, argument] : arguments)
    values.push_back(value);
  main->setAttr(externWeightsName, ArrayAttr::get(main.getContext(), values));
}

/// Kernels that check something get the status to write it to.
void Planner::appendStatus() {
  Block &entry = main.getBody().front();
  OpBuilder builder(main.getContext());
  auto type = MemRefType::get({1}, builder.getI32Type());
  BlockArgument status = entry.addArgument(type, main.getLoc());
  SmallVector<kernel::CheckOp> plain;
  main.walk([&](kernel::CheckOp check) {
    auto *it = llvm::find(messages, check.getMessage());
    unsigned code = it - messages.begin() + 1;
    if (it == messages.end())
      messages.push_back(check.getMessage());
    check->setAttr("code", builder.getI32IntegerAttr(code));
    auto region = check->getParentOfType<kernel::RegionOp>();
    if (!region)
      plain.push_back(check);
    else if (!region->hasAttr("status")) {
      unsigned index = region.getInputs().size();
      region.getInputsMutable().append(status);
      region.getBody().insertArgument(
          index, RankedTensorType::get({1}, builder.getI32Type()),
          region.getLoc());
      region->setAttr("status", builder.getI64IntegerAttr(index));
    }
  });
  for (kernel::CheckOp check : plain) {
    builder.setInsertionPoint(check);
    kernel::lowerCheck(builder, check, check.getCondition(), status);
    check.erase();
  }
  module->setAttr("kernel.checks", builder.getStrArrayAttr(messages));
}

/// Sizes that depend on data go to the caller's array of symbols.
void Planner::appendSymbols() {
  Block &entry = main.getBody().front();
  OpBuilder builder(main.getContext());
  auto type = MemRefType::get({ShapedType::kDynamic}, builder.getI64Type());
  BlockArgument array = entry.addArgument(type, main.getLoc());
  SmallVector<kernel::DefineSymbolOp> definitions;
  main.walk([&](kernel::DefineSymbolOp op) { definitions.push_back(op); });
  for (kernel::DefineSymbolOp op : definitions) {
    builder.setInsertionPoint(op);
    auto *it = llvm::find(symbolNames, op.getSymbol());
    if (it != symbolNames.end()) {
      Value wide = arith::IndexCastOp::create(
          builder, op.getLoc(), builder.getI64Type(), op.getValue());
      Value index = arith::ConstantIndexOp::create(builder, op.getLoc(),
                                                   it - symbolNames.begin());
      memref::StoreOp::create(builder, op.getLoc(), wide, array, index);
    }
    op.erase();
  }
}

LogicalResult Planner::run() {
  if (main.getName() == loadFunctionName) {
    // It depends on no size.
  } else if (module->hasAttr(Signature::getAttrName())) {
    FailureOr<Signature> signature = Signature::get(module);
    if (failed(signature))
      return failure();
    for (const Signature::Symbol &symbol : signature->symbols)
      symbolNames.push_back(symbol.name);
  } else {
    for (auto [i, type] : llvm::enumerate(main.getArgumentTypes()))
      if (type.isIndex())
        symbolNames.push_back("s" + std::to_string(i));
  }
  if (failed(collect()))
    return failure();
  placeStatic();
  placeSymbolic();
  Expr total = Expr::constant(main.getContext(), arenaBytes);
  for (Expr slot : slots)
    total = total + slot;
  if (total.isInvalid())
    return withCode("unsupported-size",
                    main.emitError("needs buffers whose sizes together have "
                                   "too long an expression"));
  rewriteConstants();
  appendExternWeights();
  rewriteAllocs();
  appendStatus();
  appendSymbols();
  main.setFunctionType(FunctionType::get(
      main.getContext(), main.getBody().front().getArgumentTypes(), {}));
  return success();
}

/// Code cannot hold what comes at load: kernels take it as operands.
static LogicalResult checkKernels(func::FuncOp function) {
  bool isRight = true;
  function.walk([&](arith::ConstantOp constant) {
    if (!isExternal(constant.getValue()))
      return;
    isRight = false;
    withCode("module-values", constant.emitError("has values only at load, so "
                                                 "it cannot be in a kernel"));
  });
  return success(isRight);
}

namespace {
struct PlanMemory : graphc::impl::PlanMemoryBase<PlanMemory> {
  void runOnOperation() override {
    if (!getOperation().lookupSymbol<func::FuncOp>("main"))
      return;
    WeightsBlob blob;
    SmallVector<StringRef> messages;
    for (StringRef name : {StringRef("main"), StringRef(loadFunctionName)}) {
      auto function = getOperation().lookupSymbol<func::FuncOp>(name);
      if (!function || (name != "main" && !function->hasAttr(loadedName)))
        continue;
      if (failed(
              expectBuffers(function, "takes", function.getArgumentTypes())) ||
          failed(expectBuffers(function, "gives", function.getResultTypes())))
        return signalPassFailure();
      if (failed(checkKernels(function)))
        return signalPassFailure();
      Planner planner(getOperation(), function, blob, messages);
      if (failed(planner.run()))
        return signalPassFailure();
      numBuffers += planner.numBuffers;
      arenaBytes += planner.arenaBytes;
    }
  }
};
} // namespace
