//===- Program.cpp - Runs the entry of a module at any stage --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Calling conventions, in the order of lowering:
//
//   graph     tensors -> tensors
//   linalg    symbols (index), tensors -> tensors
//   memrefs   symbols, inputs, outputs
//   planned   symbols, inputs, outputs, weights, arena, status, symbol array
//   runtime   pointers to inputs and to outputs, symbols, weights, arena,
//             threads -> status
//
//===----------------------------------------------------------------------===//

#include "Program.h"

#include "graphc/Conversion/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Pass/PassManager.h"

#include <cstring>

using namespace mlir;
using namespace graphc;
using interpreter::Array;
using interpreter::Cell;

static LogicalResult lowerOne(ModuleOp module) {
  PassManager pm(module.getContext());
  pm.addPass(createConvertGraphToLinalg());
  // What it cannot lower is reported by whoever asked.
  ScopedDiagnosticHandler handler(module.getContext(),
                                  [](Diagnostic &) { return success(); });
  return pm.run(module);
}

/// What data-dependent sizes are at most, as the module says.
static llvm::StringMap<int64_t> boundSizes(ModuleOp module,
                                           const ProgramInputs &inputs) {
  llvm::StringMap<int64_t> values = inputs.values;
  if (auto bounds = module->getAttrOfType<DictionaryAttr>("graph.bounds"))
    for (NamedAttribute bound : bounds)
      if (auto expr = dyn_cast<graph::ExprAttr>(bound.getValue()))
        if (auto value = graph::Expr(expr).evaluate(inputs.values))
          values.try_emplace(bound.getName().getValue(), *value);
  return values;
}

/// Memory for a tensor of the boundary, with the strides that its type says.
static std::optional<Array> makeStrided(Type promised, MemRefType type,
                                        ArrayRef<int64_t> shape,
                                        const llvm::StringMap<int64_t> &sizes) {
  Array array(ArrayRef<int64_t>(),
              interpreter::Element::get(type.getElementType()));
  array.shape.assign(shape.begin(), shape.end());
  auto strided = dyn_cast_or_null<graph::StridedTensorType>(promised);
  int64_t dense = 1;
  array.strides.resize(shape.size());
  for (size_t dim = shape.size(); dim-- > 0;) {
    array.strides[dim] = dense;
    dense *= shape[dim];
  }
  int64_t last = 0;
  for (size_t dim = 0; dim < shape.size(); ++dim) {
    if (strided) {
      std::optional<int64_t> stride = strided.getStrides()[dim].evaluate(sizes);
      if (!stride || *stride < 0)
        return std::nullopt;
      array.strides[dim] = *stride;
    }
    last += std::max<int64_t>(shape[dim] - 1, 0) * array.strides[dim];
  }
  array.memory = interpreter::allocate((last + 1) * array.element.bytes);
  return array;
}

static std::optional<SmallVector<int64_t, 4>>
evaluateShape(Type promised, MemRefType type,
              const llvm::StringMap<int64_t> &sizes) {
  SmallVector<int64_t, 4> shape;
  if (auto strided = dyn_cast_or_null<graph::StridedTensorType>(promised)) {
    for (graph::Expr size : strided.getShape()) {
      std::optional<int64_t> value = size.evaluate(sizes);
      if (!value || *value < 0)
        return std::nullopt;
      shape.push_back(*value);
    }
    return shape;
  }
  for (int64_t size : type.getShape())
    shape.push_back(ShapedType::isDynamic(size) ? 4 : size);
  return shape;
}

/// All constants at the offsets that memory planning gave them.
static interpreter::Memory makeWeights(ModuleOp module) {
  interpreter::Memory weights = interpreter::allocate(0);
  for (auto global : module.getOps<memref::GlobalOp>()) {
    auto offset = global->getAttrOfType<IntegerAttr>("kernel.offset");
    auto values = dyn_cast_or_null<ElementsAttr>(global.getInitialValueAttr());
    Array array;
    if (!offset || !values || !interpreter::readElements(values, array))
      continue;
    size_t end = offset.getInt() + array.memory->size();
    if (weights->size() < end)
      weights->resize(end, char(0xff));
    llvm::copy(*array.memory, weights->begin() + offset.getInt());
  }
  return weights;
}

