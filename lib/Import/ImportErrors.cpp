//===- ImportErrors.cpp - What an import complains of, and where ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

//===----------------------------------------------------------------------===//
// Errors and locations
//===----------------------------------------------------------------------===//

std::string Importer::describePlace(const loader::Node &node) const {
  // A text has lines, an archive has node numbers.
  std::string place = node.source.line
                          ? "line " + std::to_string(node.source.line)
                          : "node " + std::to_string(node.source.nodeIndex);
  if (!node.name.empty())
    place += " '" + loader::quoted(node.name) + "'";
  if (!node.source.file.empty()) {
    place += " (" + loader::quoted(node.source.file);
    if (node.source.fileLine)
      place += ":" + std::to_string(node.source.fileLine);
    if (!node.source.code.empty())
      place += ": " + loader::quoted(node.source.code);
    place += ")";
  }
  return place;
}

bool Importer::fail(const loader::Node &node, StringRef errorClass,
                    const Twine &message, std::vector<std::string> notes) {
  loader::Error error;
  error.errorClass = errorClass.str();
  error.file = program.file;
  error.place = describePlace(node);
  error.message = loader::quoted(node.target) + ": " + message.str();
  error.notes = std::move(notes);
  errors.push_back(std::move(error));
  return false;
}

bool Importer::fail(StringRef errorClass, const Twine &place,
                    const Twine &message) {
  loader::Error error;
  error.errorClass = errorClass.str();
  error.file = program.file;
  error.place = place.str();
  error.message = message.str();
  errors.push_back(std::move(error));
  return false;
}

bool Importer::flushFailure(const loader::Node &node) {
  std::optional<Emitter::Failure> failure = e.takeFailure();
  std::vector<std::string> notes = std::exchange(diagnostics, {});
  if (!failure)
    return true;
  if (const Schema *schema = findSchema(node.target);
      schema && failure->errorClass != "shape-mismatch")
    notes.push_back("schema: " + schema->text.str());
  return fail(node, failure->errorClass, failure->message, std::move(notes));
}

/// Whether MLIR objects to the element type of an operand: operands of graph
/// ops are tensors, and no constraint on one is about anything else.
static bool blamesElementType(ArrayRef<std::string> diagnostics) {
  return llvm::any_of(diagnostics, [](StringRef text) {
    return text.contains("operand #") && text.contains(" must be ");
  });
}

static void collectDTypes(const Item &item, Emitter &e,
                          SmallVectorImpl<std::string> &names) {
  if (const auto *list = item.as<Item::List>())
    for (const Item &element : *list)
      collectDTypes(element, e, names);
  const auto *tensor = item.as<TensorRef>();
  Value value = tensor ? (*tensor)->read() : Value();
  if (!value)
    return;
  std::string name = getDTypeName(e.elementType(value));
  if (!llvm::is_contained(names, name))
    names.push_back(std::move(name));
}

static bool names(const loader::Argument &argument,
                  const llvm::StringSet<> &results) {
  if (const auto *ref = std::get_if<loader::ValueRef>(&argument.value))
    return results.contains(ref->name);
  const auto *list = std::get_if<loader::ArgumentList>(&argument.value);
  return list && llvm::any_of(*list, [&](const loader::Argument &element) {
           return names(element, results);
         });
}

bool Importer::needsFailed(const loader::Node &node) const {
  return llvm::any_of(node.arguments, [&](const loader::NamedArgument &given) {
    return names(given.argument, failedResults);
  });
}

void Importer::noteFailed(const loader::Node &node) {
  for (const loader::NodeResult &result : node.results) {
    if (!result.name.empty())
      failedResults.insert(result.name);
    for (const std::string &element : result.elements)
      if (!element.empty())
        failedResults.insert(element);
  }
}

