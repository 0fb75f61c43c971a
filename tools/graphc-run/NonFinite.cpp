//===- NonFinite.cpp - Which kernel makes NaN or infinity -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NonFinite.h"

#include "Comparison.h"
#include "Elements.h"
#include "Profile.h"

#include <cmath>

using namespace graphc::run;

NonFiniteTrap::Counts NonFiniteTrap::count(const DLTensor &tensor) {
  Counts counts;
  forEachFloat(tensor, [&](int64_t index, double x) {
    if (std::isnan(x) && counts.nan++ == 0)
      counts.nanAt = index;
    if (std::isinf(x) && counts.infinite++ == 0) {
      counts.infiniteAt = index;
      counts.infinity = x;
    }
  });
  return counts;
}

void NonFiniteTrap::see(const graphc_event &event) {
  const graphc_kernel &kernelInfo = module.kernels[event.kernel];
  if (!event.is_done)
    read = Counts();
  for (size_t i = 0; i < kernelInfo.num_operands && !isFound; ++i) {
    const DLTensor &tensor = event.operands[i];
    // What is about to be written holds what nobody wants any more.
    if (kernelInfo.operands[i].is_written != event.is_done)
      continue;
    if (!isFloat(tensor.dtype)) {
      isBlind |= !isInteger(tensor.dtype);
      continue;
    }
    Counts counts = count(tensor);
    if (!event.is_done) {
      read.nan += counts.nan;
      read.infinite += counts.infinite;
      continue;
    }
    bool makesNaN = counts.nan && !read.nan;
    bool makesInfinity =
        alsoInfinite && counts.infinite && !read.infinite && !read.nan;
    if (!makesNaN && !makesInfinity)
      continue;
    isFound = true;
    isNaN = makesNaN;
    kernel = event.kernel;
    operand = i;
    made = counts;
    size = countElements(tensor);
    value = makesNaN ? std::nan("") : counts.infinity;
    place = formatPlace(makesNaN ? counts.nanAt : counts.infiniteAt,
                        tensor.shape, tensor.ndim);
  }
  if (event.is_done && !isFound &&
      (read.nan || (alsoInfinite && read.infinite)))
    ++numCarried;
}

bool NonFiniteTrap::report(llvm::raw_ostream &os,
                           const ReferenceValues *reference) const {
  const char *what = alsoInfinite ? "NaN or infinity" : "NaN";
  if (isBlind)
    os << "note: complex numbers and float8 were not looked at\n";
  if (!isFound) {
    os << "no kernel makes " << what << " from numbers";
    if (numCarried)
      os << "; " << numCarried
         << " kernels read some that came in with inputs or weights";
    os << "\n";
    return false;
  }
  const graphc_kernel &info = module.kernels[kernel];
  os << (isNaN       ? "NaN"
         : value < 0 ? "-infinity"
                     : "infinity")
     << " first made by kernel " << info.name << " (" << info.form << ")\n"
     << "  nodes   " << (info.num_nodes ? formatNodes(info) : std::string("-"))
     << "\n";
  if (info.module_path)
    os << "  module  " << info.module_path << "\n";
  if (info.source)
    os << "  line    " << info.source << "\n";
  const graphc_operand &result = info.operands[operand];
  os << "  result  " << (result.node ? result.node : "-") << ": "
     << (isNaN ? made.nan : made.infinite) << " of " << size
     << " elements, the first at " << place << "\n"
     << "  inputs ";
  bool isFirst = true;
  for (size_t i = 0; i < info.num_operands; ++i) {
    if (info.operands[i].is_written)
      continue;
    os << (isFirst ? " " : ", ")
       << (info.operands[i].node ? info.operands[i].node : "?");
    isFirst = false;
  }
  os << (isFirst ? " none" : "") << ", without any\n";
  if (!reference)
    return true;
  std::vector<std::string> nodes(info.nodes, info.nodes + info.num_nodes);
  if (const ReferenceValue *origin = reference->findNonFinite(nodes, isNaN))
    os << "  op      '" << origin->op << "' of node '" << origin->node
       << "', by the reference"
       << (origin->source.empty() ? "" : ", " + origin->source) << "\n";
  else
    os << "  op      the reference has none in these nodes: the compiled code "
          "makes it\n";
  return true;
}
