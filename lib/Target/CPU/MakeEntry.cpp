//===- MakeEntry.cpp - The C entry of a program ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/CPU/Passes.h"
#include "graphc/Transforms/ExpectBuffers.h"

#include "dialects/Graph/IR/Graph.h"
#include "graphc/Import/Signature.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Transforms/MaterializeExpr.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"

namespace graphc {
#define GEN_PASS_DEF_CPUMAKEENTRY
#include "graphc/Target/CPU/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

namespace {

/// Builds the entry. `@main` takes index symbols, input and output memrefs, the
/// weights, the arena, the status, the array of symbols and, if the program can
/// be watched, the observed context, in this order.
class EntryBuilder {
public:
  EntryBuilder(ModuleOp module, func::FuncOp main, StringRef name,
               bool parallel, bool device)
      : module(module), main(main), name(name), parallel(parallel),
        device(device), builder(module.getContext()), loc(main.getLoc()) {}

  LogicalResult build();

private:
  /// A memref of `type` over the memory at `pointer`.
  Value wrap(Value pointer, MemRefType type, ArrayRef<Value> sizes,
             ArrayRef<Value> strides);
  Value loadPointer(Value array, unsigned index);
  Value materialize(graph::Expr expr);

  ModuleOp module;
  func::FuncOp main;
  StringRef name;
  bool parallel;
  bool device;
  OpBuilder builder;
  Location loc;
  SmallVector<Value> symbolValues;
  SmallVector<std::string> symbolNames;
};

} // namespace

Value EntryBuilder::loadPointer(Value array, unsigned index) {
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Value address =
      LLVM::GEPOp::create(builder, loc, pointer, pointer, array,
                          ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index)});
  return LLVM::LoadOp::create(builder, loc, pointer, address);
}

Value EntryBuilder::materialize(graph::Expr expr) {
  return materializeExpr(builder, loc, expr, [&](StringRef symbol) -> Value {
    for (auto [name, value] : llvm::zip_equal(symbolNames, symbolValues))
      if (name == symbol)
        return value;
    return Value();
  });
}

Value EntryBuilder::wrap(Value pointer, MemRefType type, ArrayRef<Value> sizes,
                         ArrayRef<Value> strides) {
  LLVMTypeConverter converter(builder.getContext());
  auto descriptor =
      MemRefDescriptor::poison(builder, loc, converter.convertType(type));
  auto asInteger = [&](Value index) -> Value {
    return arith::IndexCastOp::create(builder, loc, builder.getI64Type(),
                                      index);
  };
  descriptor.setAllocatedPtr(builder, loc, pointer);
  descriptor.setAlignedPtr(builder, loc, pointer);
  descriptor.setConstantOffset(builder, loc, 0);
  for (unsigned dim = 0; dim < type.getRank(); ++dim) {
    descriptor.setSize(builder, loc, dim, asInteger(sizes[dim]));
    descriptor.setStride(builder, loc, dim, asInteger(strides[dim]));
  }
  Value value = descriptor;
  return UnrealizedConversionCastOp::create(builder, loc, type, value)
      .getResult(0);
}

