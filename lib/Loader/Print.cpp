//===- Print.cpp - Programs as readable text ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The form is that of FX readable text, with roles of inputs and outputs as
// comments. Nothing in it depends on addresses or on the order of hashing.
//
//===----------------------------------------------------------------------===//

#include "FloatText.h"
#include "Storage.h"
#include "graphc/Loader/Program.h"

using namespace graphc;
using namespace graphc::loader;

namespace {
/// The same, but an integer without the mark.
std::string numberText(double value) {
  std::string out = floatText(value);
  if (out.size() > 2 && out.compare(out.size() - 2, 2, ".0") == 0)
    out.resize(out.size() - 2);
  return out;
}

std::string literalText(const std::string &text) {
  const char *mark = text.find('\'') == text.npos ? "'" : "\"";
  return mark + quoted(text) + mark;
}

class Printer {
public:
  explicit Printer(const Program &program) : program(program) {}
  std::string run();

private:
  void line(unsigned indent, const std::string &text);
  void symbols();
  void constants();
  void graph(std::size_t index);
  void node(const Node &node);
  std::string inputComment(std::size_t index) const;
  std::string outputComment(std::size_t index) const;
  std::string type(const ValueMeta &meta) const;
  std::string annotated(const std::string &name, const ValueMeta &meta) const;
  std::string results(const Node &node) const;
  std::string argument(const Argument &argument) const;
  std::string graphName(std::size_t index) const;

  const Program &program;
  std::string out;
};

std::string bounds(const std::optional<std::int64_t> &min,
                   const std::optional<std::int64_t> &max) {
  return "[" + (min ? std::to_string(*min) : "-oo") + ", " +
         (max ? std::to_string(*max) : "oo") + "]";
}

template <typename List, typename Text>
std::string joined(const List &list, Text text) {
  std::string out;
  for (const auto &item : list)
    out += (out.empty() ? "" : ", ") + text(item);
  return out;
}

bool isContiguous(const TensorMeta &meta) {
  std::vector<std::int64_t> shape;
  for (const SymExpr &size : meta.shape) {
    std::optional<std::int64_t> value = size.asInt();
    if (!value)
      return false;
    shape.push_back(*value);
  }
  auto strides = contiguousStrides(shape);
  if (!strides)
    return false;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (!meta.stride[i].isInt((*strides)[i]))
      return false;
  return true;
}
} // namespace

void Printer::line(unsigned indent, const std::string &text) {
  out.append(4 * indent, ' ');
  out += text;
  out += '\n';
}

std::string Printer::type(const ValueMeta &meta) const {
  auto text = [](const SymExpr &expr) { return expr.str(); };
  if (const auto *symbolic = std::get_if<SymMeta>(&meta)) {
    static constexpr const char *kinds[] = {"Sym", "SymFloat", "SymBool"};
    return std::string(kinds[static_cast<int>(symbolic->kind)]) + "(" +
           symbolic->expr.str() + ")";
  }
  const auto *tensor = std::get_if<TensorMeta>(&meta);
  if (!tensor)
    return "";
  std::string out = std::string(dtypeShortName(tensor->dtype)) + "[" +
                    joined(tensor->shape, text) + "]";
  if (!isContiguous(*tensor))
    out += "[" + joined(tensor->stride, text) + "]";
  if (!tensor->storageOffset.isInt(0))
    out += " offset " + tensor->storageOffset.str();
  if (tensor->device != "cpu")
    out += " " + quoted(tensor->device);
  return out;
}

std::string Printer::annotated(const std::string &name,
                               const ValueMeta &meta) const {
  std::string text = type(meta);
  return (name.empty() ? "_" : quoted(name)) +
         (text.empty() ? "" : ": \"" + text + "\"");
}

std::string Printer::graphName(std::size_t index) const {
  return "graph" + std::to_string(index);
}

