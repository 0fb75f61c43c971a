//===- Reducer.cpp - The search for something smaller ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reducer.h"

#include "llvm/Support/SHA1.h"

using namespace graphc;
using namespace graphc::reduce;

std::vector<Reducer::Candidate>
Reducer::makeCandidates(unsigned reduction, unsigned chunk, unsigned total,
                        unsigned &next, std::vector<std::string> &texts) {
  std::vector<Candidate> candidates;
  while (next < total && candidates.size() < queries.getJobs() &&
         !queries.isLate()) {
    unsigned first = next;
    next = std::min(total, next + chunk);
    auto subject = best->reduce(reduction, first, next);
    if (!subject)
      continue;
    std::string text = subject->getText();
    auto hash = llvm::SHA1::hash(llvm::arrayRefFromStringRef(text));
    if (!tried.insert(llvm::toStringRef(hash)).second)
      continue;
    texts.push_back(std::move(text));
    candidates.push_back({std::move(subject), first, next});
  }
  return candidates;
}

llvm::Expected<bool> Reducer::tryReduction(unsigned reduction) {
  bool improved = false;
  unsigned total = best->count(reduction);
  for (unsigned chunk = total; chunk > 0; chunk /= 2) {
    unsigned at = 0;
    while (at < total && !queries.isLate()) {
      std::vector<std::string> texts;
      unsigned next = at;
      std::vector<Candidate> candidates =
          makeCandidates(reduction, chunk, total, next, texts);
      std::optional<size_t> found = queries.findFirst(texts, wanted);
      if (!found) {
        // Those that a deadline stopped were not tried.
        at = next;
        continue;
      }
      Candidate &taken = candidates[*found];
      if (llvm::Error error = save(texts[*found]))
        return std::move(error);
      best = std::move(taken.subject);
      improved = true;
      unsigned left = best->count(reduction);
      // What was at the places is gone, or is still there.
      at = left < total ? taken.first : taken.last;
      total = left;
      progress.step(best->getName(reduction), best->describe(),
                    texts[*found].size());
    }
    chunk = std::min(chunk, std::max(total, 1u));
  }
  return improved;
}

llvm::Expected<std::unique_ptr<Subject>>
Reducer::run(std::unique_ptr<Subject> subject) {
  best = std::move(subject);
  progress.step("", best->describe(), 0);
  bool improved = true;
  while (improved && !queries.isLate()) {
    improved = false;
    for (unsigned i = 0; i < best->getNumReductions() && !queries.isLate();
         ++i) {
      llvm::Expected<bool> result = tryReduction(i);
      if (!result)
        return result.takeError();
      improved |= *result;
    }
  }
  return std::move(best);
}
