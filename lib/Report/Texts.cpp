//===- Texts.cpp - IR as lines --------------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Places.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "graphc/Report/Collector.h"
#include "mlir/IR/AsmState.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::report;

PrintedIR report::printIR(Operation *op, bool isValid) {
  OpPrintingFlags flags;
  // Maps stand where they are used: no numbers that change from pass to pass.
  flags.elideLargeElementsAttrs(16).elideLargeResourceString(64);
  flags.useLocalScope();
  if (isValid)
    flags.assumeVerified();
  AsmState::LocationMap positions;
  PrintedIR printed;
  AsmState state(op, flags, &positions);
  llvm::raw_string_ostream os(printed.text);
  op->print(os, state);
  for (auto [inner, position] : positions)
    printed.lines[inner] = position.first - 1;
  return printed;
}

static unsigned addLine(Report &report, StringRef line) {
  if (line.size() <= Collector::maxLineBytes)
    return report.lines.add(line);
  size_t cut = line.size() - Collector::maxLineBytes;
  return report.lines.add((line.take_front(Collector::maxLineBytes) + " … " +
                           Twine(cut) + " more bytes")
                              .str());
}

Text report::makeText(Report &report, StringRef text) {
  Text made;
  made.bytes = text.size();
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    made.lines.push_back(addLine(report, line));
    made.places.push_back(0);
    text = rest;
  }
  return made;
}

Text report::makeText(Report &report, Places &places, const PrintedIR &printed,
                      Operation *root) {
  Text made = makeText(report, printed.text);
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    auto line = printed.lines.find(op);
    if (line != printed.lines.end() && line->second < made.places.size())
      made.places[line->second] = places.getPlace(op->getLoc());
  });
  return made;
}

/// The line behind `op`: where the next operation of its block begins, or that
/// with the brace of what it is in.
static unsigned findEnd(Operation *op, const PrintedIR &printed,
                        unsigned last) {
  if (Operation *next = op->getNextNode())
    if (auto line = printed.lines.find(next); line != printed.lines.end())
      return line->second;
  Operation *parent = op->getParentOp();
  return parent && printed.lines.contains(parent)
             ? findEnd(parent, printed, last) - 1
             : last;
}

void report::listRanges(const PrintedIR &printed, const Text &text,
                        Operation *module, Places &places, Stage &stage) {
  module->walk<WalkOrder::PreOrder>([&](Operation *op) {
    auto function = dyn_cast<FunctionOpInterface>(op);
    auto region = dyn_cast<kernel::RegionOp>(op);
    auto line = printed.lines.find(op);
    if ((!function && !region) || line == printed.lines.end())
      return;
    Range range;
    range.name =
        function ? function.getName().str() : region.getKernelName().str();
    range.first = line->second;
    range.end = findEnd(op, printed, text.lines.size());
    range.place = places.getPlace(op->getLoc());
    (function ? stage.functions : stage.regions).push_back(range);
  });
}
