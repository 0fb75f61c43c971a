//===- Report.cpp - What a page tells, as JSON ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Report/Report.h"

using namespace graphc::report;
using llvm::StringRef;
using llvm::json::OStream;

unsigned StringTable::add(StringRef text) {
  auto [it, isNew] = numbers.try_emplace(text, strings.size());
  if (isNew) {
    strings.push_back(text.str());
    bytes += text.size();
  }
  return it->second;
}

namespace {
/// Names the members of objects; leaves out what is not known.
class Writer {
public:
  explicit Writer(OStream &json) : json(json) {}

  void text(StringRef key, StringRef value) {
    json.attribute(key, llvm::json::fixUTF8(value));
  }
  void number(StringRef key, std::optional<double> value) {
    if (value)
      json.attribute(key, *value);
  }
  void integer(StringRef key, std::optional<int64_t> value) {
    if (value)
      json.attribute(key, *value);
  }
  template <typename Range, typename Each>
  void list(StringRef key, const Range &range, Each &&each) {
    json.attributeArray(key, [&] {
      for (const auto &element : range)
        each(element);
    });
  }
  template <typename Range, typename Each>
  void objects(StringRef key, const Range &range, Each &&each) {
    list(key, range,
         [&](const auto &element) { json.object([&] { each(element); }); });
  }
  template <typename Range>
  void numbers(StringRef key, const Range &range) {
    list(key, range, [&](auto number) { json.value(int64_t(number)); });
  }
  template <typename Range>
  void texts(StringRef key, const Range &range) {
    list(key, range, [&](const std::string &text) {
      json.value(llvm::json::fixUTF8(text));
    });
  }
  OStream &json;
};
} // namespace

static void writeProgram(const Report &report, Writer &w) {
  w.text("input", report.input);
  w.text("output", report.output);
  w.text("torch", report.torchVersion);
  w.text("graphc", report.graphcVersion);
  w.text("target", report.target);
  w.text("failedStage", report.failedStage);
  w.objects("options", report.options, [&](const auto &option) {
    w.text("name", option.first);
    w.text("value", option.second);
  });
  w.objects("messages", report.messages, [&](const Message &message) {
    w.text("severity", message.severity);
    w.text("text", message.text);
  });
  w.objects("symbols", report.symbols, [&](const Symbol &symbol) {
    w.text("name", symbol.name);
    w.integer("min", symbol.min);
    w.integer("max", symbol.max);
    w.integer("value", symbol.value);
    w.json.attribute("isHint", symbol.isHint);
  });
  auto writeValue = [&](const ProgramValue &value) {
    w.text("name", value.name);
    w.text("role", value.role);
    w.text("type", value.type);
  };
  w.objects("inputs", report.inputs, writeValue);
  w.objects("outputs", report.outputs, writeValue);
  w.number("assumedGBPerSecond", report.assumedGBPerSecond);
  w.number("assumedGFlopPerSecond", report.assumedGFlopPerSecond);
}

static void writeNodes(const Report &report, Writer &w) {
  w.texts("files", report.files.get());
  w.objects("nodes", report.nodes, [&](const Node &node) {
    w.text("name", node.name);
    w.text("target", node.target);
    w.text("module", node.modulePath);
    w.text("code", node.code);
    w.text("statement", node.statement);
    w.integer("file", node.file);
    w.integer("line", node.line);
    w.integer("traceback", node.traceback);
  });
  w.objects("places", report.places, [&](const Place &place) {
    w.numbers("nodes", place.nodes);
    w.integer("file", place.file);
    w.integer("line", place.line);
    w.text("module", place.modulePath);
  });
}

static void writeGraph(const Graph &graph, Writer &w) {
  w.text("name", graph.name);
  w.objects("nodes", graph.nodes, [&](const GraphNode &node) {
    w.integer("kind", int(node.kind));
    w.text("label", node.label);
    w.text("type", node.type);
    w.integer("place", node.place);
    w.integer("line", node.line);
    w.integer("parent", node.parent);
  });
  w.json.attributeArray("edges", [&] {
    for (auto [from, to] : graph.edges) {
      w.json.value(from);
      w.json.value(to);
    }
  });
}