static Array asBytes(interpreter::Memory memory, MLIRContext *context) {
  Array array(ArrayRef<int64_t>(),
              interpreter::Element::get(IntegerType::get(context, 8)));
  array.shape = {static_cast<int64_t>(memory->size())};
  array.strides = {1};
  array.memory = std::move(memory);
  return array;
}

namespace {
/// One call of the entry.
class Call {
public:
  Call(ModuleOp module, const ProgramInputs &inputs)
      : module(module), inputs(inputs), entry(findEntry(module)) {}

  ProgramResult run(interpreter::Options options);

private:
  bool addArguments();
  bool addBuffers(ArrayRef<Type> types);
  bool addPlanned(ArrayRef<Type> types);
  bool addRuntimeArguments();
  bool addPointers(const std::vector<Array> &arrays);
  /// Makes weights, arena and symbols.
  bool makePlanned(interpreter::Memory &arena);
  Type promisedInput(size_t index) const;
  std::vector<Array> takeOutputs(std::vector<Cell> results,
                                 const llvm::StringMap<int64_t> &sizes);
  bool fail(const llvm::Twine &message) {
    error.op = entry;
    error.message = message.str();
    return false;
  }

  ModuleOp module;
  const ProgramInputs &inputs;
  FunctionOpInterface entry;
  std::vector<interpreter::Memory> addressed;
  std::vector<Cell> arguments;
  std::vector<Array> outputs;
  std::optional<Array> status, symbolArray;
  interpreter::Error error;
};
} // namespace

Type Call::promisedInput(size_t index) const {
  if (inputs.signature)
    for (const Signature::Input &input : inputs.signature->inputs)
      if (input.argument == index)
        return input.type;
  return nullptr;
}

bool Call::addArguments() {
  if (isRuntimeEntry(entry))
    return addRuntimeArguments();
  ArrayRef<Type> types = entry.getArgumentTypes();
  size_t next = 0;
  for (const std::string &symbol : inputs.symbols) {
    if (next == types.size() || !types[next].isIndex())
      break;
    Cell value;
    auto found = inputs.values.find(symbol);
    value.scalar.i = found != inputs.values.end() ? found->second
                     : symbol.empty()             ? 4
                                                  : 0;
    arguments.push_back(value);
    ++next;
  }
  if (types.size() < next + inputs.tensors.size())
    return fail("takes less than the program's inputs");
  for (auto [index, tensor] : llvm::enumerate(inputs.tensors)) {
    Type type = types[next++];
    Cell value;
    if (auto memref = dyn_cast<MemRefType>(type)) {
      auto array = makeStrided(promisedInput(index), memref, tensor.shape,
                               inputs.values);
      if (!array)
        return fail("takes an input of unknown strides");
      array->assign(tensor);
      value.array = std::move(*array);
    } else if (isa<ShapedType, graph::StridedTensorType>(type)) {
      value.array = tensor;
      // A bool is a byte once it is no graph tensor.
      if (auto shaped = dyn_cast<ShapedType>(type))
        value.array.element =
            interpreter::Element::get(shaped.getElementType());
    } else {
      value.scalar = tensor.get(0);
    }
    arguments.push_back(std::move(value));
  }
  ArrayRef<Type> rest = types.drop_front(next);
  if (rest.empty())
    return true;
  size_t count = inputs.results.size();
  if (rest.size() != count && rest.size() != count + 4)
    return fail("takes arguments that are no inputs or outputs");
  return addBuffers(rest.take_front(count)) &&
         (rest.size() == count || addPlanned(rest.drop_front(count)));
}

