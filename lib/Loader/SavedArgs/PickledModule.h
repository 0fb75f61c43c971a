//===- PickledModule.h - Graph modules in pickles --------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_SAVEDARGS_PICKLEDMODULE_H
#define GRAPHC_LIB_LOADER_SAVEDARGS_PICKLEDMODULE_H

#include "FxText/FxGraph.h"
#include "FxText/FxOutline.h"
#include "SavedArgs/LegacyStorage.h"

namespace graphc::loader {

class PickledModule;

/// The graph modules of one pickle, each made once.
class PickledModules {
public:
  explicit PickledModules(const Bytes &file) : storages(file) {}

  /// A call of reduce_graph_module. `path` is how the value was reached, for
  /// messages: empty for the outermost module, else `_modules['a'].`.
  Result<FxModule *> get(const PickleValue &value, const std::string &path);
  LegacyStorages &tensors() { return storages; }

private:
  LegacyStorages storages;
  std::map<const PickleValue *, std::unique_ptr<PickledModule>> modules;
};

/// One of them. Attributes are looked up as formats.md 2.5 says.
class PickledModule : public FxModule {
public:
  PickledModule(PickledModules &owner, const PickleValue &value,
                const PickleValue &body, std::string path)
      : owner(owner), value(value), body(body), path(std::move(path)) {}

  /// Finds the text and the graph in it.
  Result<void> initialise();

  std::string_view text() const override { return code; }
  FxRegion region() const override { return forward; }
  const FxAliases &aliases() const override { return aliasTable; }
  std::string place() const override { return path + "_code"; }
  const void *identity() const override { return &value; }
  Result<FxAttribute> attribute(const std::vector<std::string> &names,
                                std::string_view annotation) override;
  std::vector<std::string> attributeNames() const override;

private:
  Result<FxAttribute> convert(const PickleValue &found,
                              const std::vector<std::string> &names);

  PickledModules &owner;
  const PickleValue &value;
  const PickleValue &body;
  std::string path;
  std::string_view code;
  FxRegion forward;
  FxAliases aliasTable;
};

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_SAVEDARGS_PICKLEDMODULE_H