static void writeStages(const Report &report, Writer &w) {
  auto writeRange = [&](const Range &range) {
    w.text("name", range.name);
    w.integer("first", range.first);
    w.integer("end", range.end);
    w.integer("place", range.place);
  };
  w.objects("stages", report.stages, [&](const Stage &stage) {
    w.text("name", stage.name);
    w.json.attribute("isDone", stage.isDone);
    w.number("seconds", stage.seconds);
    w.integer("ops", stage.ops);
    w.integer("text", stage.text);
    if (stage.text >= 0)
      w.integer("bytes", report.texts[stage.text].bytes);
    w.objects("functions", stage.functions, writeRange);
    w.objects("regions", stage.regions, writeRange);
    w.objects("graphs", stage.graphs,
              [&](const Graph &graph) { writeGraph(graph, w); });
  });
  w.objects("passes", report.passes, [&](const PassRun &pass) {
    w.integer("stage", pass.stage);
    w.text("name", pass.name);
    w.text("op", pass.op);
    w.integer("occurrence", pass.occurrence);
    w.json.attribute("isFailed", pass.isFailed);
    w.json.attribute("isChanged", pass.isChanged);
    w.number("seconds", pass.seconds);
    w.number("peakMiB", pass.peakMiB);
    w.integer("opsBefore", pass.opsBefore);
    w.integer("opsAfter", pass.opsAfter);
    w.integer("bytes", pass.bytes);
    w.integer("before", pass.before);
    w.integer("after", pass.after);
  });
  w.integer("droppedTexts", report.droppedTexts);
}

static void writeKernels(const Report &report, Writer &w) {
  w.objects("kernels", report.kernels, [&](const Kernel &kernel) {
    w.text("name", kernel.name);
    w.text("form", kernel.form);
    w.text("schedule", kernel.schedule);
    w.texts("operands", kernel.operands);
    w.integer("numInputs", kernel.numInputs);
    w.objects("calls", kernel.calls, [&](const KernelCall &call) {
      w.integer("order", call.order);
      w.integer("place", call.place);
    });
    w.json.attribute("bytes", kernel.bytes);
    w.json.attribute("flops", kernel.flops);
    if (kernel.measured)
      w.json.attributeObject("measured", [&] {
        w.number("ms", kernel.measured->milliseconds);
        w.number("bytes", kernel.measured->bytes);
        w.number("flops", kernel.measured->flops);
        w.integer("calls", kernel.measured->calls);
      });
  });
  auto writePart = [&](const CodePart &part) {
    w.text("kernel", part.kernel);
    w.text("symbol", part.symbol);
    w.integer("text", part.text);
  };
  w.objects("llvm", report.llvm, writePart);
  w.objects("assembly", report.assembly, writePart);
  if (report.profile)
    w.json.attributeObject("profile", [&] {
      w.text("file", report.profile->file);
      w.number("totalMs", report.profile->totalMilliseconds);
      w.number("copyGBPerSecond", report.profile->copyGBPerSecond);
      w.integer("threads", report.profile->threads);
      w.integer("runs", report.profile->runs);
      w.texts("unknown", report.profile->unknown);
    });
}

static void writeMemory(const Memory &memory, Writer &w) {
  w.json.attribute("arena", memory.arena);
  w.integer("weightBytes", memory.weightBytes);
  w.objects("buffers", memory.buffers, [&](const Buffer &buffer) {
    w.text("name", buffer.name);
    w.text("type", buffer.type);
    w.json.attribute("offset", buffer.offset);
    w.json.attribute("bytes", buffer.bytes);
    w.integer("first", buffer.first);
    w.integer("last", buffer.last);
    w.integer("place", buffer.place);
  });
  w.objects("steps", memory.steps, [&](const Step &step) {
    w.text("name", step.name);
    w.integer("place", step.place);
  });
}

void graphc::report::writeSummary(const Report &report, llvm::raw_ostream &os) {
  OStream json(os);
  Writer w(json);
  json.object([&] {
    writeProgram(report, w);
    writeNodes(report, w);
    writeStages(report, w);
    writeKernels(report, w);
    if (report.memory)
      json.attributeObject("memory", [&] { writeMemory(*report.memory, w); });
  });
}

void graphc::report::writeTexts(const Report &report, llvm::raw_ostream &os) {
  OStream json(os);
  Writer w(json);
  json.object([&] {
    w.texts("lines", report.lines.get());
    w.objects("texts", report.texts, [&](const Text &text) {
      w.numbers("lines", text.lines);
      w.numbers("places", text.places);
      w.integer("bytes", text.bytes);
    });
  });
}
