//===- WriteFxText.cpp - Programs as FX text to load again ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FloatText.h"
#include "Storage.h"
#include "graphc/Loader/Program.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

namespace {
class Writer {
public:
  explicit Writer(const Program &program) : program(program) {}
  std::string run();

private:
  void line(const std::string &text);
  void graph(std::size_t index);
  void inputs(const Graph &graph);
  void node(const Node &node);
  void takeApart(const std::string &whole, const Node &node);
  std::string argument(const Argument &argument);
  std::string annotated(const std::string &name, const ValueMeta &meta) const;

  const Program &program;
  std::string out;
  unsigned indent = 0;
  /// Bodies that the current graph names, and that are still to write.
  std::vector<std::size_t> bodies;
};

std::string graphName(std::size_t index) {
  return "body_" + std::to_string(index);
}

std::string literal(const std::string &text) {
  std::string result = "'";
  for (char c : text)
    if (c == '\n')
      result += "\\n";
    else
      result += (c == '\'' || c == '\\' ? "\\" : "") + std::string(1, c);
  return result + "'";
}

std::string joined(const std::vector<SymExpr> &exprs) {
  std::string text;
  for (const SymExpr &expr : exprs)
    text += (text.empty() ? "" : ", ") + expr.str();
  return text;
}

std::string typeText(const ValueMeta &meta) {
  if (const auto *symbolic = std::get_if<SymMeta>(&meta)) {
    static constexpr const char *kinds[] = {"Sym", "SymFloat", "SymBool"};
    return std::string(kinds[static_cast<int>(symbolic->kind)]) + "(" +
           symbolic->expr.str() + ")";
  }
  const auto *tensor = std::get_if<TensorMeta>(&meta);
  if (!tensor)
    return "";
  std::string text = std::string(dtypeShortName(tensor->dtype)) + "[" +
                     joined(tensor->shape) + "]";
  if (tensor->stride.size())
    text += "[" + joined(tensor->stride) + "]";
  return tensor->device == "cpu" ? text : text + tensor->device;
}

/// What a call of `target` looks like.
std::string calleeOf(const std::string &target) {
  for (const char *module : {"_operator.", "math.", "torch."})
    if (target.compare(0, std::string(module).size(), module) == 0)
      return target;
  return "torch.ops." + target;
}
} // namespace

void Writer::line(const std::string &text) {
  out.append(4 * indent, ' ');
  out += text;
  out += '\n';
}

std::string Writer::annotated(const std::string &name,
                              const ValueMeta &meta) const {
  std::string type = typeText(meta);
  return type.empty() ? name : name + ": \"" + type + "\"";
}

std::string Writer::argument(const Argument &argument) {
  struct Visitor {
    Writer &writer;
    std::string operator()(NoneValue) { return "None"; }
    std::string operator()(const ValueRef &ref) { return ref.name; }
    std::string operator()(std::int64_t value) { return std::to_string(value); }
    std::string operator()(double value) { return floatText(value); }
    std::string operator()(bool value) { return value ? "True" : "False"; }
    std::string operator()(const std::string &text) { return literal(text); }
    std::string operator()(DType dtype) {
      return std::string("torch.") + dtypeName(dtype);
    }
    std::string operator()(const DeviceValue &value) {
      return "device(type='" + value.device + "')";
    }
    std::string operator()(const LayoutValue &value) {
      return "torch." + value.layout;
    }
    std::string operator()(const MemoryFormatValue &value) {
      return "torch." + value.format;
    }
    std::string operator()(const GraphRef &ref) {
      writer.bodies.push_back(ref.index);
      return graphName(ref.index);
    }
    std::string operator()(const ComplexValue &value) {
      return "(" + floatText(value.real) + "+" + floatText(value.imag) + "j)";
    }
    std::string operator()(const ArgumentList &list) {
      std::string text;
      for (const Argument &item : list)
        text += (text.empty() ? "" : ", ") + writer.argument(item);
      return "[" + text + "]";
    }
  };
  return std::visit(Visitor{*this}, argument.value);
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

/// Names of a list's elements or of several results.
void Writer::takeApart(const std::string &whole, const Node &node) {
  auto item = [&](const std::string &name, const ValueMeta &meta,
                  std::size_t index) {
    if (!name.empty())
      line(annotated(name, meta) + " = " + whole + "[" + std::to_string(index) +
           "]");
  };
  if (node.results.size() != 1 || !node.results[0].isList) {
    for (std::size_t i = 0; i < node.results.size(); ++i)
      item(node.results[i].name, node.results[i].meta, i);
    return;
  }
  const NodeResult &list = node.results[0];
  for (std::size_t i = 0; i < list.elements.size(); ++i)
    item(list.elements[i],
         i < list.elementMetas.size() ? list.elementMetas[i] : ValueMeta(), i);
}

void Writer::node(const Node &node) {
  const SourceInfo &source = node.source;
  if (!source.file.empty())
    line("# File: " + source.file + ":" + std::to_string(source.fileLine) +
         " in forward, code: " + source.code);
  std::string arguments;
  std::vector<std::size_t> before = std::exchange(bodies, {});
  for (const NamedArgument &named : node.arguments)
    arguments += (arguments.empty() ? "" : ", ") +
                 (named.name.empty() ? "" : named.name + " = ") +
                 argument(named.argument);
  for (std::size_t body : bodies)
    line(graphName(body) + " = self." + graphName(body));
  bodies.insert(bodies.begin(), before.begin(), before.end());
  bool isWhole = node.results.size() == 1 && !node.results[0].isList &&
                 !node.results[0].name.empty();
  // No name of a program ends like that.
  std::string name = isWhole
                         ? annotated(node.results[0].name, node.results[0].meta)
                         : node.name + "_whole_";
  line(name + " = " + calleeOf(node.target) + "(" + arguments + ")");
  if (!isWhole)
    takeApart(node.name + "_whole_", node);
}

void Writer::inputs(const Graph &graph) {
  std::string text;
  for (const GraphInput &input : graph.inputs)
    text += ", " + annotated(input.name, input.meta);
  line("def forward(self" + text + "):");
}

void Writer::graph(std::size_t index) {
  const Graph &graph = program.graphs[index];
  line("class " + (index ? graphName(index) : "program") +
       "(torch.nn.Module):");
  ++indent;
  inputs(graph);
  ++indent;
  for (const Node &item : graph.nodes)
    node(item);
  std::string outputs;
  for (const Argument &output : graph.outputs)
    outputs += argument(output) + ", ";
  if (graph.singleResult && graph.outputs.size() == 1)
    line("return " + argument(graph.outputs[0]));
  else
    line("return (" + outputs + ")");
  --indent;
  std::vector<std::size_t> inner = std::exchange(bodies, {});
  std::sort(inner.begin(), inner.end());
  inner.erase(std::unique(inner.begin(), inner.end()), inner.end());
  for (std::size_t body : inner) {
    line("");
    this->graph(body);
  }
  --indent;
}

std::string Writer::run() {
  graph(0);
  return std::move(out);
}

std::string loader::printFxText(const Program &program) {
  return Writer(program).run();
}
