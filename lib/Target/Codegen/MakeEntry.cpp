//===- MakeEntry.cpp - The C entry of a program ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/Codegen/Passes.h"
#include "graphc/Transforms/ExpectBuffers.h"

#include "dialects/Graph/IR/Graph.h"
#include "graphc/Import/ExternWeight.h"
#include "graphc/Import/Signature.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Transforms/MaterializeExpr.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"

namespace graphc {
#define GEN_PASS_DEF_MAKEENTRY
#include "graphc/Target/Codegen/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

namespace {

/// Builds an entry. `@main` takes index symbols, input and output memrefs, the
/// weights, those of them that come from outside, the arena, the status, the
/// array of symbols and, if the program can be watched, the observed context,
/// in this order. `@load`, where there is one, takes the same but for symbols
/// and inputs.
class EntryBuilder {
public:
  EntryBuilder(ModuleOp module, func::FuncOp main, bool parallel, bool device)
      : module(module), main(main), parallel(parallel), device(device),
        builder(module.getContext()), loc(main.getLoc()) {}

  /// `<name>_entry`, which calls `@main`.
  LogicalResult build(StringRef name);
  /// `<name>_load`, which calls `@load`. Its inputs are the context and then
  /// the weights, its outputs what it computes.
  LogicalResult buildLoad(StringRef name);

private:
  func::FuncOp start(const Twine &name);
  LogicalResult addTensors(const Signature &signature);
  /// The arguments behind the tensors; outside weights and the context are
  /// found from place `context` of the inputs on.
  void addStorage(unsigned context);
  LogicalResult finish();
  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  void declare(StringRef symbol, FunctionType type);
  /// A memref of `type` over the memory at `pointer`.
  Value wrap(Value pointer, MemRefType type, ArrayRef<Value> sizes,
             ArrayRef<Value> strides);
  /// The same with constant sizes, in row-major order.
  Value wrap(Value pointer, MemRefType type);
  Value loadPointer(Value array, unsigned index);
  Value materialize(graph::Expr expr);

  ModuleOp module;
  func::FuncOp main;
  bool parallel;
  bool device;
  OpBuilder builder;
  Location loc;
  SmallVector<Value> symbolValues;
  SmallVector<std::string> symbolNames;
  /// Of the entry that is built.
  Value inputs, outputs, symbols, weights, arena, threads;
  Value status, context;
  SmallVector<Value> arguments; ///< Of the call of `main`.
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

Value EntryBuilder::wrap(Value pointer, MemRefType type) {
  SmallVector<Value> sizes, strides;
  auto [known, offset] = type.getStridesAndOffset();
  (void)offset;
  for (auto [size, stride] : llvm::zip_equal(type.getShape(), known)) {
    sizes.push_back(constant(size));
    strides.push_back(constant(stride));
  }
  return wrap(pointer, type, sizes, strides);
}

void EntryBuilder::declare(StringRef symbol, FunctionType type) {
  if (module.lookupSymbol(symbol))
    return;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(module.getBody());
  func::FuncOp::create(builder, loc, symbol, type).setPrivate();
}

func::FuncOp EntryBuilder::start(const Twine &name) {
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Type i32 = builder.getI32Type();
  builder.setInsertionPointToEnd(module.getBody());
  auto entry = func::FuncOp::create(
      builder, loc, name.str(),
      builder.getFunctionType(
          {pointer, pointer, pointer, pointer, pointer, i32}, {i32}));
  Block *block = entry.addEntryBlock();
  builder.setInsertionPointToStart(block);
  inputs = block->getArgument(0);
  outputs = block->getArgument(1);
  symbols = block->getArgument(2);
  weights = block->getArgument(3);
  arena = block->getArgument(4);
  threads = block->getArgument(5);
  return entry;
}

LogicalResult EntryBuilder::addTensors(const Signature &signature) {
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
  for (auto [i, symbol] : llvm::enumerate(signature.symbols)) {
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
  for (const Signature::Input &input : signature.inputs)
    if (input.argument)
      place(argumentTypes, *input.argument, input.type);
  for (const Signature::Output &output : signature.outputs)
    if (output.result)
      place(resultTypes, *output.result, output.type);
  for (const Signature::Mutation &mutation : signature.mutations)
    place(resultTypes, mutation.result, signature.inputs[mutation.input].type);
  size_t tensors = arguments.size() + argumentTypes.size() + resultTypes.size();
  if (tensors > main.getNumArguments())
    return withCode("module-interface", main.emitOpError("takes "))
           << main.getNumArguments() << " arguments but its signature has "
           << tensors;
  for (auto [i, type] : llvm::enumerate(argumentTypes))
    wrapTensor(inputs, i, type);
  for (auto [i, type] : llvm::enumerate(resultTypes))
    wrapTensor(outputs, i, type);
  addStorage(argumentTypes.size());
  return success();
}

void EntryBuilder::addStorage(unsigned contextPlace) {
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Type i32 = builder.getI32Type();
  Value huge = constant(int64_t(1) << 62), one = constant(1);
  auto bytes = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
  arguments.push_back(wrap(weights, bytes, huge, one));
  if (auto outside = main->getAttrOfType<ArrayAttr>(externWeightsName))
    for (auto [i, value] :
         llvm::enumerate(outside.getAsRange<ElementsAttr>())) {
      ShapedType type = value.getShapedType();
      arguments.push_back(
          wrap(loadPointer(inputs, contextPlace + 1 + i),
               MemRefType::get(type.getShape(), type.getElementType())));
    }
  arguments.push_back(wrap(arena, bytes, huge, one));
  auto statusType = MemRefType::get({1}, i32);
  if (device) {
    context = loadPointer(inputs, contextPlace);
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
    arguments.push_back(loadPointer(inputs, contextPlace));
}

LogicalResult EntryBuilder::finish() {
  Type i32 = builder.getI32Type();
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
  // LLVM tries to merge each of the stores of a call's arguments with all the
  // others, and there is one for each number of each tensor.
  main->setAttr("always_inline", builder.getUnitAttr());
  // So that none is left behind.
  main->setAttr(
      "llvm.linkage",
      LLVM::LinkageAttr::get(builder.getContext(), LLVM::Linkage::Internal));
  return success();
}

LogicalResult EntryBuilder::build(StringRef name) {
  FailureOr<Signature> signature = Signature::get(module);
  if (failed(signature))
    return failure();
  start(name + "_entry");
  return success(succeeded(addTensors(*signature)) && succeeded(finish()));
}

LogicalResult EntryBuilder::buildLoad(StringRef name) {
  auto numbers = main->getAttrOfType<DenseI64ArrayAttr>(loadedName);
  if (!numbers || numbers.size() > main.getNumArguments())
    return withCode("module-interface",
                    main.emitOpError("says not which values it computes"));
  start(name + "_load");
  for (int64_t i = 0; i < numbers.size(); ++i)
    arguments.push_back(wrap(loadPointer(outputs, i),
                             cast<MemRefType>(main.getArgument(i).getType())));
  addStorage(/*contextPlace=*/0);
  return finish();
}

namespace {
struct MakeEntry : graphc::impl::MakeEntryBase<MakeEntry> {
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
            EntryBuilder(getOperation(), main, parallel, device).build(name)))
      return signalPassFailure();
    auto load = getOperation().lookupSymbol<func::FuncOp>(loadFunctionName);
    if (!load || !load->hasAttr(loadedName))
      return;
    if (failed(expectBuffers(load, "takes", load.getArgumentTypes())) ||
        failed(EntryBuilder(getOperation(), load, parallel, device)
                   .buildLoad(name)))
      signalPassFailure();
  }
};
} // namespace
