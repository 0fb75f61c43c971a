//===- PrintDot.cpp - A module as a picture -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PrintDot.h"

#include "graphc/Support/ErrorCode.h"

#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace graphc;

namespace {
/// Prints one function: operations are boxes, arguments and constants ovals,
/// values are arrows with their types. A region is part of its operation.
class DotPrinter {
public:
  explicit DotPrinter(raw_ostream &os) : os(os) {}

  void print(ModuleOp module);

private:
  void print(FunctionOpInterface function);
  void print(Operation &op);
  void printEdge(Value value, unsigned to);
  /// The name of a node of the program and its line, as far as they are known.
  std::string describe(Location location);

  raw_ostream &os;
  unsigned next = 0;
  DenseMap<Value, unsigned> sources;
};
} // namespace

static std::string escape(StringRef text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out;
}

template <typename T>
static std::string toText(const T &value) {
  std::string text;
  llvm::raw_string_ostream(text) << value;
  return escape(text);
}

std::string DotPrinter::describe(Location location) {
  std::string name, place;
  location->walk([&](Location inner) {
    if (auto named = dyn_cast<NameLoc>(inner); named && name.empty())
      name = named.getName().str();
    if (auto file = dyn_cast<FileLineColLoc>(inner);
        file && file.getLine() && place.empty())
      place =
          (file.getFilename().getValue() + ":" + Twine(file.getLine())).str();
    return WalkResult::advance();
  });
  std::string text;
  for (StringRef part : {StringRef(name), StringRef(place)})
    if (!part.empty())
      text += "\\n" + escape(part);
  return text;
}

void DotPrinter::printEdge(Value value, unsigned to) {
  auto source = sources.find(value);
  if (source != sources.end())
    os << "  n" << source->second << " -> n" << to << " [label=\""
       << toText(value.getType()) << "\"];\n";
}

void DotPrinter::print(Operation &op) {
  unsigned id = next++;
  bool isConstant = op.hasTrait<OpTrait::ConstantLike>();
  os << "  n" << id << " [shape=" << (isConstant ? "oval" : "box")
     << ", label=\"" << op.getName() << describe(op.getLoc()) << "\"];\n";
  llvm::SetVector<Value> read(op.operand_begin(), op.operand_end());
  getUsedValuesDefinedAbove(op.getRegions(), read);
  for (Value value : read)
    printEdge(value, id);
  for (Value result : op.getResults())
    sources[result] = id;
}

void DotPrinter::print(FunctionOpInterface function) {
  os << "digraph \"" << escape(function.getName()) << "\" {\n"
     << "  node [fontname=\"Helvetica\"];\n";
  for (BlockArgument argument : function.getArguments()) {
    sources[argument] = next;
    os << "  n" << next++ << " [shape=oval, label=\"input "
       << argument.getArgNumber() << describe(argument.getLoc()) << "\"];\n";
  }
  for (Block &block : function.getFunctionBody())
    for (Operation &op : block)
      print(op);
  os << "}\n";
}

void DotPrinter::print(ModuleOp module) {
  for (auto function : module.getOps<FunctionOpInterface>())
    if (!function.isExternal())
      print(function);
}

void graphc::printDot(ModuleOp module, raw_ostream &os) {
  DotPrinter(os).print(module);
}

llvm::Expected<std::string> graphc::drawDot(StringRef dot) {
  llvm::ErrorOr<std::string> program = llvm::sys::findProgramByName("dot");
  if (!program)
    return makeError("missing-tool", "svg is drawn by Graphviz, whose program "
                                     "'dot' is not on PATH");
  llvm::SmallString<128> input, output;
  std::error_code code =
      llvm::sys::fs::createTemporaryFile("graphc", "dot", input);
  if (!code)
    code = llvm::sys::fs::createTemporaryFile("graphc", "svg", output);
  llvm::FileRemover removeInput(input), removeOutput(output);
  if (code)
    return makeError("output-write",
                     "cannot make a temporary file: " + code.message(), code);
  {
    llvm::raw_fd_ostream os(input, code);
    os << dot;
  }
  std::string problem;
  if (llvm::sys::ExecuteAndWait(*program,
                                {*program, "-Tsvg", "-o", output, input},
                                std::nullopt, {}, 0, 0, &problem))
    return makeError("missing-tool", "'" + *program + "' failed " + problem);
  auto drawn = llvm::MemoryBuffer::getFile(output, /*IsText=*/true);
  if (!drawn)
    return makeError("output-write",
                     "cannot read what '" + *program + "' wrote");
  return (*drawn)->getBuffer().str();
}
