//===- ModuleSubject.cpp - Modules that get smaller -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reductions.h"
#include "Subject.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;

std::string graphc::reduce::countText(unsigned count, StringRef what) {
  return (Twine(count) + " " + what + (count == 1 ? "" : "s")).str();
}

std::string graphc::reduce::printModule(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os, OpPrintingFlags().printGenericOpForm().enableDebugInfo());
  os << '\n';
  return text;
}

/// Few outputs leave little to do for all that follows.
static ArrayRef<Reduction> listReductions() {
  static const SmallVector<Reduction> reductions = [] {
    SmallVector<Reduction> all;
    for (ArrayRef<Reduction> group :
         {functionReductions(), opReductions(), callReductions(),
          regionReductions(), returnReductions(), attributeReductions(),
          typeReductions(), symbolReductions()})
      all.append(group.begin(), group.end());
    return all;
  }();
  return reductions;
}

ModuleSubject::ModuleSubject(OwningOpRef<ModuleOp> module)
    : module(std::move(module)), numOps(countOps(*this->module)) {}

unsigned ModuleSubject::getNumReductions() const {
  return listReductions().size();
}

StringRef ModuleSubject::getName(unsigned reduction) const {
  return listReductions()[reduction].name;
}

unsigned ModuleSubject::count(unsigned reduction) const {
  return listReductions()[reduction].count(*module);
}

std::unique_ptr<Subject>
ModuleSubject::reduce(unsigned reduction, unsigned first, unsigned last) const {
  // Most invalid candidates are found by verifiers, which is no news.
  ScopedDiagnosticHandler silence(module->getContext(),
                                  [](Diagnostic &) { return success(); });
  OwningOpRef<ModuleOp> candidate = module->clone();
  if (!listReductions()[reduction].apply(*candidate, first, last))
    return nullptr;
  renewCalls(*candidate);
  renewSignature(*candidate);
  // Values from nowhere may need constants; more ops than before are no
  // progress, and might be made for ever.
  if (countOps(*candidate) > numOps || failed(verify(*candidate)))
    return nullptr;
  return std::make_unique<ModuleSubject>(std::move(candidate));
}
