//===- graphc.cpp - The ahead-of-time compiler ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include "graphc/Import/Import.h"
#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/FailureDump.h"

#include "llvm/Support/raw_ostream.h"

using namespace graphc;

static int run(int argc, char **argv) {
  auto parsed = parseCommandLine(argc, argv);
  if (auto *status = std::get_if<ExitStatus>(&parsed))
    return *status;
  const auto &options = std::get<DriverOptions>(parsed);
  if (options.listOps) {
    for (const std::string &name : listOps())
      llvm::outs() << name << '\n';
    return Done;
  }
  if (!options.explain.empty()) {
    llvm::outs() << options.explain << ": " << findError(options.explain)->text
                 << '\n';
    return Done;
  }
  if (options.listErrors) {
    for (const ErrorPage &page : listErrors())
      llvm::outs() << page.code << ": " << page.summary << '\n';
    return Done;
  }
  if (options.listPasses)
    return printPasses(options);
  return compile(options);
}

int main(int argc, char **argv) {
  return supervise(argc, argv, [&] { return run(argc, argv); });
}
