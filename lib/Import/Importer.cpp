//===- Importer.cpp - The walk over a program -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"

#include "Boundary.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

Importer::Importer(MLIRContext &context, const loader::Program &program,
                   const ImportOptions &options)
    : context(context), program(program), options(options), builder(&context),
      sizes(&context), e(builder, ranges), generator(*this, e) {}

/// More at once help nobody.
static constexpr size_t maxErrors = 20;

OwningOpRef<ModuleOp> Importer::run() {
  context.loadDialect<graph::GraphDialect, func::FuncDialect>();
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    diagnostics.push_back(diagnostic.str());
    return success();
  });
  if (program.graphs.empty()) {
    fail("signature", "", "the program holds no graph");
    return {};
  }
  if (!refuseUnsupported())
    return {};
  Boundary boundary(*this);
  if (!boundary.makeInputs())
    return {};
  Scope scope;
  if (!boundary.bindInputs(scope))
    return {};
  // What fails is reported together; what needs it could only fail, too.
  for (const loader::Node &node : program.graphs.front().nodes)
    if (needsFailed(node) || !importNode(node, scope)) {
      noteFailed(node);
      if (errors.size() < maxErrors)
        continue;
      errors.back().notes.push_back("these are the first " +
                                    std::to_string(maxErrors) +
                                    " errors; what follows was not looked at");
      return {};
    }
  if (!errors.empty())
    return {};
  if (!boundary.makeOutputs(scope))
    return {};
  if (failed(verify(*module))) {
    fail("internal", "", "the imported module does not verify");
    errors.back().notes = std::exchange(diagnostics, {});
    return {};
  }
  return std::move(module);
}

bool Importer::importNode(const loader::Node &node, Scope &scope) {
  e.loc = getLocation(node);
  diagnostics.clear();
  StringRef target = node.target;
  if (getCalledTarget(node) != target) {
    if (!node.results.empty())
      scope[node.results.front().name] = Item();
    return importNode(withoutEffects(node), scope);
  }
  bool isHigherOrder = target.starts_with("higher_order.");
  if (!isHigherOrder && !isSupportedFunction(target))
    return importOperator(node, scope);

  SmallVector<Item> arguments;
  for (const loader::NamedArgument &argument : node.arguments) {
    std::optional<Item> item = convert(argument.argument, scope, node);
    if (!item)
      return false;
    arguments.push_back(std::move(*item));
  }
  SmallVector<Item> results;
  if (isHigherOrder) {
    auto list = importHigherOrder(*this, e, node, arguments);
    if (!errors.empty() || !flushFailure(node) || !list)
      return false;
    // FX text takes the tuple apart with getitem; an archive names the results.
    if (node.results.size() == 1 &&
        program.source != loader::Program::Source::Pt2)
      results.push_back(std::move(*list));
    else
      results.append(list->begin(), list->end());
  } else {
    auto item = importFunction(*this, e, node, arguments);
    if (!flushFailure(node) || !item)
      return false;
    results.push_back(std::move(*item));
  }
  return bindResults(node, results, scope);
}

bool Importer::importOperator(const loader::Node &node, Scope &scope) {
  const Schema *schema = findSchema(node.target);
  Call call(*this, e, node, *schema);
  if (!bindArguments(call, scope))
    return false;

  BuildFunction build = findBuilder(node.target);
  const Schema *functional = nullptr;
  if (!build) {
    // An in-place or out variant: the functional operator, then the writes.
    functional = findFunctional(*schema);
    build = findBuilder(functional->name);
    call.schema = functional;
    call.arguments.truncate(functional->parameters.size());
  }
  SmallVector<Item> all = call.arguments;
  build(call);
  blameDTypes(call);
  if (!flushFailure(node))
    return false;
  if (!functional) {
    layOutAsRecorded(call);
    return bindResults(node, call.results, scope);
  }

  Call writes(*this, e, node, *schema);
  if (!bindArguments(writes, scope))
    return false;
  SmallVector<Item> written;
  unsigned next = 0;
  for (auto [parameter, argument] :
       llvm::zip(schema->parameters, writes.arguments)) {
    if (!parameter.isWritten || next >= call.results.size())
      continue;
    const Item &value = call.results[next++];
    const auto *targets = argument.as<Item::List>();
    const auto *values = value.as<Item::List>();
    if (targets && values) {
      for (auto [target, element] : llvm::zip(*targets, *values))
        if (target.as<TensorRef>() && element.as<TensorRef>())
          writes.write(*target.as<TensorRef>(),
                       (*element.as<TensorRef>())->read());
    } else if (argument.as<TensorRef>() && value.as<TensorRef>()) {
      writes.write(*argument.as<TensorRef>(), (*value.as<TensorRef>())->read());
    }
    written.push_back(argument);
  }
  if (!flushFailure(node))
    return false;
  if (schema->results.empty())
    written.clear();
  return bindResults(node, written, scope);
}

