//===- Reducer.h - The search for something smaller -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_REDUCER_H
#define GRAPHC_LIB_REDUCE_REDUCER_H

#include "ProgressLine.h"
#include "Query.h"
#include "Subject.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

namespace graphc::reduce {

/// Makes a subject smaller as long as it fails as before. Whatever is found is
/// saved at once.
class Reducer {
public:
  using Save = llvm::function_ref<llvm::Error(llvm::StringRef text)>;
  Reducer(QueryRunner &queries, Signature wanted, Save save,
          ProgressLine &progress)
      : queries(queries), wanted(std::move(wanted)), save(save),
        progress(progress) {}

  /// The smallest one that was found, which may be `subject`.
  llvm::Expected<std::unique_ptr<Subject>>
  run(std::unique_ptr<Subject> subject);

private:
  struct Candidate {
    std::unique_ptr<Subject> subject;
    unsigned first, last;
  };
  /// One way, at ever fewer places at a time.
  llvm::Expected<bool> tryReduction(unsigned reduction);
  /// As many candidates as processes, from place `next` on, which moves.
  std::vector<Candidate> makeCandidates(unsigned reduction, unsigned chunk,
                                        unsigned total, unsigned &next,
                                        std::vector<std::string> &texts);

  QueryRunner &queries;
  Signature wanted;
  Save save;
  ProgressLine &progress;
  std::unique_ptr<Subject> best;
  llvm::StringSet<> tried;
};

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_REDUCER_H
