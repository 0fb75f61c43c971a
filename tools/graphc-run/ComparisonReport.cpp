//===- ComparisonReport.cpp - What a comparison has to say ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"

#include "Elements.h"
#include "Profile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

#include <cmath>

using namespace graphc::run;
namespace json = llvm::json;

bool Comparison::isWrong() const {
  return llvm::any_of(
      outputRows, [](const Row &row) { return row.status == Status::Beyond; });
}

/// Where all outputs are right, a buffer that is like no value of its nodes
/// holds something that the graph has no name for.
Comparison::Status Comparison::getStatus(const Row &row) const {
  if (row.kernel && row.status == Status::Beyond && !isWrong())
    return Status::NotCompared;
  return row.status;
}

const Comparison::Row *Comparison::findFirst() const {
  for (const std::vector<Row> *list : {&rows, &outputRows})
    for (const Row &row : *list)
      if (getStatus(row) == Status::Beyond)
        return &row;
  return nullptr;
}

static const char *getName(Comparison::Status status) {
  switch (status) {
  case Comparison::Status::Right:
    return "ok";
  case Comparison::Status::Beyond:
    return "BEYOND";
  case Comparison::Status::Unstable:
    return "unstable";
  case Comparison::Status::NotCompared:
    return "-";
  }
  return "";
}

void Comparison::printRow(llvm::raw_ostream &os, const Row &row) const {
  Status status = getStatus(row);
  os << llvm::format("%-9s", getName(status));
  if (row.value && status != Status::NotCompared && row.reason.empty())
    os << llvm::format("%11.3g %11.3g %11.3g %11.3g  ", row.distance.maxUlp,
                       row.distance.maxAbsolute, row.distance.maxRelative,
                       row.value->ownError);
  else
    os << llvm::format("%11s %11s %11s %11s  ", "-", "-", "-", "-");
  os << row.name;
  if (row.kernel)
    os << "; " << module.kernels[*row.kernel].name;
  if (row.value && row.kernel && !row.value->source.empty())
    os << "; " << row.value->source;
  if (!row.reason.empty())
    os << "; not compared: " << row.reason;
  else if (status == Status::NotCompared)
    os << "; not compared: like no value of its nodes, but all outputs are "
          "right";
  os << "\n";
}

/// A kernel may stop short of what its node is: that is no error of its own, as
/// another one may do the rest, but worth a look when there is an error.
void Comparison::printEarlier(llvm::raw_ostream &os, const Row &first) const {
  for (const Row &row : rows) {
    if (&row == &first)
      return;
    if (row.status == Status::Right && row.last)
      os << "  before it, kernel " << module.kernels[*row.kernel].name
         << " writes the value of '" << row.value->op << "' of node '"
         << row.value->node << "', not that of '" << row.last->op
         << "', the node's last\n";
  }
}

void Comparison::print(llvm::raw_ostream &os) const {
  os << llvm::format("%-9s%11s %11s %11s %11s  ", "", "ULP", "absolute",
                     "relative", "reference")
     << "node; kernel; line\n";
  for (const std::vector<Row> *list : {&rows, &outputRows})
    for (const Row &row : *list)
      printRow(os, row);
  os << "columns: largest error, in units in the last place of the program's "
        "type, absolute and relative to float64; the absolute error of the "
        "reference in the program's types\n";
  const Row *first = findFirst();
  if (!first) {
    os << "everything that was compared is within rounding\n";
    return;
  }
  os << "first beyond rounding: " << first->name;
  if (first->kernel) {
    const graphc_kernel &kernel = module.kernels[*first->kernel];
    os << " in kernel " << kernel.name << ", nodes " << formatNodes(kernel);
    if (kernel.module_path)
      os << ", module " << kernel.module_path;
    if (kernel.source)
      os << ", " << kernel.source;
  }
  os << "\n";
  if (first->distance.numBeyond)
    os << "  " << first->distance.numBeyond << " elements, the worst at "
       << formatPlace(first->distance.worst, first->shape.data(),
                      static_cast<int32_t>(first->shape.size()))
       << ": is "
       << llvm::format("%.9g, expected %.9g within %.3g\n", first->distance.got,
                       first->distance.expected, first->distance.allowed);
  printEarlier(os, *first);
}

void Comparison::write(llvm::raw_ostream &os) const {
  json::OStream out(os, /*IndentSize=*/1);
  auto finite = [](double x) {
    return std::isfinite(x) ? json::Value(x) : json::Value(nullptr);
  };
  auto writeRow = [&](const Row &row) {
    out.object([&] {
      Status status = getStatus(row);
      out.attribute("name", json::fixUTF8(row.name));
      out.attribute("status", status == Status::Right      ? "ok"
                              : status == Status::Beyond   ? "beyond"
                              : status == Status::Unstable ? "unstable"
                                                           : "not compared");
      if (row.kernel)
        out.attribute("kernel", module.kernels[*row.kernel].name);
      if (!row.reason.empty())
        out.attribute("reason", row.reason);
      out.attribute("shape", json::Array(row.shape));
      if (!row.value)
        return;
      out.attribute("op", row.value->op);
      out.attribute("module_path", json::fixUTF8(row.value->modulePath));
      out.attribute("source", json::fixUTF8(row.value->source));
      out.attribute("dtype", row.value->dtype);
      out.attribute("max_ulp", finite(row.distance.maxUlp));
      out.attribute("max_abs", finite(row.distance.maxAbsolute));
      out.attribute("max_rel", finite(row.distance.maxRelative));
      out.attribute("reference_error", finite(row.value->ownError));
      out.attribute("num_beyond", row.distance.numBeyond);
    });
  };
  out.object([&] {
    out.attribute("module", module.name);
    out.attribute("within_rounding", !findFirst());
    const Row *first = findFirst();
    out.attribute("first_beyond", first
                                      ? json::Value(json::fixUTF8(first->name))
                                      : json::Value(nullptr));
    out.attributeArray("intermediates",
                       [&] { llvm::for_each(rows, writeRow); });
    out.attributeArray("outputs",
                       [&] { llvm::for_each(outputRows, writeRow); });
  });
  os << "\n";
}