bool Importer::bindResults(const loader::Node &node, ArrayRef<Item> results,
                           Scope &scope) {
  const auto &names = node.results;
  // FX text: one name for a tuple or list of results.
  bool isTuple = program.source != loader::Program::Source::Pt2 &&
                 names.size() == 1 && results.size() > 1;
  if (isTuple) {
    scope[names.front().name] = Item::List(results.begin(), results.end());
    return true;
  }
  // And one for none, as for an assertion.
  if (program.source != loader::Program::Source::Pt2 && names.size() == 1 &&
      results.empty()) {
    scope[names.front().name] = Item();
    return true;
  }
  for (auto [index, name] : llvm::enumerate(names)) {
    if (name.name.empty() && name.elements.empty())
      continue;
    if (index >= results.size())
      return fail(node, "signature",
                  "has " + Twine(names.size()) + " results, expected " +
                      Twine(results.size()));
    const Item &item = results[index];
    if (!name.elements.empty()) {
      const auto *list = item.as<Item::List>();
      if (!list || list->size() != name.elements.size())
        return fail(node, "shape-mismatch",
                    "gives " + describe(item) + ", the file names " +
                        Twine(name.elements.size()) + " results");
      for (auto [element, value] : llvm::zip(name.elements, *list))
        scope[element] = value;
      continue;
    }
    if (!checkRecorded(node, name.name, name.meta, item))
      return false;
    scope[name.name] = item;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Sub-graphs
//===----------------------------------------------------------------------===//

std::optional<Item::List> Importer::importGraph(size_t index,
                                                ArrayRef<Item> inputs) {
  const loader::Graph &graph = program.graphs[index];
  if (inputs.size() != graph.inputs.size()) {
    e.fail("signature", "graph '" + graph.name + "' takes " +
                            Twine(graph.inputs.size()) + " inputs, got " +
                            Twine(inputs.size()));
    return std::nullopt;
  }
  constexpr unsigned maxDepth = 64;
  if (++depth > maxDepth) {
    e.fail("limit", "sub-graphs nest deeper than " + Twine(maxDepth));
    return std::nullopt;
  }
  Scope scope;
  // Tensors of their own: a write inside does not reach the outer graph.
  SmallVector<TensorRef> copies;
  for (auto [input, item] : llvm::zip(graph.inputs, inputs)) {
    Item local = item;
    if (const auto *tensor = item.as<TensorRef>()) {
      copies.push_back(std::make_shared<Tensor>((*tensor)->read()));
      copies.back()->storage->offset.reset();
      local = copies.back();
    }
    scope[input.name] = local;
  }
  Location outer = e.loc;
  for (const loader::Node &node : graph.nodes)
    if (!importNode(node, scope))
      return std::nullopt;
  e.loc = outer;
  for (const TensorRef &copy : copies)
    if (copy->storage->generation != 0)
      e.unsupported("a sub-graph writes to its input");
  static const loader::Node noNode;
  Item::List outputs;
  for (const loader::Argument &output : graph.outputs) {
    std::optional<Item> item = convert(output, scope, noNode);
    if (!item)
      return std::nullopt;
    outputs.push_back(std::move(*item));
  }
  --depth;
  return outputs;
}

std::string Importer::defineSymbol(const loader::Node &node,
                                   Ranges::Interval range, size_t dim) {
  // An archive says how it calls the number or the size.
  std::string name;
  if (!node.results.empty()) {
    const loader::ValueMeta &meta = node.results.front().meta;
    const loader::SymExpr *expr = nullptr;
    if (const auto *number = std::get_if<loader::SymMeta>(&meta))
      expr = &number->expr;
    else if (const auto *tensor = std::get_if<loader::TensorMeta>(&meta))
      expr = dim < tensor->shape.size() ? &tensor->shape[dim] : nullptr;
    if (expr && expr->kind() == loader::SymExpr::Kind::Symbol)
      name = expr->name();
  }
  auto isTaken = [&](const std::string &name) {
    return llvm::any_of(signature.symbols, [&](const Signature::Symbol &known) {
      return known.name == name;
    });
  };
  while (name.empty() || isTaken(name))
    name = "u" + std::to_string(freshSymbols++);
  if (auto known = program.symbols.find(name); known != program.symbols.end()) {
    if (known->second.min)
      range.min = std::max(known->second.min, range.min);
    if (known->second.max)
      range.max = range.max ? std::min(known->second.max, range.max)
                            : known->second.max;
  }
  ranges.set(name, range);
  signature.symbols.push_back({name, range.min, range.max, true});
  return name;
}

void Importer::assertRange(StringRef symbol, Ranges::Interval natural) {
  Ranges::Interval range = ranges.get(symbol);
  Expr value = Expr::symbol(&context, symbol);
  if (range.min && !(natural.min && *natural.min >= *range.min))
    graph::AssertOp::create(
        builder, e.loc, e.expr(*range.min).le(value),
        (symbol + " must be at least " + Twine(*range.min)).str());
  if (range.max && !(natural.max && *natural.max <= *range.max))
    graph::AssertOp::create(
        builder, e.loc, value.le(e.expr(*range.max)),
        (symbol + " must be at most " + Twine(*range.max)).str());
}

Item Importer::defineItem(const loader::Node &node, Value tensor) {
  if (!tensor)
    return {};
  std::string symbol = defineSymbol(node, {});
  graph::ItemOp::create(builder, e.loc, tensor, symbol);
  assertRange(symbol, {});
  return Expr::symbol(&context, symbol);
}

Value Importer::materialize(const Item &item) {
  if (const auto *tensor = item.as<TensorRef>())
    return (*tensor)->read();
  Type type = getResultType(Operand(item), &context);
  // A Python float carries the precision of a double.
  if (item.as<double>() || item.as<SymFloat>())
    type = e.f64();
  return e.number(item, type);
}

//===----------------------------------------------------------------------===//
// The public function
//===----------------------------------------------------------------------===//

ImportResult graphc::importProgram(MLIRContext &context,
                                   const loader::Program &program,
                                   const ImportOptions &options) {
  Importer importer(context, program, options);
  ImportResult result;
  result.module = importer.run();
  result.errors = std::move(importer.errors);
  return result;
}
