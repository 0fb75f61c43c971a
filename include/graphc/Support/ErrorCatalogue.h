//===- ErrorCatalogue.h - A page for each error code ------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_ERRORCATALOGUE_H
#define GRAPHC_SUPPORT_ERRORCATALOGUE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"

#include <string>

namespace graphc {

/// A section of docs/Errors.md, which is embedded as it is.
struct ErrorPage {
  llvm::StringRef code;
  /// Its first paragraph: what happened.
  llvm::StringRef summary;
  /// Its paragraph `Next:`, for messages without a better one of their own.
  llvm::StringRef next;
  llvm::StringRef text;
};

/// All pages, in the order of the file.
llvm::ArrayRef<ErrorPage> listErrors();

/// The page of `code`, which may be a status of the C API; or null.
const ErrorPage *findError(llvm::StringRef code);

/// An error as every tool prints it: `graphc-opt: error[usage]: <message>`, and
/// in the next line `formatHelp`.
std::string formatError(llvm::StringRef tool, llvm::StringRef code,
                        const llvm::Twine &message, llvm::StringRef help = "");

/// The last line of an error: `  help: <next step>; graphc --explain <code>`.
/// `help` is what the error itself proposes.
std::string formatHelp(llvm::StringRef code, llvm::StringRef help = "");

} // namespace graphc

#endif // GRAPHC_SUPPORT_ERRORCATALOGUE_H
