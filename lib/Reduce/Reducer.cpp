//===- Reducer.cpp - The search for a smaller module ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reducer.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/SHA1.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;

std::string graphc::reduce::printModule(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os, OpPrintingFlags().printGenericOpForm().enableDebugInfo());
  os << '\n';
  return text;
}

std::optional<Reducer::Candidate> Reducer::make(const Reduction &reduction,
                                                unsigned first, unsigned last) {
  // Most invalid candidates are found by verifiers, which is no news.
  ScopedDiagnosticHandler silence(best->getContext(),
                                  [](Diagnostic &) { return success(); });
  Candidate candidate;
  candidate.module = best->clone();
  if (!reduction.apply(*candidate.module, first, last))
    return std::nullopt;
  renewSignature(*candidate.module);
  // Values from nowhere may need constants; more ops than before are no
  // progress, and might be made for ever.
  if (countOps(*candidate.module) > bestOps ||
      failed(verify(*candidate.module)))
    return std::nullopt;
  candidate.text = printModule(*candidate.module);
  auto hash = llvm::SHA1::hash(llvm::arrayRefFromStringRef(candidate.text));
  if (!tried.insert(llvm::toStringRef(hash)).second)
    return std::nullopt;
  candidate.first = first;
  candidate.last = last;
  return candidate;
}

llvm::Expected<bool> Reducer::tryReduction(const Reduction &reduction) {
  bool improved = false;
  unsigned total = reduction.count(*best);
  for (unsigned chunk = total; chunk > 0; chunk /= 2) {
    unsigned at = 0;
    while (at < total && !queries.isLate()) {
      // As many candidates as processes, each at the next places.
      std::vector<Candidate> candidates;
      std::vector<std::string> texts;
      unsigned next = at;
      while (next < total && candidates.size() < queries.getJobs()) {
        unsigned last = std::min(total, next + chunk);
        if (auto candidate = make(reduction, next, last)) {
          texts.push_back(candidate->text);
          candidates.push_back(std::move(*candidate));
        }
        next = last;
      }
      std::optional<size_t> found = queries.findFirst(texts, wanted);
      if (!found) {
        // Those that a deadline stopped were not tried.
        at = next;
        continue;
      }
      Candidate &taken = candidates[*found];
      if (llvm::Error error = save(taken.text))
        return std::move(error);
      best = std::move(taken.module);
      bestOps = countOps(*best);
      improved = true;
      unsigned left = reduction.count(*best);
      // What was at the places is gone, or is still there.
      at = left < total ? taken.first : taken.last;
      total = left;
      if (verbose)
        llvm::errs() << "graphc-reduce: " << reduction.name << ": " << bestOps
                     << " ops, " << texts[*found].size() << " bytes\n";
    }
    chunk = std::min(chunk, std::max(total, 1u));
  }
  return improved;
}

llvm::Error Reducer::run(OwningOpRef<ModuleOp> &module) {
  best = std::move(module);
  bestOps = countOps(*best);
  // Few outputs leave little to do for all that follows.
  ArrayRef<Reduction> groups[] = {functionReductions(), opReductions(),
                                  regionReductions(), attributeReductions(),
                                  typeReductions()};
  bool improved = true;
  while (improved && !queries.isLate()) {
    improved = false;
    for (ArrayRef<Reduction> group : groups)
      for (const Reduction &reduction : group) {
        llvm::Expected<bool> result = tryReduction(reduction);
        if (!result)
          return result.takeError();
        improved |= *result;
      }
  }
  module = std::move(best);
  return llvm::Error::success();
}
