//===- ReplayScript.h - Do a failure again ----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_REPLAYSCRIPT_H
#define GRAPHC_LIB_SUPPORT_REPLAYSCRIPT_H

#include "BlackBox.h"

#include "llvm/ADT/ArrayRef.h"

#include <string>

namespace graphc {

/// `text` as one word of a shell.
std::string quoteForShell(llvm::StringRef text);

/// The same, where it is needed: plain words stay as they are.
std::string quoteWord(llvm::StringRef text);

/// Writes replay.sh into `folder`, whose other files are there. False when it
/// cannot be written.
bool writeReplay(const BlackBox &box, llvm::StringRef folder,
                 llvm::ArrayRef<char *> commandLine, llvm::StringRef keptInput);

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_REPLAYSCRIPT_H
