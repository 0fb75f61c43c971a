//===- Code.cpp - LLVM IR and assembly, function by function --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Places.h"
#include "graphc/Report/Collector.h"

#include "llvm/IR/AssemblyAnnotationWriter.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Support/FormattedStream.h"
#include "llvm/Support/Path.h"

using namespace graphc;
using namespace graphc::report;
using llvm::StringRef;

namespace {
/// Finds the nodes behind the lines of one kernel's code: debug information has
/// only the model's file and line.
class LineFinder {
public:
  LineFinder(Report &report, Places &places, StringRef symbol);

  unsigned getPlace(StringRef file, unsigned line);
  const std::string &getKernel() const { return kernel; }

private:
  Report &report;
  Places &places;
  std::string kernel;
  std::vector<unsigned> nodes;
  std::map<std::pair<unsigned, unsigned>, unsigned> known;
};
} // namespace

LineFinder::LineFinder(Report &report, Places &places, StringRef symbol)
    : report(report), places(places), kernel(symbol.str()) {
  // What threads share is a function of its own, `kernel_linear..omp_par.1`.
  StringRef owner = symbol.split("..omp_par").first;
  for (const Kernel &candidate : report.kernels) {
    if (candidate.name != owner)
      continue;
    kernel = candidate.name;
    for (const KernelCall &call : candidate.calls)
      for (unsigned node : report.places[call.place].nodes)
        nodes.push_back(node);
  }
}

unsigned LineFinder::getPlace(StringRef file, unsigned line) {
  unsigned fileNumber = report.files.add(file);
  auto [it, isNew] = known.try_emplace({fileNumber, line}, 0);
  if (!isNew)
    return it->second;
  Place place;
  place.file = fileNumber;
  place.line = line;
  for (unsigned number : nodes) {
    const Node &node = report.nodes[number];
    if (node.file == place.file && node.line == line &&
        !llvm::is_contained(place.nodes, number))
      place.nodes.push_back(number);
  }
  return it->second = places.getPlace(place);
}

static std::string joinPath(StringRef folder, StringRef file) {
  if (folder.empty() || llvm::sys::path::is_absolute(file))
    return file.str();
  return (folder + "/" + file).str();
}

namespace {
/// Ends the line of every instruction with the number of its place.
struct PlaceWriter : llvm::AssemblyAnnotationWriter {
  static constexpr char mark = '\1';
  explicit PlaceWriter(LineFinder &finder) : finder(finder) {}

  void printInfoComment(const llvm::Value &value,
                        llvm::formatted_raw_ostream &os) override {
    auto *instruction = llvm::dyn_cast<llvm::Instruction>(&value);
    if (!instruction)
      return;
    const llvm::DILocation *at = instruction->getDebugLoc().get();
    if (at && at->getLine())
      os << mark
         << finder.getPlace(joinPath(at->getDirectory(), at->getFilename()),
                            at->getLine());
  }

  LineFinder &finder;
};
} // namespace

/// Takes what follows `mark` off `line`.
static StringRef cutFrom(StringRef line, StringRef mark) {
  return line.take_front(line.find(mark));
}

void Collector::addLLVM(const llvm::Module &module) {
  std::lock_guard<std::mutex> lock(mutex);
  for (const llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    LineFinder finder(report, *places, function.getName());
    PlaceWriter writer(finder);
    std::string printed;
    llvm::raw_string_ostream os(printed);
    function.print(os, &writer);
    Text text;
    for (StringRef line : llvm::split(StringRef(printed).trim('\n'), '\n')) {
      unsigned place = 0;
      auto [code, number] = line.split(PlaceWriter::mark);
      number.getAsInteger(10, place);
      code = cutFrom(cutFrom(code, ", !dbg !"), " !dbg !").rtrim();
      Text one = makeText(report, code.empty() ? " " : code);
      text.lines.push_back(one.lines.front());
      text.places.push_back(place);
      text.bytes += code.size() + 1;
    }
    report.llvm.push_back({finder.getKernel(), function.getName().str(),
                           int(report.texts.size())});
    report.texts.push_back(std::move(text));
  }
}

namespace {
/// Reads assembly as LLVM writes it: code and labels stay, directives go.
class AssemblyReader {
public:
  AssemblyReader(Report &report, Places &places)
      : report(report), places(places) {}

  void readLine(StringRef line);

private:
  void readFile(StringRef directive);
  void readLocation(StringRef directive);
  void finish();

  Report &report;
  Places &places;
  llvm::StringMap<char> functions;
  std::map<unsigned, std::string> files;
  std::optional<LineFinder> finder;
  std::string symbol;
  Text text;
  unsigned place = 0;
};
} // namespace

/// `.file 1 "folder" "name" md5 ...`
void AssemblyReader::readFile(StringRef directive) {
  unsigned number;
  if (directive.consumeInteger(10, number))
    return; // The name of the whole.
  llvm::SmallVector<StringRef> parts;
  directive.split(parts, '"');
  if (parts.size() >= 5)
    files[number] = joinPath(parts[1], parts[3]);
  else if (parts.size() >= 3)
    files[number] = parts[1].str();
}

/// `.loc 1 104 0 prologue_end`
void AssemblyReader::readLocation(StringRef directive) {
  unsigned number, line;
  if (directive.consumeInteger(10, number))
    return;
  directive = directive.ltrim();
  if (directive.consumeInteger(10, line))
    return;
  auto file = files.find(number);
  place = line && file != files.end() && finder
              ? finder->getPlace(file->second, line)
              : 0;
}

void AssemblyReader::finish() {
  if (!finder)
    return;
  report.assembly.push_back(
      {finder->getKernel(), symbol, int(report.texts.size())});
  report.texts.push_back(std::move(text));
  text = Text();
  finder.reset();
}

void AssemblyReader::readLine(StringRef line) {
  StringRef code = line.trim();
  if (code.consume_front(".type")) {
    auto [name, kind] = code.trim().split(',');
    if (kind.contains("function"))
      functions[name.trim('"')] = 1;
    return;
  }
  if (code.starts_with(".Lfunc_end"))
    return finish();
  if (code.consume_front(".file"))
    return readFile(code.ltrim());
  if (code.consume_front(".loc"))
    return readLocation(code.ltrim());
  auto [label, rest] = code.split(':');
  if (functions.contains(label.trim('"')) && code.contains(':')) {
    finish();
    symbol = label.trim('"').str();
    finder.emplace(report, places, symbol);
    place = 0;
  }
  bool isDirective = code.starts_with(".") && !code.starts_with(".LBB");
  if (!finder || code.empty() || isDirective || code.starts_with("#APP"))
    return;
  text.lines.push_back(makeText(report, line.rtrim()).lines.front());
  text.places.push_back(code.contains(':') ? 0 : place);
  text.bytes += line.size() + 1;
}

void Collector::addAssembly(StringRef text) {
  std::lock_guard<std::mutex> lock(mutex);
  AssemblyReader reader(report, *places);
  for (StringRef line : llvm::split(text, '\n'))
    reader.readLine(line);
}
