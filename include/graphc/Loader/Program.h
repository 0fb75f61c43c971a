//===- Program.h - What a saved program says --------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One plain type for every input format. It says what the file says and decides
// nothing: operators are names, sizes are expressions as written, and weights
// are views into mapped storage.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LOADER_PROGRAM_H
#define GRAPHC_LOADER_PROGRAM_H

#include "graphc/Loader/Result.h"
#include "graphc/Loader/SymExpr.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace graphc::loader {

/// Element types by PyTorch's names.
enum class DType : std::uint8_t {
  Bool,
  UInt8,
  Int8,
  UInt16,
  Int16,
  UInt32,
  Int32,
  UInt64,
  Int64,
  Float8E4M3FN,
  Float8E4M3FNUZ,
  Float8E5M2,
  Float8E5M2FNUZ,
  Float8E8M0FNU,
  Float16,
  BFloat16,
  Float32,
  Float64,
  Complex32,
  Complex64,
  Complex128,
  Float4E2M1FNX2
};

/// `float32`, `bfloat16`, `bool`: PyTorch's name without `torch.`.
const char *dtypeName(DType dtype);
/// `f32`, `bf16`, `b8`: what annotations of FX text abbreviate it to.
const char *dtypeShortName(DType dtype);
/// The inverse of dtypeName, also of the synonyms `float`, `double`, `half`,
/// `int`, `long`, `short`; nothing for any other name.
std::optional<DType> dtypeFromName(std::string_view name);
/// Bytes of one element.
std::size_t dtypeSize(DType dtype);

/// What is known of a tensor without its values. Strides and offset count
/// elements. `stride` has as many entries as `shape`.
struct TensorMeta {
  DType dtype = DType::Float32;
  std::vector<SymExpr> shape;
  std::vector<SymExpr> stride;
  SymExpr storageOffset;
  std::string device = "cpu"; ///< "cpu", "cuda", "cuda:1"
  bool requiresGrad = false;
};

/// A scalar known at run time only.
struct SymMeta {
  enum class Kind { Int, Float, Bool } kind = Kind::Int;
  /// A bare symbol for a value of its own, else how it derives from others.
  SymExpr expr;
  std::optional<double> hint;
};

/// The recorded type of a value; monostate where the file records none.
using ValueMeta = std::variant<std::monostate, TensorMeta, SymMeta>;

/// Bytes of one storage. `data` points into a mapped file or an owned copy that
/// `owner` keeps alive; it is null when the file holds no values.
struct Storage {
  std::shared_ptr<const void> owner;
  const std::uint8_t *data = nullptr;
  std::size_t size = 0;
  /// Where the bytes are: the file's path and the offset in it, in bytes.
  std::string file;
  std::uint64_t fileOffset = 0;
  /// For messages: `data/weights/weight_0`.
  std::string record;
};

/// A tensor with values: a view of a storage, checked to lie inside it.
struct Constant {
  std::string name; ///< Fully qualified (`layer.0.weight`), unique.
  DType dtype = DType::Float32;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> stride;
  std::int64_t offset = 0; ///< Elements from the start of the storage.
  /// Shared by constants that alias.
  std::shared_ptr<const Storage> storage;
  /// False when the format does not record values (a repro without a store).
  bool hasData() const { return storage && (storage->data || !storage->size); }
};

struct Argument;
struct NoneValue {};
/// A value of the graph by name.
struct ValueRef {
  std::string name;
};
struct DeviceValue {
  std::string device;
};
struct LayoutValue {
  std::string layout; ///< "strided"
};
struct MemoryFormatValue {
  std::string format; ///< "contiguous_format", "channels_last", ...
};
/// Index into Program::graphs.
struct GraphRef {
  std::size_t index;
};
struct ComplexValue {
  double real, imag;
};
using ArgumentList = std::vector<Argument>;

/// An argument of a node or an output of a graph. A dict is a list of pairs, a
/// slice or named tuple the list of its fields, an operator its target.
struct Argument {
  std::variant<NoneValue, ValueRef, std::int64_t, double, bool, std::string,
               DType, DeviceValue, LayoutValue, MemoryFormatValue, GraphRef,
               ComplexValue, ArgumentList>
      value;
};

struct NamedArgument {
  std::string name; ///< Empty for a positional argument.
  Argument argument;
};

/// One result of a node. A node of FX text with several results has one result
/// of kind Tuple, and `_operator.getitem` nodes take it apart; a node of a .pt2
/// names each directly. An absent optional result has an empty name.
struct NodeResult {
  std::string name;
  ValueMeta meta;
  /// A list result of a .pt2, such as Tensor[]: the names of its elements, and
  /// their types. `name` is empty, and so is that of an absent element.
  std::vector<std::string> elements;
  std::vector<ValueMeta> elementMetas;
  /// True for a list, also an empty one.
  bool isList = false;
};

/// Where a node comes from, for diagnostics.
struct SourceInfo {
  std::size_t nodeIndex = 0;
  unsigned line = 0; ///< In the FX text; 0 for none.
  /// The model's own source from the innermost recorded frame.
  std::string file;
  unsigned fileLine = 0;
  std::string code;       ///< That source line.
  std::string modulePath; ///< `encoder.layer.0`, from nn_module_stack.
  std::string stackTrace; ///< As recorded, the outermost frame first.
};