std::string Printer::argument(const Argument &argument) const {
  struct Visitor {
    const Printer &printer;
    std::string operator()(NoneValue) { return "None"; }
    std::string operator()(const ValueRef &ref) { return quoted(ref.name); }
    std::string operator()(std::int64_t value) { return std::to_string(value); }
    std::string operator()(double value) { return floatText(value); }
    std::string operator()(bool value) { return value ? "True" : "False"; }
    std::string operator()(const std::string &text) {
      return literalText(text);
    }
    std::string operator()(DType dtype) {
      return std::string("torch.") + dtypeName(dtype);
    }
    std::string operator()(const DeviceValue &value) {
      return "device('" + quoted(value.device) + "')";
    }
    std::string operator()(const LayoutValue &value) {
      return "torch." + quoted(value.layout);
    }
    std::string operator()(const MemoryFormatValue &value) {
      return "torch." + quoted(value.format);
    }
    std::string operator()(const GraphRef &ref) {
      return printer.graphName(ref.index);
    }
    std::string operator()(const ComplexValue &value) {
      return "complex(" + floatText(value.real) + ", " + floatText(value.imag) +
             ")";
    }
    std::string operator()(const ArgumentList &list) {
      return "[" +
             joined(
                 list,
                 [&](const Argument &item) { return printer.argument(item); }) +
             "]";
    }
  };
  return std::visit(Visitor{*this}, argument.value);
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

void Printer::symbols() {
  for (const auto &[name, info] : program.symbols)
    line(0, "# symbol " + quoted(name) + " in " + bounds(info.min, info.max) +
                (info.hint ? ", hint " + numberText(*info.hint) : ""));
  for (const ExprConstraint &constraint : program.constraints)
    line(0, "# constraint " + constraint.expr.str() + " in " +
                bounds(constraint.min, constraint.max));
  for (const SymExpr &guard : program.guards)
    line(0, "# guard " + guard.str());
}

void Printer::constants() {
  std::map<const Storage *, std::size_t> storages;
  auto number = [](std::int64_t value) { return std::to_string(value); };
  for (std::size_t i = 0; i < program.constants.size(); ++i) {
    const Constant &constant = program.constants[i];
    std::string text = "# constant " + std::to_string(i) + " '" +
                       quoted(constant.name) +
                       "': " + dtypeShortName(constant.dtype) + "[" +
                       joined(constant.shape, number) + "]";
    if (contiguousStrides(constant.shape) != constant.stride)
      text += "[" + joined(constant.stride, number) + "]";
    if (constant.offset)
      text += " offset " + std::to_string(constant.offset);
    if (!constant.hasData()) {
      line(0, text + ", no data");
      continue;
    }
    auto [known, isNew] =
        storages.emplace(constant.storage.get(), storages.size());
    line(0, text + " of storage " + std::to_string(known->second) + " (" +
                std::to_string(constant.storage->size) + " bytes" +
                (constant.storage->record.empty()
                     ? ")"
                     : " of " + constant.storage->record + ")"));
  }
}

std::string Printer::inputComment(std::size_t index) const {
  static constexpr const char *roles[] = {"user",     "parameter", "buffer",
                                          "constant", "literal",   "token"};
  const InputSpec &spec = program.inputs[index];
  std::string text = std::string("  # ") + roles[static_cast<int>(spec.role)];
  if (!spec.target.empty())
    text += " '" + quoted(spec.target) + "'";
  if (spec.constant)
    text += ", constant " + std::to_string(*spec.constant);
  if (spec.role == InputSpec::Role::Literal)
    text += " " + argument(spec.literal);
  if (!spec.persistent)
    text += ", not persistent";
  if (spec.isStatic)
    text += ", static";
  return text;
}

std::string Printer::outputComment(std::size_t index) const {
  static constexpr const char *roles[] = {"user",
                                          "loss",
                                          "buffer mutation",
                                          "parameter mutation",
                                          "input mutation",
                                          "parameter gradient",
                                          "input gradient",
                                          "token"};
  const OutputSpec &spec = program.outputs[index];
  std::string text = std::string("  # ") + roles[static_cast<int>(spec.role)];
  if (!spec.target.empty())
    text += " '" + quoted(spec.target) + "'";
  return text;
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

std::string Printer::results(const Node &node) const {
  if (node.results.empty())
    return "";
  return joined(node.results,
                [&](const NodeResult &result) {
                  if (!result.isList && result.elements.empty())
                    return annotated(result.name, result.meta);
                  std::string list;
                  for (std::size_t i = 0; i < result.elements.size(); ++i)
                    list += (i ? ", " : "") +
                            annotated(result.elements[i],
                                      i < result.elementMetas.size()
                                          ? result.elementMetas[i]
                                          : ValueMeta());
                  return "[" + list + "]";
                }) +
         " = ";
}

void Printer::node(const Node &node) {
  std::string arguments =
      joined(node.arguments, [&](const NamedArgument &named) {
        std::string value = argument(named.argument);
        return named.name.empty() ? value : quoted(named.name) + " = " + value;
      });
  std::string text =
      results(node) + quoted(node.target) + "(" + arguments + ")";
  const SourceInfo &source = node.source;
  if (!source.file.empty())
    text +=
        "  # " + quoted(source.file) + ":" + std::to_string(source.fileLine);
  line(1, text);
}

void Printer::graph(std::size_t index) {
  const Graph &graph = program.graphs[index];
  line(0, "");
  line(0, "def " + graphName(index) + "(  # " + quoted(graph.name));
  bool isMain = index == 0;
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const GraphInput &input = graph.inputs[i];
    bool hasSpec = isMain && i < program.inputs.size();
    line(1, annotated(input.name, input.meta) + "," +
                (hasSpec ? inputComment(i) : ""));
  }
  line(0, "):");
  for (const Node &item : graph.nodes)
    node(item);
  line(1, std::string("return (") +
              (graph.singleResult ? "  # one bare value" : ""));
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    bool hasSpec = isMain && i < program.outputs.size();
    line(2,
         argument(graph.outputs[i]) + "," + (hasSpec ? outputComment(i) : ""));
  }
  line(1, ")");
}

std::string Printer::run() {
  static constexpr const char *sources[] = {"saved arguments", "FX text",
                                            "export archive"};
  line(0, "# " + quoted(program.modelName) + ": " +
              sources[static_cast<int>(program.source)] +
              (program.torchVersion.empty()
                   ? ""
                   : ", torch " + quoted(program.torchVersion)));
  symbols();
  constants();
  for (std::size_t i = 0; i < program.graphs.size(); ++i)
    graph(i);
  return std::move(out);
}

std::string loader::print(const Program &program) {
  return Printer(program).run();
}
