//===- FxGraph.h - Graphs from FX text -------------------------*- C++ -*--===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_FXTEXT_FXGRAPH_H
#define GRAPHC_LIB_LOADER_FXTEXT_FXGRAPH_H

#include "FxText/FxParser.h"

#include "graphc/Loader/Program.h"

#include <functional>
#include <map>
#include <set>

namespace graphc::loader {

class FxModule;

/// What `self.<path>` stands for.
struct FxAttribute {
  enum class Kind {
    Absent,
    Tensor,      ///< constant; its name is still to be made unique.
    Module,      ///< module
    Literal,     ///< literal
    Unsupported, ///< error, raised when the value is used.
  } kind = Kind::Absent;
  Constant constant;
  FxModule *module = nullptr;
  Argument literal;
  Error error;
};

/// Names that stand for something else: `math_trunc` for `math.trunc`.
using FxAliases = std::map<std::string, std::string>;

/// Adds what a line `from M import A [as B]` or `import M [as B]` says.
void addFxAlias(std::string_view line, FxAliases &aliases);

/// The path behind `self` of `self.a.b` and `getattr(self.a, "0")`; empty for
/// anything else.
std::vector<std::string> fxAttributePath(const FxExpr &expr);

/// Where a graph's text and attributes come from.
class FxModule {
public:
  virtual ~FxModule() = default;
  virtual std::string_view text() const = 0;
  /// From the `def` line to the end of the graph.
  virtual FxRegion region() const = 0;
  virtual const FxAliases &aliases() const = 0;
  /// What stands before "line 7" in the place of errors; may be empty.
  virtual std::string place() const = 0;
  /// The same for handles of one module.
  virtual const void *identity() const = 0;
  /// Looks up `self.<path>`; `annotation` is the type written beside it.
  virtual Result<FxAttribute> attribute(const std::vector<std::string> &path,
                                        std::string_view annotation) = 0;
  /// For messages.
  virtual std::vector<std::string> attributeNames() const = 0;
};

/// Reads a module's text into graphs[0] of a program and its sub-graphs behind
/// it. Tensors that a graph takes from its module become inputs of graphs[0] of
/// role Constant, behind the parameters; a sub-graph gets them through further
/// operands of the higher-order operator that runs it.
class FxGraphReader {
public:
  /// Types the inputs of graphs[0], one per parameter, and fills
  /// Program::inputs. Called before the first statement is read.
  using BindInputs =
      std::function<Result<void>(const std::vector<FxParameter> &, Graph &)>;

  FxGraphReader(Program &program, const LoadOptions &options)
      : program(program), options(options) {}

  Result<void> read(FxModule &root, const BindInputs &bind);

private:
  /// What is known of a value without types.
  enum class Class { Unknown, Tensor, Number };
  struct Binding {
    Argument argument;
    Class kind = Class::Unknown;
    /// A tensor of the module, which becomes an input when it is first used.
    std::optional<std::size_t> constant = std::nullopt;
  };
  struct Scope;

  Result<std::size_t> readGraph(FxModule &module, const std::string &name,
                                const BindInputs *bind);
  Result<bool> readHeader(Scope &scope, const FxStatement &statement);
  Result<void> finishHeader(Scope &scope);
  Result<void> readStatement(Scope &scope, const FxStatement &statement);
  Result<void> readAssignment(Scope &scope, const FxStatement &statement);
  Result<void> readCall(Scope &scope, const FxStatement &statement);
  Result<void> readReturn(Scope &scope, const FxStatement &statement);
  Result<void> readOperator(Scope &scope, const FxStatement &statement,
                            const FxExpr &expr);
  Result<void> readAttribute(Scope &scope, const FxStatement &statement,
                             const std::vector<std::string> &path);
  Result<void> addNode(Scope &scope, const FxStatement &statement,
                       std::string target, std::vector<NamedArgument> arguments,
                       Class kind);
  Result<std::string> targetOf(Scope &scope, const FxExpr &callee) const;

  Result<Argument> lower(Scope &scope, const FxExpr &expr);
  Result<Argument> lowerName(Scope &scope, const FxExpr &expr);
  Result<Argument> lowerItems(Scope &scope, const FxExpr &expr);
  Result<Argument> lowerDotted(Scope &scope, const FxExpr &expr);
  Result<Argument> lowerCall(Scope &scope, const FxExpr &expr);
  Result<Argument> lowerNumber(Scope &scope, const FxExpr &expr, bool negative);
  Result<Argument> lowerSigned(Scope &scope, const FxExpr &expr);

  Result<std::size_t> constantIndex(Scope &scope, FxAttribute &attribute,
                                    const std::string &path);
  Argument constantValue(Scope &scope, std::size_t constant,
                         const std::string &hint);
  Result<void> liftConstants(Scope &scope, const FxStatement &statement,
                             const std::string &target,
                             std::vector<NamedArgument> &arguments);
  std::size_t withLifted(std::size_t graph,
                         const std::vector<std::size_t> &constants);

  Program &program;
  const LoadOptions &options;
  std::size_t nodeCount = 0;
  std::map<const void *, std::size_t> done;
  /// Modules being read, outermost first, with the names they were reached by.
  std::vector<std::pair<const void *, std::string>> open;
  std::map<std::pair<const void *, std::string>, std::size_t> constantsByPath;
  std::set<std::string> constantNames;
  /// Per graph: constants used inside, with the names they have there; and how
  /// many inputs at the end stand for constants.
  struct Lifted {
    std::map<std::size_t, std::string> used;
    std::optional<std::vector<std::size_t>> inputs;
  };
  std::map<std::size_t, Lifted> lifted;
};

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_FXTEXT_FXGRAPH_H
