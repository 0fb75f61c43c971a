//===- FxTextBuilder.h - Texts of FX graphs for tests -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TEST_UNIT_LOADER_FXTEXTBUILDER_H
#define GRAPHC_TEST_UNIT_LOADER_FXTEXTBUILDER_H

#include "graphc/Loader/Program.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace graphc::loader {

inline Result<Program> loadText(const std::string &text,
                                const LoadOptions &options = {}) {
  auto owner = std::make_shared<std::string>(text);
  return loadBuffer(owner,
                    reinterpret_cast<const std::uint8_t *>(owner->data()),
                    owner->size(), "dir/model.py", options);
}

/// A readable text with these statements, which return `return` themselves.
inline std::string
readable(const std::string &body,
         const std::string &parameters = "x: \"f32[2, 3]\"") {
  return "class M(torch.nn.Module):\n    def forward(self, " + parameters +
         "):\n" + body + "\n";
}

inline Program loaded(const std::string &text) {
  Result<Program> program = loadText(text);
  EXPECT_TRUE(bool(program)) << program.error().format();
  return program ? std::move(*program) : Program();
}

inline std::string errorOf(const std::string &text) {
  Result<Program> program = loadText(text);
  return program ? "none" : program.error().format();
}

/// The class of the error, which also must hold all of `words`.
inline std::string classOf(const std::string &text,
                           const std::vector<std::string> &words = {}) {
  Result<Program> program = loadText(text);
  if (!program)
    for (const std::string &word : words)
      EXPECT_NE(program.error().format().find(word), std::string::npos)
          << program.error().format();
  return program ? "none" : program.error().errorClass;
}

inline std::string argumentText(const Argument &argument) {
  struct Visitor {
    std::string operator()(NoneValue) { return "None"; }
    std::string operator()(const ValueRef &ref) { return "%" + ref.name; }
    std::string operator()(std::int64_t value) { return std::to_string(value); }
    std::string operator()(double value) {
      return std::isnan(value)   ? "nan"
             : std::isinf(value) ? (value < 0 ? "-inf" : "inf")
                                 : std::to_string(value);
    }
    std::string operator()(bool value) { return value ? "True" : "False"; }
    std::string operator()(const std::string &text) { return "'" + text + "'"; }
    std::string operator()(DType dtype) { return dtypeName(dtype); }
    std::string operator()(const DeviceValue &value) { return value.device; }
    std::string operator()(const LayoutValue &value) { return value.layout; }
    std::string operator()(const MemoryFormatValue &value) {
      return value.format;
    }
    std::string operator()(GraphRef graph) {
      return "@" + std::to_string(graph.index);
    }
    std::string operator()(ComplexValue value) {
      return std::to_string(value.real) + "+" + std::to_string(value.imag) +
             "j";
    }
    std::string operator()(const ArgumentList &list) {
      std::string out = "[";
      for (const Argument &item : list)
        out += (out.size() > 1 ? ", " : "") + argumentText(item);
      return out + "]";
    }
  };
  return std::visit(Visitor(), argument.value);
}

inline std::string nodeText(const Node &node) {
  std::string out = node.results[0].name + " = " + node.target + "(";
  for (std::size_t i = 0; i != node.arguments.size(); ++i) {
    const NamedArgument &argument = node.arguments[i];
    out += (i ? ", " : "") + argument.name +
           (argument.name.empty() ? "" : "=") + argumentText(argument.argument);
  }
  return out + ")";
}

} // namespace graphc::loader

#endif // GRAPHC_TEST_UNIT_LOADER_FXTEXTBUILDER_H