bool Call::addBuffers(ArrayRef<Type> types) {
  llvm::StringMap<int64_t> sizes = boundSizes(module, inputs);
  for (auto [type, promised] : llvm::zip_equal(types, inputs.results)) {
    auto memref = dyn_cast<MemRefType>(type);
    if (!memref)
      return fail("has an output that is no memref");
    auto shape = evaluateShape(promised, memref, sizes);
    auto array =
        shape ? makeStrided(promised, memref, *shape, sizes) : std::nullopt;
    if (!array)
      return fail("has an output of unknown size");
    Cell value;
    value.array = *array;
    outputs.push_back(std::move(*array));
    arguments.push_back(std::move(value));
  }
  return true;
}

bool Call::addPlanned(ArrayRef<Type> types) {
  if (!llvm::all_of(types, [](Type type) { return isa<MemRefType>(type); }))
    return fail("takes arguments that memory planning does not make");
  MLIRContext *context = module.getContext();
  interpreter::Memory arenaMemory;
  if (!makePlanned(arenaMemory))
    return false;
  Cell weights, arena, statusCell, symbolCell;
  weights.array = asBytes(inputs.weights, context);
  arena.array = asBytes(arenaMemory, context);
  Builder builder(context);
  status = Array(1, interpreter::Element::get(builder.getI32Type()));
  status->set(0, {.i = 0});
  statusCell.array = *status;
  symbolCell.array = *symbolArray;
  for (Cell *cell : {&weights, &arena, &statusCell, &symbolCell})
    arguments.push_back(std::move(*cell));
  return true;
}

bool Call::makePlanned(interpreter::Memory &arena) {
  int64_t arenaBytes = 0;
  if (auto size = module->getAttrOfType<graph::ExprAttr>("kernel.arena_size")) {
    auto bytes = graph::Expr(size).evaluate(boundSizes(module, inputs));
    if (!bytes || *bytes < 0 || *bytes > int64_t(1) << 34)
      return fail("needs an arena of unknown size");
    arenaBytes = *bytes;
  }
  arena = interpreter::allocate(arenaBytes);
  if (interpreter::Memory found = makeWeights(module); !found->empty())
    inputs.weights = found;
  if (!inputs.weights)
    inputs.weights = interpreter::allocate(0);
  Builder builder(module.getContext());
  symbolArray = Array(static_cast<int64_t>(inputs.symbols.size()),
                      interpreter::Element::get(builder.getI64Type()));
  for (auto [i, name] : llvm::enumerate(inputs.symbols)) {
    auto found = inputs.values.find(name);
    symbolArray->set(i,
                     {.i = found == inputs.values.end() ? 0 : found->second});
  }
  return true;
}

/// A memref of the boundary for a tensor that the signature promises.
static MemRefType getBoundaryType(Type promised) {
  auto strided = dyn_cast_or_null<graph::StridedTensorType>(promised);
  if (!strided)
    return nullptr;
  SmallVector<int64_t> shape(strided.getShape().size(), ShapedType::kDynamic);
  return MemRefType::get(shape, strided.getElementType());
}

static Cell makePointer(interpreter::Memory memory) {
  Cell cell;
  cell.array.memory = std::move(memory);
  return cell;
}

/// An argument that points to pointers to `arrays`.
bool Call::addPointers(const std::vector<Array> &arrays) {
  auto pointers =
      interpreter::allocate(static_cast<int64_t>(arrays.size()) * 8);
  for (auto [i, array] : llvm::enumerate(arrays)) {
    char *address = array.memory->data();
    std::memcpy(pointers->data() + i * 8, &address, sizeof(address));
    addressed.push_back(array.memory);
  }
  arguments.push_back(makePointer(std::move(pointers)));
  return true;
}

