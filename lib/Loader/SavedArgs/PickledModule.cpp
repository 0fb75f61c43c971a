//===- PickledModule.cpp - Graph modules in pickles -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SavedArgs/PickledModule.h"

using namespace graphc;
using namespace graphc::loader;

using Kind = PickleValue::Kind;

/// The dict with `_parameters`, `_buffers` and `_modules` of a graph module, or
/// of a plain module that was pickled by its state; null for anything else.
static const PickleValue *bodyOf(const PickleValue &value) {
  if (value.isCall("torch.fx.graph_module", "reduce_graph_module"))
    return value.items().empty() ? nullptr : value.items()[0];
  if (const PickleValue::Extras *extras = value.extras())
    for (const PickleValue *state : extras->states)
      if (state->find("_modules") || state->find("_parameters"))
        return state;
  return nullptr;
}

Result<FxModule *> PickledModules::get(const PickleValue &value,
                                       const std::string &path) {
  auto it = modules.find(&value);
  if (it != modules.end())
    return it->second.get();
  std::string field = path.empty() ? "the graph module" : path;
  if (!value.isCall("torch.fx.graph_module", "reduce_graph_module")) {
    bool isObject =
        value.kind() == Kind::Object || value.kind() == Kind::Global;
    return pickleError(isObject ? "pickle-global" : "pickle-type", value,
                       field + " is " + value.describe() +
                           ", expected "
                           "torch.fx.graph_module.reduce_graph_module(...)" +
                           (isObject ? "; it was never called" : ""));
  }
  const PickleValue *body = bodyOf(value);
  if (!body || body->kind() != Kind::Dict)
    return pickleError("pickle-type", value,
                       field + ": the body is no dict, found " +
                           (body ? body->describe() : "nothing"));
  auto module = std::make_unique<PickledModule>(*this, value, *body, path);
  if (Result<void> ok = module->initialise(); !ok)
    return ok.error();
  return modules.insert({&value, std::move(module)}).first->second.get();
}

Result<void> PickledModule::initialise() {
  const PickleValue *text = body.find("_code");
  if (!text)
    text = body.find("code");
  if (!text || !text->isText())
    return pickleError("pickle-type", text ? *text : value,
                       path + "_code is " +
                           (text ? text->describe() : "absent") +
                           ", expected text");
  code = text->text();
  Result<FxOutline> outline = outlineFxText(code);
  if (!outline) {
    outline.error().place = place();
    return outline.error();
  }
  forward = *outline->classes[outline->root].forward;
  if (value.items().size() > 1 && value.items()[1]->isText()) {
    std::string_view imports = value.items()[1]->text();
    while (!imports.empty()) {
      std::size_t end = std::min(imports.find('\n'), imports.size());
      addFxAlias(imports.substr(0, end), aliasTable);
      imports.remove_prefix(std::min(end + 1, imports.size()));
    }
  }
  return {};
}

/// A named entry of one of the module's dictionaries.
static const PickleValue *lookup(const PickleValue &body, const char *table,
                                 std::string_view name) {
  const PickleValue *entries = body.find(table);
  return entries ? pickleLookup(*entries, name) : nullptr;
}

Result<FxAttribute>
PickledModule::attribute(const std::vector<std::string> &names,
                         std::string_view) {
  const PickleValue *at = &body;
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    const PickleValue *module = lookup(*at, "_modules", names[i]);
    at = module ? bodyOf(*module) : nullptr;
    if (!at)
      return FxAttribute();
  }
  const std::string &last = names.back();
  for (const char *table : {"_parameters", "_buffers", "_modules"})
    if (const PickleValue *found = lookup(*at, table, last))
      return convert(*found, names);
  if (const PickleValue *found = at->find(last))
    return convert(*found, names);
  return FxAttribute();
}

Result<FxAttribute>
PickledModule::convert(const PickleValue &found,
                       const std::vector<std::string> &names) {
  FxAttribute attribute;
  std::string name;
  for (const std::string &part : names)
    name += (name.empty() ? "" : ".") + part;
  attribute.kind = FxAttribute::Kind::Literal;
  switch (found.kind()) {
  case Kind::None:
    return attribute;
  case Kind::Bool:
    attribute.literal.value = found.boolean();
    return attribute;
  case Kind::Int:
    attribute.literal.value = found.integer();
    return attribute;
  case Kind::Float:
    attribute.literal.value = found.real();
    return attribute;
  case Kind::Text:
    attribute.literal.value = std::string(found.text());
    return attribute;
  default:
    break;
  }
  if (found.isCall("torch.fx.graph_module", "reduce_graph_module")) {
    std::string inner = path;
    for (const std::string &part : names)
      inner += "_modules['" + quoted(part) + "'].";
    Result<FxModule *> module = owner.get(found, inner);
    if (!module)
      return module.error();
    attribute.kind = FxAttribute::Kind::Module;
    attribute.module = *module;
    return attribute;
  }
  if (isTensorCall(found)) {
    std::string what = "tensor '" + quoted(name) + "'";
    Result<Constant> constant =
        rebuildTensor(found, what, [&](const PickleValue &storage) {
          return owner.tensors().resolve(storage, what);
        });
    if (!constant) {
      if (constant.error().place.empty())
        constant.error().place = pickleOffset(found.offset());
      return constant.error();
    }
    attribute.kind = FxAttribute::Kind::Tensor;
    attribute.constant = std::move(*constant);
    return attribute;
  }
  bool isObject = found.kind() == Kind::Object || found.kind() == Kind::Global;
  attribute.kind = FxAttribute::Kind::Unsupported;
  attribute.error =
      pickleError(isObject ? "pickle-global" : "pickle-type", found,
                  "'self." + quoted(name) + "' is " + found.describe() +
                      ", expected a tensor or a graph module" +
                      (isObject ? "; it was never called" : ""));
  return attribute;
}

std::vector<std::string> PickledModule::attributeNames() const {
  constexpr std::size_t maxShown = 20;
  std::vector<std::string> names;
  std::vector<PickleValue::Entry> entries;
  for (const char *table : {"_parameters", "_buffers", "_modules"}) {
    const PickleValue *found = body.find(table);
    if (found && pickleEntries(*found, entries))
      for (auto &[key, entry] : entries)
        if (key->isText() && names.size() < maxShown)
          names.push_back(quoted(key->text()));
  }
  return names;
}
