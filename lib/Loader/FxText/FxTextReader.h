//===- FxTextReader.h - Reads the text of a graph module --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_FXTEXT_FXTEXTREADER_H
#define GRAPHC_LIB_LOADER_FXTEXT_FXTEXTREADER_H

#include "FxText/FxGraph.h"
#include "FxText/FxInputs.h"
#include "FxText/FxOutline.h"
#include "FxText/FxScript.h"
#include "FxText/FxText.h"

namespace graphc::loader {

inline std::string lineOf(unsigned line) {
  return "line " + std::to_string(line);
}

class FxTextReader;

/// A class of the text.
class TextModule : public FxModule {
public:
  TextModule(FxTextReader &reader, std::size_t index)
      : reader(reader), index(index) {}

  std::string_view text() const override;
  FxRegion region() const override;
  const FxAliases &aliases() const override;
  std::string place() const override { return ""; }
  const void *identity() const override { return this; }
  Result<FxAttribute> attribute(const std::vector<std::string> &path,
                                std::string_view annotation) override;
  std::vector<std::string> attributeNames() const override;

private:
  FxTextReader &reader;
  std::size_t index;
};

class FxTextReader {
public:
  FxTextReader(const Bytes &bytes, const LoadOptions &options)
      : bytes(bytes), options(options) {}
  Result<Program> read();

private:
  friend class TextModule;

  TextModule &module(std::size_t index);
  Result<void> readHints();
  Result<void> readScript();
  Result<void> bindInputs(const std::vector<FxParameter> &parameters,
                          Graph &graph);
  Result<void> bindLoaded(const FxParameter &parameter,
                          const FxLoadedInput &loaded, GraphInput &input,
                          InputSpec &spec);
  Result<void> bindAnnotated(const FxParameter &parameter, GraphInput &input,
                             InputSpec &spec);
  Result<void> checkUses();
  Result<void> checkRange(const std::string &name, const FxLoadedInput &loaded);
  Result<void> addRecorded(const std::string &name, const FxLoadedInput &loaded,
                           InputSpec &spec);
  Result<std::shared_ptr<const Storage>>
  findStored(const FxLoadedStorage &storage);
  std::optional<Constant> viewOf(const TensorMeta &meta) const;
  std::optional<std::int64_t> valueOf(const SymExpr &expr) const {
    return expr.evaluate(hints);
  }
  void warn(unsigned line, const char *errorClass, std::string message) {
    program.warnings.push_back(Error{
        errorClass, "", line ? lineOf(line) : "", std::move(message), {}, ""});
  }

  const Bytes &bytes;
  const LoadOptions &options;
  std::string_view text;
  FxOutline outline;
  FxAliases aliases;
  std::map<std::size_t, TextModule> modules;
  std::map<std::string, std::int64_t> hints;
  std::map<std::string, FxInitAttribute> attributes;
  std::optional<FxLoadArgs> loadArgs;
  /// Parameters without a type, and inputs of no supported kind, by name.
  std::map<std::string, Error> unusable;
  std::map<std::size_t, std::shared_ptr<const Storage>> stored;
  bool sawBareShape = false;
  Program program;
};

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_FXTEXT_FXTEXTREADER_H
