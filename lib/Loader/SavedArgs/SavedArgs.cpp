//===- SavedArgs.cpp - Saved argument pickles -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SavedArgs/SavedArgs.h"

#include "FxText/FxInputs.h"
#include "SavedArgs/PickledModule.h"
#include "SymExpr/PickledSymExpr.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

using Kind = PickleValue::Kind;

namespace {
/// A value that is not what the format says: an opaque object or another type.
Error unexpected(const PickleValue &value, const std::string &field,
                 const std::string &expected) {
  bool isObject = value.kind() == Kind::Object || value.kind() == Kind::Global;
  return pickleError(isObject ? "pickle-global" : "pickle-type", value,
                     field + " is " + value.describe() + ", expected " +
                         expected + (isObject ? "; it was never called" : ""));
}

class SavedArgsReader {
public:
  SavedArgsReader(const Bytes &bytes, const LoadOptions &options)
      : bytes(bytes), options(options), modules(bytes) {}

  Result<Program> read();

private:
  Result<void> bindInputs(const std::vector<FxParameter> &parameters,
                          Graph &graph);
  Result<void> readInput(const PickleValue &value, const std::string &what,
                         GraphInput &input, InputSpec &spec);
  Result<void> readTensor(const PickleValue &holder, const std::string &what,
                          GraphInput &input);
  Result<std::vector<SymExpr>> readSizes(const PickleValue &value,
                                         const std::string &what);
  Result<SymMeta> readSymbol(const PickleValue &holder,
                             const std::string &what);
  Result<DType> readDType(const PickleValue &value, const std::string &what);
  Result<std::string> readDevice(const PickleValue &value,
                                 const std::string &what);
  Result<void> readStatic(const PickleValue &kwargs);
  Result<void> checkGlobals(const Pickle &pickle);

