//===- FileSubject.h - Files that get smaller -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_FILESUBJECT_H
#define GRAPHC_LIB_REDUCE_FILESUBJECT_H

#include "Subject.h"

#include "llvm/ADT/ArrayRef.h"

namespace graphc::reduce {

/// One way to make a file smaller, as Reduction is for modules. The file may be
/// broken: then the way has no places.
struct FileReduction {
  llvm::StringLiteral name;
  unsigned (*count)(llvm::StringRef bytes);
  /// Nothing when it stays as it is.
  std::optional<std::string> (*apply)(llvm::StringRef bytes, unsigned first,
                                      unsigned last);
};
llvm::ArrayRef<FileReduction> fileReductions();

/// What is deleted from a pickle: where its opcodes begin, with the end. Empty
/// for what is no pickle; what follows an opcode that is not known is one
/// piece.
std::vector<size_t> splitPickle(llvm::StringRef bytes);

/// A file that fails to load, whose meaning is not known: an archive of
/// records, a pickle of opcodes, lines, or at last bytes.
class FileSubject : public Subject {
public:
  explicit FileSubject(std::string bytes) : bytes(std::move(bytes)) {}

  unsigned getNumReductions() const override { return fileReductions().size(); }
  llvm::StringRef getName(unsigned reduction) const override {
    return fileReductions()[reduction].name;
  }
  unsigned count(unsigned reduction) const override {
    return fileReductions()[reduction].count(bytes);
  }
  std::unique_ptr<Subject> reduce(unsigned reduction, unsigned first,
                                  unsigned last) const override;
  std::string getText() const override { return bytes; }
  std::string describe() const override {
    return countText(bytes.size(), "byte");
  }

private:
  std::string bytes;
};

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_FILESUBJECT_H
