//===- Program.cpp - The program that is compiled -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Places.h"
#include "graphc/Report/Collector.h"

#include "graphc/Import/Signature.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::report;

/// A line of the program's text without the comment behind it.
static StringRef dropComment(StringRef line) {
  return line.trim().rsplit("  # ").first.rtrim();
}

void Collector::addProgram(const loader::Program &program) {
  std::lock_guard<std::mutex> lock(mutex);
  report.torchVersion = program.torchVersion;
  for (const loader::Error &warning : program.warnings)
    report.messages.push_back({"warning", warning.format("warning")});
  for (const loader::Graph &graph : program.graphs)
    for (const loader::Node &source : graph.nodes) {
      Node node;
      node.name = source.name;
      node.target = source.target;
      node.modulePath = source.source.modulePath;
      node.code = source.source.code;
      if (!source.source.file.empty()) {
        node.file = this->report.files.add(source.source.file);
        node.line = source.source.fileLine;
      }
      if (!source.source.stackTrace.empty()) {
        node.traceback = report.texts.size();
        report.texts.push_back(makeText(report, source.source.stackTrace));
      }
      places->addNode(std::move(node));
    }
  for (const auto &[name, symbol] : program.symbols) {
    Symbol shown;
    shown.name = name;
    shown.min = symbol.min;
    shown.max = symbol.max;
    shown.isHint = symbol.hint.has_value();
    shown.value = symbol.hint ? int64_t(*symbol.hint) : 0;
    report.symbols.push_back(shown);
  }
  // The program's text; a statement begins with the name of its node.
  Stage &stage = report.stages.back();
  std::string printed = loader::print(program);
  Text text = makeText(report, printed);
  SmallVector<StringRef> lines;
  StringRef(printed).split(lines, '\n');
  llvm::StringMap<unsigned> numbers;
  for (auto [i, node] : llvm::enumerate(report.nodes))
    numbers[node.name] = i;
  for (auto [i, line] : llvm::enumerate(lines)) {
    StringRef name = line.ltrim().take_while(
        [](char c) { return llvm::isAlnum(c) || c == '_'; });
    auto number = numbers.find(name);
    if (number == numbers.end() || i >= text.places.size() ||
        !line.contains(" = "))
      continue;
    Node &node = report.nodes[number->second];
    node.statement = dropComment(line).str();
    Place place;
    place.nodes = {number->second};
    place.file = node.file;
    place.line = node.line;
    place.modulePath = node.modulePath;
    text.places[i] = places->getPlace(place);
  }
  stage.text = report.texts.size();
  report.texts.push_back(std::move(text));
}

static std::string describe(Signature::Kind kind, Type type, Attribute expr,
                            Attribute value) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << stringifyKind(kind);
  if (type)
    os << ' ' << type;
  if (expr)
    os << ' ' << expr;
  if (value)
    os << ' ' << value;
  return text;
}

/// A size to show when nobody said one: small, and allowed.
static int64_t chooseValue(std::optional<int64_t> min,
                           std::optional<int64_t> max) {
  int64_t value = std::max<int64_t>(min.value_or(1), 16);
  return max ? std::min(value, *max) : value;
}

void report::addSignature(Report &report, Operation *module) {
  if (!module->hasAttr(Signature::getAttrName()))
    return;
  FailureOr<Signature> signature = Signature::get(cast<ModuleOp>(module));
  if (failed(signature))
    return;
  std::vector<Symbol> recorded = std::move(report.symbols);
  report.symbols.clear();
  for (const Signature::Symbol &symbol : signature->symbols) {
    Symbol shown;
    for (const Symbol &old : recorded)
      if (old.name == symbol.name)
        shown = old;
    shown.name = symbol.name;
    shown.min = symbol.min;
    shown.max = symbol.max;
    if (!shown.isHint)
      shown.value = chooseValue(symbol.min, symbol.max);
    report.symbols.push_back(shown);
  }
  report.inputs.clear();
  for (const Signature::Input &input : signature->inputs)
    report.inputs.push_back(
        {input.name, stringifyRole(input.role).str(),
         describe(input.kind, input.type, input.expr, input.value)});
  report.outputs.clear();
  for (const Signature::Output &output : signature->outputs)
    report.outputs.push_back(
        {output.name, stringifyRole(output.role).str(),
         describe(output.kind, output.type, output.expr, output.value)});
}
