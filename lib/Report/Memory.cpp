//===- Memory.cpp - What lies where in the arena, and when ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Places.h"

#include "dialects/Graph/IR/Expr.h"
#include "dialects/Graph/IR/Graph.h"
#include "graphc/Import/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::report;
using graph::Expr;
using graph::ExprKind;
namespace json = llvm::json;

static StringRef spell(ExprKind kind) {
  switch (kind) {
  case ExprKind::Sum:
    return "+";
  case ExprKind::Product:
    return "*";
  case ExprKind::FloorDiv:
    return "//";
  case ExprKind::Max:
    return "max";
  case ExprKind::Min:
    return "min";
  case ExprKind::Eq:
    return "==";
  case ExprKind::Le:
    return "<=";
  case ExprKind::Constant:
  case ExprKind::Symbol:
  case ExprKind::Invalid:
    break;
  }
  return "?";
}

json::Value report::toJson(Expr expr) {
  if (std::optional<int64_t> constant = expr.getConstant())
    return *constant;
  if (expr.kind() == ExprKind::Symbol)
    return json::fixUTF8(expr.getName());
  json::Array array{spell(expr.kind())};
  for (Expr operand : expr.operands())
    array.push_back(toJson(operand));
  return array;
}

/// The expression that `value` computes from the function's symbols, null where
/// that is none.
static Expr toExpr(Value value, ArrayRef<std::string> symbols) {
  MLIRContext *context = value.getContext();
  if (auto argument = dyn_cast<BlockArgument>(value))
    return argument.getArgNumber() < symbols.size()
               ? Expr::symbol(context, symbols[argument.getArgNumber()])
               : Expr();
  Operation *op = value.getDefiningOp();
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto integer = dyn_cast<IntegerAttr>(constant.getValue());
    return integer ? Expr::constant(context, integer.getValue().getSExtValue())
                   : Expr();
  }
  SmallVector<Expr> operands;
  for (Value operand : op->getOperands()) {
    Expr expr = toExpr(operand, symbols);
    if (!expr)
      return Expr();
    operands.push_back(expr);
  }
  if (isa<arith::IndexCastOp, arith::IndexCastUIOp>(op))
    return operands[0];
  if (isa<arith::AddIOp>(op))
    return operands[0] + operands[1];
  if (isa<arith::SubIOp>(op))
    return operands[0] - operands[1];
  if (isa<arith::MulIOp>(op))
    return operands[0] * operands[1];
  if (isa<arith::MaxSIOp>(op))
    return operands[0].max(operands[1]);
  if (isa<arith::MinSIOp>(op))
    return operands[0].min(operands[1]);
  if (isa<arith::FloorDivSIOp>(op))
    return operands[0].floorDiv(operands[1]);
  if (isa<arith::CeilDivSIOp>(op))
    return operands[0].ceilDiv(operands[1]);
  return Expr();
}

static json::Value toJson(Value value, ArrayRef<std::string> symbols) {
  Expr expr = toExpr(value, symbols);
  return expr ? toJson(expr) : json::Value(json::Array{"?"});
}

static int64_t bytesOf(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    return 2 * bytesOf(complex.getElementType());
  return type.isIndex() ? 8 : llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
}

static json::Value sizeOf(memref::ViewOp view, ArrayRef<std::string> symbols) {
  MemRefType type = view.getType();
  Expr size = Expr::constant(view.getContext(), bytesOf(type.getElementType()));
  for (int64_t extent : type.getShape())
    if (!ShapedType::isDynamic(extent))
      size = size * extent;
  for (Value extent : view.getSizes()) {
    Expr expr = toExpr(extent, symbols);
    if (!expr)
      return json::Array{"?"};
    size = size * expr;
  }
  return toJson(size);
}

namespace {
/// Follows the entry block of `main`.
class MemoryReader {
public:
  MemoryReader(Memory &memory, func::FuncOp main, Places &places)
      : memory(memory), main(main), places(places), flow(main) {}

  void readSteps();
  void readBuffers(BlockArgument arena, ArrayRef<std::string> symbols);

private:
  Memory &memory;
  func::FuncOp main;
  Places &places;
  BufferViewFlowAnalysis flow;
  DenseMap<Operation *, unsigned> steps;
};
} // namespace

void MemoryReader::readSteps() {
  for (Operation &op : main.getBody().front()) {
    SmallVector<StringRef> callees;
    op.walk([&](func::CallOp call) { callees.push_back(call.getCallee()); });
    if (callees.empty())
      continue;
    steps[&op] = memory.steps.size();
    // Branches and loops are one step.
    std::string name = isa<func::CallOp>(op)
                           ? callees.front().str()
                           : op.getName().getStringRef().str();
    memory.steps.push_back({name, places.getPlace(op.getLoc())});
  }
}

void MemoryReader::readBuffers(BlockArgument arena,
                               ArrayRef<std::string> symbols) {
  for (Operation *user : arena.getUsers()) {
    auto view = dyn_cast<memref::ViewOp>(user);
    if (!view)
      continue;
    Buffer buffer;
    llvm::raw_string_ostream(buffer.type) << view.getType();
    buffer.offset = toJson(view.getByteShift(), symbols);
    buffer.bytes = sizeOf(view, symbols);
    buffer.place = places.getPlace(view.getLoc());
    std::optional<unsigned> first, last;
    for (Value alias : flow.resolve(view.getResult()))
      for (Operation *reader : alias.getUsers()) {
        Operation *top = main.getBody().front().findAncestorOpInBlock(*reader);
        auto step = steps.find(top);
        if (step == steps.end())
          continue;
        first = std::min(first.value_or(step->second), step->second);
        last = std::max(last.value_or(step->second), step->second);
      }
    if (!first)
      continue;
    buffer.first = *first;
    buffer.last = *last;
    memory.buffers.push_back(std::move(buffer));
  }
  // Users are listed backwards.
  std::reverse(memory.buffers.begin(), memory.buffers.end());
}

void report::addMemory(Report &report, Operation *module, Places &places) {
  Memory memory;
  if (auto size = module->getAttrOfType<graph::ExprAttr>("kernel.arena_size"))
    memory.arena = toJson(Expr(size));
  module->walk([&](memref::GlobalOp global) {
    auto type = cast<ShapedType>(global.getType());
    if (auto offset = global->getAttrOfType<IntegerAttr>("kernel.offset"))
      memory.weightBytes = std::max<uint64_t>(
          memory.weightBytes,
          offset.getInt() +
              type.getNumElements() * bytesOf(type.getElementType()));
  });
  auto main = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      module, StringAttr::get(module->getContext(), "main"));
  if (main && !main.isExternal()) {
    std::vector<std::string> symbols;
    for (const Symbol &symbol : report.symbols)
      symbols.push_back(symbol.name);
    MemoryReader reader(memory, main, places);
    reader.readSteps();
    // graphc-plan-memory appends weights, arena, status and symbols.
    unsigned count = main.getNumArguments();
    if (count >= 4)
      reader.readBuffers(main.getArgument(count - 3), symbols);
  }
  report.memory = std::move(memory);
}
