//===- DumpFolder.h - The files of a failure's directory --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_DUMPFOLDER_H
#define GRAPHC_LIB_SUPPORT_DUMPFOLDER_H

#include "BlackBox.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <string>

namespace graphc {

/// One line: what failed where, and why.
std::string describeFailure(const BlackBox &box);

/// The compilation came to no end by itself.
inline bool isEndless(const BlackBox &box) {
  return box.outcome == BlackBox::Outcome::TimedOut ||
         box.outcome == BlackBox::Outcome::Interrupted;
}

/// The first line of `text`, which may come from a hostile file: the scripts
/// that hold it must not run the others.
std::string firstLine(llvm::StringRef text);

bool hasDumpFile(llvm::StringRef folder, llvm::StringRef name);
/// Writes one file as a whole or, false, not at all.
bool writeDumpFile(llvm::StringRef folder, llvm::StringRef name,
                   llvm::function_ref<void(llvm::raw_ostream &)> body);

void removeDumpFile(llvm::StringRef folder, llvm::StringRef name);

/// Makes a new directory below `box.dumpRoot`; empty when that cannot be.
std::string makeDumpFolder(const BlackBox &box);

/// Writes README.txt, replay.sh and all other files but the IR, which is there
/// already when the second run got so far. False when one cannot be written.
bool fillDumpFolder(const BlackBox &box, llvm::StringRef folder,
                    llvm::ArrayRef<char *> commandLine);

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_DUMPFOLDER_H