bool Call::addRuntimeArguments() {
  std::vector<Array> tensors;
  for (auto [index, tensor] : llvm::enumerate(inputs.tensors)) {
    Type promised = promisedInput(index);
    MemRefType type = getBoundaryType(promised);
    auto array = type ? makeStrided(promised, type, tensor.shape, inputs.values)
                      : std::nullopt;
    if (!array)
      return fail("takes an input of unknown strides");
    array->assign(tensor);
    tensors.push_back(std::move(*array));
  }
  llvm::StringMap<int64_t> sizes = boundSizes(module, inputs);
  for (Type promised : inputs.results) {
    MemRefType type = getBoundaryType(promised);
    auto shape = type ? evaluateShape(promised, type, sizes) : std::nullopt;
    auto array =
        shape ? makeStrided(promised, type, *shape, sizes) : std::nullopt;
    if (!array)
      return fail("has an output of unknown size");
    outputs.push_back(std::move(*array));
  }
  interpreter::Memory arena;
  if (!makePlanned(arena))
    return false;
  addPointers(tensors);
  addPointers(outputs);
  for (const interpreter::Memory &memory :
       {symbolArray->memory, inputs.weights, arena})
    arguments.push_back(makePointer(memory));
  Cell threads;
  threads.scalar.i = 1;
  arguments.push_back(std::move(threads));
  return true;
}

std::vector<Array> Call::takeOutputs(std::vector<Cell> results,
                                     const llvm::StringMap<int64_t> &sizes) {
  std::vector<Array> taken;
  if (outputs.empty() && !isRuntimeEntry(entry)) {
    for (auto [result, type] :
         llvm::zip_equal(results, entry.getResultTypes())) {
      if (isa<ShapedType, graph::StridedTensorType>(type)) {
        taken.push_back(result.array.clone());
        continue;
      }
      Array number(ArrayRef<int64_t>(), interpreter::Element::get(type));
      number.set(0, result.scalar);
      taken.push_back(std::move(number));
    }
    return taken;
  }
  for (auto [output, promised] : llvm::zip_equal(outputs, inputs.results)) {
    // The sizes that depend on data are known now.
    Array view = output;
    if (auto strided = dyn_cast_or_null<graph::StridedTensorType>(promised))
      for (size_t dim = 0; dim < view.shape.size(); ++dim) {
        view.shape[dim] =
            strided.getShape()[dim].evaluate(sizes).value_or(view.shape[dim]);
        view.strides[dim] = strided.getStrides()[dim].evaluate(sizes).value_or(
            view.strides[dim]);
      }
    taken.push_back(view.isInside() ? view.clone() : output.clone());
  }
  return taken;
}

ProgramResult Call::run(interpreter::Options options) {
  ProgramResult result;
  if (!entry) {
    error.message = "there is no function to run";
    error.isUnsupported = true;
  }
  if (!entry || !addArguments()) {
    result.error = error;
    result.error->isUnsupported = true;
    return result;
  }
  options.lower = lowerOne;
  options.addressed = addressed;
  interpreter::Interpreter interpreter(module, options);
  llvm::StringMap<int64_t> sizes = inputs.values;
  auto values = interpreter.run(entry, std::move(arguments), sizes);
  llvm::append_range(result.lowered, interpreter.getLowered());
  if (mlir::failed(values)) {
    result.error = interpreter.getError();
    return result;
  }
  int64_t failed = status                  ? status->get(0).i
                   : isRuntimeEntry(entry) ? values->front().scalar.i
                                           : 0;
  if (failed != 0) {
    result.error =
        interpreter::Error{entry, "the program's own check fails, status " +
                                      std::to_string(failed)};
    return result;
  }
  if (symbolArray)
    for (auto [i, name] : llvm::enumerate(inputs.symbols))
      sizes[name] = symbolArray->get(i).i;
  result.outputs = takeOutputs(std::move(*values), sizes);
  return result;
}

ProgramResult
graphc::runProgram(ModuleOp module, const ProgramInputs &inputs,
                   interpreter::Observer *observer,
                   decltype(interpreter::Options::callCode) callCode) {
  interpreter::Options options;
  options.observer = observer;
  options.callCode = std::move(callCode);
  return Call(module, inputs).run(std::move(options));
}
