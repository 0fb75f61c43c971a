//===- CompilationTimes.cpp - Time and memory of stages -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/CompilationTimes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

#include <sys/resource.h>

using namespace graphc;

static double now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

static double readPeakMiB() {
  rusage usage;
  return getrusage(RUSAGE_SELF, &usage) ? 0 : usage.ru_maxrss / 1024.0;
}

CompilationTimes::~CompilationTimes() = default;

void CompilationTimes::startTimer(void *handle) {
  std::lock_guard<std::mutex> lock(mutex);
  Row &row = *static_cast<Row *>(handle);
  lastStarted = &row;
  if (row.running++)
    return;
  row.start = now();
  row.startMiB = readPeakMiB();
}

void CompilationTimes::stopTimer(void *handle) {
  std::lock_guard<std::mutex> lock(mutex);
  Row &row = *static_cast<Row *>(handle);
  if (!row.running || --row.running)
    return;
  row.seconds += now() - row.start;
  row.peakMiB = readPeakMiB();
  row.grownMiB += row.peakMiB - row.startMiB;
}

void CompilationTimes::addRow(llvm::StringRef name, double seconds) {
  std::lock_guard<std::mutex> lock(mutex);
  if (!lastStarted)
    return;
  for (Row *child : lastStarted->children)
    if (child->name == name) {
      child->seconds += seconds;
      return;
    }
  Row &child = rows.emplace_back();
  child.name = name.str();
  child.seconds = seconds;
  child.isTimeOnly = true;
  lastStarted->children.push_back(&child);
}

void CompilationTimes::summarizeChildren() {
  std::lock_guard<std::mutex> lock(mutex);
  if (lastStarted)
    lastStarted->isSummarized = true;
}

void *CompilationTimes::nestTimer(void *handle, const void *id,
                                  llvm::function_ref<std::string()> name) {
  std::lock_guard<std::mutex> lock(mutex);
  Row &row = *static_cast<Row *>(handle);
  for (Row *child : row.children)
    if (child->id == id)
      return child;
  Row &child = rows.emplace_back();
  child.name = name();
  child.id = id;
  row.children.push_back(&child);
  return &child;
}

void CompilationTimes::hideTimer(void *handle) {
  std::lock_guard<std::mutex> lock(mutex);
  static_cast<Row *>(handle)->isHidden = true;
}

void CompilationTimes::printRow(const Row &row, unsigned depth,
                                llvm::raw_ostream &os) const {
  if (!row.isHidden) {
    double share = root.seconds > 0 ? 100 * row.seconds / root.seconds : 0;
    os << llvm::format("%9.4f %6.1f ", row.seconds, share);
    if (row.isTimeOnly)
      os << "         -        -  ";
    else
      os << llvm::format("%10.1f %8.1f  ", row.peakMiB, row.grownMiB);
    os << std::string(size_t(2) * depth, ' ') << row.name << '\n';
    ++depth;
  }
  if (row.isSummarized)
    return printSummary(row, depth, os);
  for (const Row *child : row.children)
    printRow(*child, depth, os);
}

/// LLVM has some two hundred passes, most of which take no time.
void CompilationTimes::printSummary(const Row &row, unsigned depth,
                                    llvm::raw_ostream &os) const {
  constexpr double leastShare = 0.005;
  std::vector<const Row *> children(row.children.begin(), row.children.end());
  llvm::stable_sort(children, [](const Row *a, const Row *b) {
    return a->seconds > b->seconds;
  });
  Row rest;
  rest.isTimeOnly = true;
  unsigned count = 0;
  for (const Row *child : children) {
    if (child->seconds >= leastShare * root.seconds) {
      printRow(*child, depth, os);
      continue;
    }
    rest.seconds += child->seconds;
    ++count;
  }
  rest.name = std::to_string(count) + " shorter ones";
  if (count)
    printRow(rest, depth, os);
}

void CompilationTimes::print(llvm::raw_ostream &os) const {
  os << "graphc: time, and peak of resident memory at the end of each row and "
        "its growth in it\n"
     << "  seconds      %   peak MiB    + MiB  stage or pass\n";
  for (const Row *stage : root.children)
    printRow(*stage, 0, os);
  double inStages = 0;
  for (const Row *stage : root.children)
    inStages += stage->seconds;
  Row rest;
  rest.name = "Rest";
  rest.seconds = std::max(root.seconds - inStages, 0.0);
  rest.peakMiB = root.peakMiB;
  printRow(rest, 0, os);
  Row total = root;
  total.name = "Total";
  total.children.clear();
  printRow(total, 0, os);
}