LogicalResult EntryBuilder::build() {
  FailureOr<Signature> signature = Signature::get(module);
  if (failed(signature))
    return failure();
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Type i32 = builder.getI32Type();
  builder.setInsertionPointToEnd(module.getBody());
  auto entry = func::FuncOp::create(
      builder, loc, (name + "_entry").str(),
      builder.getFunctionType(
          {pointer, pointer, pointer, pointer, pointer, i32}, {i32}));
  Block *block = entry.addEntryBlock();
  builder.setInsertionPointToStart(block);
  Value inputs = block->getArgument(0), outputs = block->getArgument(1),
        symbols = block->getArgument(2), weights = block->getArgument(3),
        arena = block->getArgument(4), threads = block->getArgument(5);
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  auto declare = [&](StringRef symbol, FunctionType type) {
    if (module.lookupSymbol(symbol))
      return;
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    func::FuncOp::create(builder, loc, symbol, type).setPrivate();
  };
  SmallVector<Value> arguments;
  for (auto [i, symbol] : llvm::enumerate(signature->symbols)) {
    Value address = LLVM::GEPOp::create(
        builder, loc, pointer, builder.getI64Type(), symbols,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
    Value value =
        LLVM::LoadOp::create(builder, loc, builder.getI64Type(), address);
    symbolNames.push_back(symbol.name);
    symbolValues.push_back(arith::IndexCastOp::create(
        builder, loc, builder.getIndexType(), value));
    arguments.push_back(symbolValues.back());
  }
  auto wrapTensor = [&](Value array, unsigned index, Type type) {
    auto strided = cast<graph::StridedTensorType>(type);
    auto memref = cast<MemRefType>(main.getArgumentTypes()[arguments.size()]);
    SmallVector<Value> sizes, strides;
    for (graph::Expr size : strided.getShape())
      sizes.push_back(materialize(size));
    for (graph::Expr stride : strided.getStrides())
      strides.push_back(materialize(stride));
    arguments.push_back(
        wrap(loadPointer(array, index), memref, sizes, strides));
  };
  SmallVector<Type> argumentTypes, resultTypes;
  auto place = [](SmallVector<Type> &types, unsigned index, Type type) {
    if (types.size() <= index)
      types.resize(index + 1);
    if (!types[index])
      types[index] = type;
  };
  for (const Signature::Input &input : signature->inputs)
    if (input.argument)
      place(argumentTypes, *input.argument, input.type);
  for (const Signature::Output &output : signature->outputs)
    if (output.result)
      place(resultTypes, *output.result, output.type);
  for (const Signature::Mutation &mutation : signature->mutations)
    place(resultTypes, mutation.result, signature->inputs[mutation.input].type);
  for (auto [i, type] : llvm::enumerate(argumentTypes))
    wrapTensor(inputs, i, type);
  for (auto [i, type] : llvm::enumerate(resultTypes))
    wrapTensor(outputs, i, type);
  Value huge = constant(int64_t(1) << 62), one = constant(1);
  auto bytes = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
  arguments.push_back(wrap(weights, bytes, huge, one));
  arguments.push_back(wrap(arena, bytes, huge, one));
  auto statusType = MemRefType::get({1}, i32);
  Value status, context;
  if (device) {
    context = loadPointer(inputs, argumentTypes.size());
    declare("graphc_rt_gpu_begin", builder.getFunctionType(pointer, pointer));
    declare("graphc_rt_gpu_end", builder.getFunctionType(pointer, i32));
    Value word = func::CallOp::create(builder, loc, "graphc_rt_gpu_begin",
                                      pointer, context)
                     .getResult(0);
    status = wrap(word, statusType, one, one);
  } else {
    status = memref::AllocaOp::create(builder, loc, statusType);
    Value zero =
        arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(0));
    memref::StoreOp::create(builder, loc, zero, status, constant(0));
  }
  arguments.push_back(status);
  auto symbolsType =
      MemRefType::get({ShapedType::kDynamic}, builder.getI64Type());
  arguments.push_back(wrap(symbols, symbolsType, huge, one));
  if (isa<LLVM::LLVMPointerType>(main.getArgumentTypes().back()))
    arguments.push_back(loadPointer(inputs, argumentTypes.size()));
  if (main.getNumArguments() != arguments.size())
    return withCode("module-interface", main.emitOpError("takes "))
           << main.getNumArguments() << " arguments but its signature has "
           << arguments.size();

  Value before;
  if (parallel) {
    declare("omp_get_max_threads", builder.getFunctionType({}, {i32}));
    declare("omp_set_num_threads", builder.getFunctionType({i32}, {}));
    before = func::CallOp::create(builder, loc, "omp_get_max_threads", i32)
                 .getResult(0);
    func::CallOp::create(builder, loc, "omp_set_num_threads", TypeRange(),
                         threads);
  }
  func::CallOp::create(builder, loc, main, arguments);
  if (parallel)
    func::CallOp::create(builder, loc, "omp_set_num_threads", TypeRange(),
                         before);
  Value result = device
                     ? func::CallOp::create(builder, loc, "graphc_rt_gpu_end",
                                            i32, context)
                           .getResult(0)
                     : memref::LoadOp::create(builder, loc, status, constant(0))
                           .getResult();
  func::ReturnOp::create(builder, loc, result);
  main.setPrivate();
  return success();
}

namespace {
struct CPUMakeEntry : graphc::impl::CPUMakeEntryBase<CPUMakeEntry> {
  using Base::Base;

  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main)
      return;
    // All but the context of a call that may be watched.
    auto types =
        llvm::make_filter_range(main.getArgumentTypes(), [](Type type) {
          return !isa<LLVM::LLVMPointerType>(type);
        });
    if (failed(expectBuffers(main, "takes", llvm::to_vector(types))))
      return signalPassFailure();
    if (failed(
            EntryBuilder(getOperation(), main, name, parallel, device).build()))
      signalPassFailure();
  }
};
} // namespace