  const Bytes &bytes;
  const LoadOptions &options;
  Program program;
  PickledModules modules;
  PickledSymExprs expressions;
  const PickleValue *examples = nullptr;
};

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

Result<DType> SavedArgsReader::readDType(const PickleValue &value,
                                         const std::string &what) {
  std::optional<DType> dtype;
  if (value.kind() == Kind::Global && value.module() == "torch")
    dtype = dtypeFromName(value.name());
  if (!dtype)
    return unexpected(value, what + ": dtype", "a dtype of torch");
  return *dtype;
}

Result<std::string> SavedArgsReader::readDevice(const PickleValue &value,
                                                const std::string &what) {
  const PickleValue::Items &args = value.items();
  bool isDevice = value.isCall("torch", "device") && !args.empty() &&
                  args[0]->isText() &&
                  (args.size() == 1 || (args.size() == 2 && args[1]->isInt()));
  if (!isDevice)
    return unexpected(value, what + ": device", "torch.device(...)");
  std::string device(args[0]->text());
  if (args.size() == 2)
    device += ":" + std::to_string(args[1]->integer());
  return device;
}

Result<SymMeta> SavedArgsReader::readSymbol(const PickleValue &holder,
                                            const std::string &what) {
  const PickleValue *type = holder.attribute("pytype");
  const PickleValue *expr = holder.attribute("expr");
  const PickleValue *hint = holder.attribute("hint");
  if (!expr || !type || !type->isText())
    return pickleError("pickle-type", holder,
                       what +
                           ": a SymExprMetadataHolder without pytype and expr");
  SymMeta meta;
  if (type->text() == "float")
    meta.kind = SymMeta::Kind::Float;
  else if (type->text() == "bool")
    meta.kind = SymMeta::Kind::Bool;
  else if (type->text() != "int")
    return unexpected(*type, what + ": pytype", "int, float or bool");
  Result<SymExpr> converted = expressions.convert(*expr);
  if (!converted) {
    converted.error().message = what + ": " + converted.error().message;
    return converted.error();
  }
  meta.expr = std::move(*converted);
  auto number = [](const PickleValue &value) -> std::optional<double> {
    if (value.isInt() || value.isBool())
      return double(value.integer());
    if (value.kind() == Kind::Float)
      return value.real();
    return std::nullopt;
  };
  if (hint)
    meta.hint = number(*hint);
  std::vector<PickleValue::Entry> hints;
  const PickleValue *symbolHints = holder.attribute("symbol_hints");
  if (symbolHints && pickleEntries(*symbolHints, hints))
    for (auto &[symbol, value] : hints)
      if (std::optional<double> known = number(*value);
          known && symbol->isText())
        addSymbolHint(program, std::string(symbol->text()), *known);
  if (meta.hint && meta.expr.kind() == SymExpr::Kind::Symbol)
    addSymbolHint(program, meta.expr.name(), *meta.hint);
  return meta;
}

Result<std::vector<SymExpr>>
SavedArgsReader::readSizes(const PickleValue &value, const std::string &what) {
  const PickleValue::Items *items = pickleSequence(value);
  if (!items)
    return unexpected(value, what, "a tuple of sizes");
  std::vector<SymExpr> sizes;
  for (const PickleValue *item : *items) {
    if (item->isInt()) {
      sizes.push_back(item->integer());
      continue;
    }
    if (!item->isCall("torch._inductor.debug", "SymExprMetadataHolder"))
      return unexpected(*item, what, "an int or a SymExprMetadataHolder");
    Result<SymMeta> meta = readSymbol(*item, what);
    if (!meta)
      return meta.error();
    sizes.push_back(meta->expr);
  }
  return sizes;
}

Result<void> SavedArgsReader::readTensor(const PickleValue &holder,
                                         const std::string &what,
                                         GraphInput &input) {
  const PickleValue *metadata = holder.attribute("tensor_metadata");
  const PickleValue *device = holder.attribute("device");
  if (!metadata || !device)
    return pickleError("pickle-type", holder,
                       what +
                           ": a TensorMetadataHolder without tensor_metadata "
                           "and device");
  constexpr std::size_t fieldCount = 7;
  if (!metadata->isCall("torch.fx.passes.shape_prop", "TensorMetadata") ||
      metadata->items().size() < fieldCount - 1)
    return unexpected(*metadata, what + ": tensor_metadata",
                      "TensorMetadata of 7 fields");
  enum { Shape, Type, RequiresGrad, Stride, MemoryFormat, IsQuantised };
  const PickleValue::Items &fields = metadata->items();
  TensorMeta meta;
  Result<std::vector<SymExpr>> shape = readSizes(*fields[Shape], what);
  if (!shape)
    return shape.error();
  Result<std::vector<SymExpr>> stride = readSizes(*fields[Stride], what);
  if (!stride)
    return stride.error();
  Result<DType> dtype = readDType(*fields[Type], what);
  if (!dtype)
    return dtype.error();
  Result<std::string> place = readDevice(*device, what);
  if (!place)
    return place.error();
  if (fields[IsQuantised]->isBool() && fields[IsQuantised]->boolean())
    return pickleError("unsupported-tensor", *metadata,
                       what + " is a quantised tensor");
  meta.shape = std::move(*shape);
  meta.stride = std::move(*stride);
  meta.dtype = *dtype;
  meta.device = std::move(*place);
  meta.requiresGrad =
      fields[RequiresGrad]->isBool() && fields[RequiresGrad]->boolean();
  if (Result<void> ok = checkInputMeta(meta, what); !ok) {
    ok.error().place = pickleOffset(metadata->offset());
    return ok;
  }
  input.meta = std::move(meta);
  return {};
}

Result<void> SavedArgsReader::readInput(const PickleValue &value,
                                        const std::string &what,
                                        GraphInput &input, InputSpec &spec) {
  spec.role = InputSpec::Role::Literal;
  switch (value.kind()) {
  case Kind::None:
    return {};
  case Kind::Int:
    spec.literal.value = value.integer();
    return {};
  case Kind::Bool:
    spec.literal.value = value.boolean();
    return {};
  case Kind::Float:
    spec.literal.value = value.real();
    return {};
  default:
    break;
  }
  spec.role = InputSpec::Role::User;
  if (value.isCall("torch._inductor.debug", "TensorMetadataHolder"))
    return readTensor(value, what, input);
  if (value.isCall("torch._inductor.debug", "SymExprMetadataHolder")) {
    Result<SymMeta> meta = readSymbol(value, what);
    if (!meta)
      return meta.error();
    input.meta = std::move(*meta);
    return {};
  }
  return unexpected(value, what, "a tensor, a symbolic size, a number or None");
}

Result<void>
SavedArgsReader::bindInputs(const std::vector<FxParameter> &parameters,
                            Graph &graph) {
  const PickleValue::Items &items = examples->items();
  if (items.size() != parameters.size())
    return Error{"input-count",
                 "",
                 "",
                 "the graph has " + std::to_string(parameters.size()) +
                     " parameters, the file holds " +
                     std::to_string(items.size()) + " example inputs",
                 {},
                 ""};
  for (std::size_t i = 0; i != items.size(); ++i) {
    std::string what = "input " + std::to_string(i) + " ('" +
                       quoted(parameters[i].name) + "')";
    InputSpec spec;
    if (Result<void> ok = readInput(*items[i], what, graph.inputs[i], spec);
        !ok)
      return ok;
    program.inputs.push_back(std::move(spec));
  }
  return {};
}

//===----------------------------------------------------------------------===//
// The whole file
//===----------------------------------------------------------------------===//

Result<void> SavedArgsReader::readStatic(const PickleValue &kwargs) {
  std::size_t count = examples->items().size();
  if (const PickleValue *fixed = kwargs.find("num_fixed")) {
    if (!fixed->isInt())
      return unexpected(*fixed, "num_fixed", "an int");
    for (std::size_t i = 0; i != count && std::int64_t(i) < fixed->integer();
         ++i)
      program.inputs[i].isStatic = true;
  }
  const PickleValue *indices = kwargs.find("static_input_idxs");
  if (!indices || indices->isNone())
    return {};
  const PickleValue::Items *items = pickleSequence(*indices);
  if (!items)
    return unexpected(*indices, "static_input_idxs", "a list of ints");
  for (const PickleValue *item : *items) {
    if (!item->isInt())
      return unexpected(*item, "static_input_idxs", "a list of ints");
    if (item->integer() >= 0 && std::uint64_t(item->integer()) < count)
      program.inputs[std::size_t(item->integer())].isStatic = true;
  }
  return {};
}

/// Strict mode: nothing but what formats.md 2.7 lists.
bool isListedGlobal(const PickleValue &global) {
  std::string_view module = global.module(), name = global.name();
  static constexpr std::pair<std::string_view, std::string_view> table[] = {
      {"torch.fx.graph_module", "reduce_graph_module"},
      {"torch._inductor.debug", "TensorMetadataHolder"},
      {"torch._inductor.debug", "SymExprMetadataHolder"},
      {"torch.fx.passes.shape_prop", "TensorMetadata"},
      {"torch", "device"},
      {"torch", "Size"},
      {"torch", "Tensor"},
      {"torch._tensor", "Tensor"},
      {"torch.nn.parameter", "Parameter"},
      {"torch.nn.parameter", "Buffer"},
      {"torch.serialization", "_get_layout"},
      {"collections", "OrderedDict"},
      {"torch._inductor.utils", "BoxedBool"},
      {"torch._inductor.utils", "BoxedDeviceIndex"},
      {"torch._inductor.cudagraph_utils", "BoxedBool"},
      {"torch._inductor.cudagraph_utils", "BoxedDeviceIndex"},
      {"torch.fx.immutable_collections", "immutable_list"},
      {"torch.fx.immutable_collections", "immutable_dict"},
      {"torch._utils", "_rebuild_tensor_v2"},
      {"torch._utils", "_rebuild_tensor_v3"},
      {"torch._utils", "_rebuild_parameter"},
      {"torch._utils", "_rebuild_parameter_with_state"},
      {"torch._tensor", "_rebuild_from_type_v2"},
      {"torch.storage", "_load_from_bytes"},
      {"builtins", "set"},
      {"builtins", "frozenset"},
      {"builtins", "slice"},
      {"builtins", "complex"},
      {"builtins", "range"}};
  if (std::find(std::begin(table), std::end(table),
                std::make_pair(module, name)) != std::end(table))
    return true;
  static constexpr std::string_view formats[] = {
      "torch.contiguous_format", "torch.channels_last",
      "torch.channels_last_3d", "torch.preserve_format"};
  if (std::find(std::begin(formats), std::end(formats), name) !=
      std::end(formats))
    return true;
  if (module == "torch" && dtypeFromName(name))
    return true;
  static constexpr std::string_view modules[] = {
      "torch.fx.experimental.proxy_tensor",
      "torch.fx._symbolic_trace",
      "torch.utils._pytree",
      "torch._inductor.decomposition",
      "sympy.logic.boolalg",
      "torch.utils._sympy.functions",
      "torch.utils._sympy.numbers"};
  return std::find(std::begin(modules), std::end(modules), module) !=
             std::end(modules) ||
         module.substr(0, 11) == "sympy.core.";
}

Result<void> SavedArgsReader::checkGlobals(const Pickle &pickle) {
  if (options.strict)
    for (const PickleValue *global : pickle.globals)
      if (!isListedGlobal(*global))
        return pickleError(
            "pickle-global", *global,
            global->describe() +
                " is not known, and strict mode refuses it; it was "
                "never called");
  return {};
}

Result<Program> SavedArgsReader::read() {
  PickleOptions pickleOptions;
  pickleOptions.maxBytes = options.maxPickleBytes;
  Result<Pickle> pickle = readPickle(bytes.data, bytes.size, 0, pickleOptions);
  if (!pickle)
    return pickle.error();
  if (Result<void> ok = checkGlobals(*pickle); !ok)
    return ok.error();
  if (pickle->end != bytes.size)
    program.warnings.push_back(
        Error{"pickle-truncated",
              "",
              pickleOffset(pickle->end),
              std::to_string(bytes.size - pickle->end) +
                  " bytes behind the end of the pickle are ignored",
              {},
              ""});

  auto isPair = [](const PickleValue &value) {
    return value.kind() == Kind::Tuple && value.items().size() == 2;
  };
  const PickleValue &top = *pickle->value;
  if (!isPair(top) || !isPair(*top.items()[0]))
    return pickleError(
        "input-kind", top,
        "a pickle of a " + top.describe() +
            ", expected saved arguments: a tuple ((graph module, "
            "example inputs), keywords)");
  const PickleValue &module = *top.items()[0]->items()[0];
  examples = top.items()[0]->items()[1];
  const PickleValue &kwargs = *top.items()[1];
  Result<FxModule *> root = modules.get(module, "");
  if (!root)
    return root.error();
  if (examples->kind() != Kind::List && examples->kind() != Kind::Tuple)
    return unexpected(*examples, "the example inputs", "a list");
  if (kwargs.kind() != Kind::Dict)
    return unexpected(kwargs, "the keywords", "a dict");

  program.source = Program::Source::SavedArguments;
  program.modelName = programName(bytes.file);
  FxGraphReader reader(program, options);
  Result<void> read = reader.read(
      **root, [this](const std::vector<FxParameter> &parameters, Graph &graph) {
        return bindInputs(parameters, graph);
      });
  if (!read)
    return read.error();
  if (Result<void> ok = readStatic(kwargs); !ok)
    return ok.error();
  if (Result<void> ok = collectSymbols(program); !ok)
    return ok.error();
  return std::move(program);
}
} // namespace

Result<Program> loader::readSavedArgs(const Bytes &bytes,
                                      const LoadOptions &options) {
  return SavedArgsReader(bytes, options).read();
}