void Importer::blameDTypes(const Call &call) {
  if (!e.hasFailed() || !blamesElementType(diagnostics))
    return;
  Emitter::Failure failure = *e.takeFailure();
  if (failure.errorClass != "shape-mismatch")
    return (void)e.fail(failure.errorClass, failure.message);
  SmallVector<std::string> names;
  for (const Item &argument : call.arguments)
    collectDTypes(argument, e, names);
  e.fail("unsupported-dtype",
         "is not supported for " + llvm::join(names, " and "));
}

Location Importer::getLocation(const loader::Node &node) {
  StringRef file = node.source.file;
  unsigned line = node.source.fileLine;
  if (file.empty()) {
    file = program.file;
    line = node.source.line;
  }
  Location place = FileLineColLoc::get(&context, file, line, 0);
  // The text of the line, for messages where the file is not at hand.
  if (StringRef code = node.source.code; !code.empty())
    place = NameLoc::get(StringAttr::get(&context, code), place);
  if (StringRef path = node.source.modulePath; !path.empty())
    place = FusedLoc::get({place}, StringAttr::get(&context, path), &context);
  return NameLoc::get(
      StringAttr::get(&context, node.name.empty() ? node.target : node.name),
      place);
}

//===----------------------------------------------------------------------===//
// Unsupported operators, all at once
//===----------------------------------------------------------------------===//

static bool isSupported(StringRef target) {
  if (target.starts_with("higher_order."))
    return isSupportedHigherOrder(target);
  if (isSupportedFunction(target))
    return true;
  const Schema *schema = findSchema(target);
  if (!schema)
    return false;
  if (findBuilder(target))
    return true;
  const Schema *functional = findFunctional(*schema);
  return functional && findBuilder(functional->name);
}

std::vector<std::string> graphc::listOps() {
  std::vector<std::string> names;
  for (StringRef name : allSchemaNames())
    if (isSupported(name))
      names.push_back(name.str());
  for (StringRef name : supportedFunctions())
    names.push_back(name.str());
  for (StringRef name : supportedHigherOrder())
    names.push_back(name.str());
  llvm::sort(names);
  return names;
}

/// An operator that somebody wrote down somewhere, as opposed to a misspelling
/// or a custom one.
static bool isKnown(StringRef target) {
  return isKnownOverload(target) || target.starts_with("higher_order.") ||
         findSchema(target);
}

bool Importer::refuseUnsupported() {
  struct Use {
    const loader::Node *first = nullptr;
    unsigned count = 0;
  };
  llvm::MapVector<StringRef, Use> uses[2]; // unknown, known
  for (const loader::Graph &graph : program.graphs) {
    for (const loader::Node &node : graph.nodes) {
      StringRef target = getCalledTarget(node);
      if (isSupported(target))
        continue;
      Use &use = uses[isKnown(target)][target];
      if (!use.first)
        use.first = &node;
      ++use.count;
    }
  }
  for (bool known : {false, true}) {
    auto &found = uses[known];
    if (found.empty())
      continue;
    loader::Error error;
    error.errorClass = known ? "unsupported-op" : "unknown-op";
    error.file = program.file;
    error.place = describePlace(*found.front().second.first);
    StringRef kind = known ? "not supported" : "unknown";
    error.message =
        found.size() == 1
            ? ("operator " + loader::quoted(found.front().first.str()) +
               " is " + kind)
                  .str()
            : (Twine(found.size()) + " operators are " + kind + ", the first " +
               loader::quoted(found.front().first.str()))
                  .str();
    for (auto &[target, use] : found) {
      std::string note = loader::quoted(target.str()) + ": " +
                         std::to_string(use.count) +
                         (use.count == 1 ? " use, " : " uses, first at ") +
                         describePlace(*use.first);
      std::vector<StringRef> near;
      if (!known)
        near = findNearNames(target, 3);
      for (size_t i = 0; i < near.size(); ++i)
        note += (i == 0 ? "; near: " : ", ") + near[i].str();
      error.notes.push_back(std::move(note));
    }
    error.help = "graphc --list-ops prints what is supported";
    errors.push_back(std::move(error));
  }
  return errors.empty();
}
