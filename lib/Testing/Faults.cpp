//===- Faults.cpp - Errors of the compiler, on purpose -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Testing/Faults.h"

#include "graphc/Support/Pipeline.h"
#include "graphc/Testing/Passes.h"

#include "mlir/Pass/PassRegistry.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace graphc {
#define GEN_PASS_DEF_SEEDFAULT
#include "graphc/Testing/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

std::vector<const Fault *> graphc::listFaults() {
  std::vector<const Fault *> faults;
  for (ArrayRef<Fault> table : {failureFaults(), codeFaults(), numericFaults()})
    for (const Fault &fault : table)
      faults.push_back(&fault);
  return faults;
}

static StringRef kindName(Fault::Kind kind) {
  switch (kind) {
  case Fault::Kind::Failure:
    return "failure";
  case Fault::Kind::Crash:
    return "crash";
  case Fault::Kind::WrongNumber:
    return "wrong-number";
  }
  return "";
}

void graphc::printFaults(llvm::raw_ostream &os) {
  for (const Fault *fault : listFaults())
    os << fault->name << ' ' << kindName(fault->kind) << ' ' << fault->after
       << ' ' << fault->description << '\n';
}

const Fault *graphc::findFault(StringRef name) {
  for (const Fault *fault : listFaults())
    if (fault->name == name)
      return fault;
  return nullptr;
}

std::string graphc::checkFaultName(StringRef name) {
  if (name.empty() || findFault(name))
    return "";
  std::vector<std::string> known;
  for (const Fault *fault : listFaults())
    known.push_back(fault->name.str());
  return ("no fault is named '" + name + "'" + suggestNames(name, known)).str();
}

/// The end of the first `pass` in a pipeline's text, with its options; npos
/// when there is none.
static size_t findPassEnd(StringRef pipeline, StringRef pass) {
  for (size_t at = pipeline.find(pass); at != StringRef::npos;
       at = pipeline.find(pass, at + 1)) {
    size_t end = at + pass.size();
    bool starts = at == 0 || pipeline[at - 1] == ',' || pipeline[at - 1] == '(';
    if (!starts || end == pipeline.size() ||
        !StringRef(",){").contains(pipeline[end]))
      continue;
    if (pipeline[end] != '{')
      return end;
    unsigned depth = 0;
    for (; end < pipeline.size(); ++end) {
      depth += pipeline[end] == '{';
      depth -= pipeline[end] == '}';
      if (depth == 0)
        return end + 1;
    }
  }
  return StringRef::npos;
}

void graphc::seedFault(OpPassManager &pm, StringRef name) {
  static bool isSeeded = false;
  const Fault *fault = findFault(name);
  if (!fault || isSeeded)
    return;
  std::string text;
  llvm::raw_string_ostream os(text);
  pm.printAsTextualPipeline(os);
  std::string seed = "graphc-seed-fault{fault=" + name.str() + "}";
  if (fault->after == "import") {
    text.insert(text.find('(') + 1, seed + ",");
  } else {
    size_t end = findPassEnd(text, fault->after);
    if (end == StringRef::npos)
      return;
    text.insert(end, "," + seed);
  }
  // Passes cannot be put into a pass manager, so its text is read again.
  FailureOr<OpPassManager> seeded = parsePassPipeline(text);
  if (failed(seeded))
    llvm::report_fatal_error("the pipeline cannot be read again");
  pm = std::move(*seeded);
  isSeeded = true;
}

llvm::Error graphc::seedFault(StringRef stage, StringRef name,
                              llvm::Module &module) {
  const Fault *fault = findFault(name);
  return fault && fault->after == stage ? fault->applyToLLVM(module)
                                        : llvm::Error::success();
}

namespace {
struct SeedFault : graphc::impl::SeedFaultBase<SeedFault> {
  using Base::Base;

  void runOnOperation() override {
    const Fault *known = findFault(fault);
    if (!known || !known->apply) {
      emitError(getOperation()->getLoc()) << checkFaultName(fault);
      return signalPassFailure();
    }
    if (failed(known->apply(getOperation())))
      signalPassFailure();
  }
};
} // namespace
