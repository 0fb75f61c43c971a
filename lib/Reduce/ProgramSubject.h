//===- ProgramSubject.h - Programs that get smaller -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_PROGRAMSUBJECT_H
#define GRAPHC_LIB_REDUCE_PROGRAMSUBJECT_H

#include "Subject.h"

#include "graphc/Loader/Program.h"

namespace graphc::reduce {

/// One way to make a program smaller, as Reduction is for modules.
struct ProgramReduction {
  llvm::StringLiteral name;
  unsigned (*count)(const loader::Program &program);
  bool (*apply)(loader::Program &program, unsigned first, unsigned last);
};
llvm::ArrayRef<ProgramReduction> programReductions();

/// Nodes of all graphs.
unsigned countNodes(const loader::Program &program);

/// A program that fails to be imported. Its text is FX text.
class ProgramSubject : public Subject {
public:
  explicit ProgramSubject(loader::Program program);

  unsigned getNumReductions() const override {
    return programReductions().size();
  }
  llvm::StringRef getName(unsigned reduction) const override {
    return programReductions()[reduction].name;
  }
  unsigned count(unsigned reduction) const override {
    return programReductions()[reduction].count(program);
  }
  std::unique_ptr<Subject> reduce(unsigned reduction, unsigned first,
                                  unsigned last) const override;
  std::string getText() const override { return loader::printFxText(program); }
  std::string describe() const override {
    return countText(countNodes(program), "node");
  }

private:
  loader::Program program;
};

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_PROGRAMSUBJECT_H
