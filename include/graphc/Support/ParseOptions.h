//===- ParseOptions.h - What is wrong with a command line -------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_PARSEOPTIONS_H
#define GRAPHC_SUPPORT_PARSEOPTIONS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/CommandLine.h"

#include <string>

namespace graphc {

/// An option whose values have names, which a message lists.
struct NamedValues {
  llvm::StringRef option;
  llvm::cl::generic_parser_base *values;
};

/// Parses the command line of a tool. What is wrong with it, in one line; empty
/// if nothing is. Nothing is printed.
std::string parseOptions(int argc, const char *const *argv,
                         llvm::StringRef overview,
                         llvm::ArrayRef<NamedValues> named = {});

} // namespace graphc

#endif // GRAPHC_SUPPORT_PARSEOPTIONS_H