struct Node {
  /// `aten.add.Tensor`, `prims.iota.default`, `higher_order.cond`,
  /// `_operator.add`, `math.trunc`, `torch.sym_max`: without `torch.ops.`.
  std::string target;
  std::string name; ///< The node's own name, for messages.
  std::vector<NamedArgument> arguments;
  std::vector<NodeResult> results;
  SourceInfo source;
};

struct GraphInput {
  std::string name;
  ValueMeta meta;
};

/// A graph in single-assignment form: every ValueRef names an input or an
/// earlier result.
struct Graph {
  std::string name;
  std::vector<GraphInput> inputs;
  std::vector<Node> nodes;
  std::vector<Argument> outputs;
  /// The result was one bare value, not a tuple of one.
  bool singleResult = false;
};

/// One input of graphs[0], parallel to its inputs.
///
/// Saved arguments and texts list every parameter of the graph in order, lifted
/// weights included: tensors and symbolic numbers are User, while None and
/// plain numbers, which torch compiles in, are Literal. Behind them come the
/// tensors that the graph takes from its module, as Constant.
struct InputSpec {
  enum class Role {
    User,      ///< Given at every call. A script with a content store records a
               ///< value that it had: `constant`.
    Parameter, ///< From `constant`.
    Buffer,    ///< From `constant`; may be written back.
    Constant,  ///< From `constant`.
    Literal,   ///< A specialised Python argument: `literal`. Keeps its position
               ///< among the user's arguments but has no run-time value.
    Token      ///< Orders effects; no data.
  } role = Role::User;
  std::string target; ///< Qualified name of a parameter, buffer or constant.
  std::optional<std::size_t> constant; ///< Index into Program::constants.
  Argument literal;
  bool persistent = true;
  /// Saved arguments: the input's storage is the same at every call.
  bool isStatic = false;
};

/// Whether it is an entry of the model's state dictionary.
inline bool isInStateDict(const InputSpec &spec) {
  return spec.role == InputSpec::Role::Parameter ||
         (spec.role == InputSpec::Role::Buffer && spec.persistent);
}

/// One output of graphs[0], parallel to its outputs.
struct OutputSpec {
  enum class Role {
    User,
    Loss,
    BufferMutation,    ///< To be written back to buffer `target`.
    ParameterMutation, ///< To be written back to parameter `target`.
    InputMutation,     ///< To be written back to the user input `target`.
    ParameterGradient,
    InputGradient,
    Token
  } role = Role::User;
  std::string target; ///< Qualified name, or the name of a graph input.
};

struct SymbolInfo {
  /// Inclusive bounds as recorded; nothing for an open one.
  std::optional<std::int64_t> min, max;
  std::optional<double> hint;
};

/// A recorded bound of an expression that is no bare symbol.
struct ExprConstraint {
  SymExpr expr;
  std::optional<std::int64_t> min, max;
};

/// What a saved program says, whatever it was saved as.
struct Program {
  enum class Source { SavedArguments, FxText, Pt2 } source = Source::Pt2;
  std::string file;         ///< As the user named it.
  std::string modelName;    ///< `model`; for pickles and texts the file's stem.
  std::string torchVersion; ///< Empty when not recorded.
  /// graphs[0] is the program; the others are bodies of higher-order operators.
  std::vector<Graph> graphs;
  std::vector<InputSpec> inputs;
  std::vector<OutputSpec> outputs;
  std::vector<Constant> constants;
  std::map<std::string, SymbolInfo> symbols;
  std::vector<ExprConstraint> constraints;
  /// Conditions over inputs that hold for every accepted call (guards_code);
  /// symbols in them are those of the inputs' shapes.
  std::vector<SymExpr> guards;
  /// Warnings for the user, in order.
  std::vector<Error> warnings;
};

/// Limits of docs/Usage.md; all bound work by the size of the input.
struct LoadOptions {
  std::string model; ///< Which program of an archive; empty: the default.
  std::string
      contentStore;    ///< Where storages of a repro lie; empty: beside it.
  bool strict = false; ///< Refuse every unlisted global of a pickle.
  bool verifyChecksums = true;
  /// Parameters and persistent buffers may be without values.
  bool externWeights = false;
  std::uint64_t maxJsonBytes = 1ull << 30;
  std::uint64_t maxTextBytes = 256ull << 20;
  /// Memory of a pickle's values, those of tensors aside.
  std::uint64_t maxPickleBytes = 96ull << 20;
  std::size_t maxNodes = std::size_t(1) << 22;
};

/// Reads a saved program. Decides by content, executes nothing, and maps
/// weights instead of copying them. The error names `path`.
Result<Program> load(const std::string &path, const LoadOptions &options = {});

/// The same from memory; `name` stands for the path in messages. Used by tests
/// and fuzzers.
Result<Program> loadBuffer(std::shared_ptr<const void> owner,
                           const std::uint8_t *data, std::size_t size,
                           const std::string &name,
                           const LoadOptions &options = {});

/// The program as readable FX text with types as annotations, inputs with their
/// roles, constants with dtype, shape and stride (never values), symbols with
/// ranges. Deterministic.
std::string print(const Program &program);

/// The program as FX text that `load` reads again: a function of tensors
/// without values, so that parameters, buffers and constants are inputs of the
/// user, and what is written back are outputs. Ranges of symbols and guards
/// have no place in it.
std::string printFxText(const Program &program);

} // namespace graphc::loader

#endif // GRAPHC_LOADER_PROGRAM_H
