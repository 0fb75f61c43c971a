//===- Subject.h - What gets smaller --------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_SUBJECT_H
#define GRAPHC_LIB_REDUCE_SUBJECT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <memory>
#include <string>

namespace graphc::reduce {

/// A module, a program or a file: something that can be written as a text that
/// the tools read, and that there are ways to make smaller. Never changes.
class Subject {
public:
  virtual ~Subject() = default;

  /// Ways to make it smaller, in the order in which they are tried.
  virtual unsigned getNumReductions() const = 0;
  virtual llvm::StringRef getName(unsigned reduction) const = 0;
  /// At how many places it may be done.
  virtual unsigned count(unsigned reduction) const = 0;
  /// What it is when that is done at the places from `first` to before `last`;
  /// null when it stays as it is, or gets larger or invalid.
  virtual std::unique_ptr<Subject> reduce(unsigned reduction, unsigned first,
                                          unsigned last) const = 0;

  /// As the tools read it.
  virtual std::string getText() const = 0;
  /// `3 ops`.
  virtual std::string describe() const = 0;
};

/// `1 op`, `2 ops`.
std::string countText(unsigned count, llvm::StringRef what);

/// As queries read it: generic, with the values of small constants.
std::string printModule(mlir::ModuleOp module);

class ModuleSubject : public Subject {
public:
  explicit ModuleSubject(mlir::OwningOpRef<mlir::ModuleOp> module);

  unsigned getNumReductions() const override;
  llvm::StringRef getName(unsigned reduction) const override;
  unsigned count(unsigned reduction) const override;
  std::unique_ptr<Subject> reduce(unsigned reduction, unsigned first,
                                  unsigned last) const override;
  std::string getText() const override { return printModule(getModule()); }
  std::string describe() const override { return countText(numOps, "op"); }
  mlir::ModuleOp getModule() const { return module.get(); }

private:
  mutable mlir::OwningOpRef<mlir::ModuleOp> module;
  unsigned numOps;
};

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_SUBJECT_H
