//===- Listing.cpp - What a module takes and returns ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Listing.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

using namespace graphc::run;

static void printLiteral(llvm::raw_ostream &os, const graphc_literal &literal) {
  switch (literal.kind) {
  case GRAPHC_KIND_INT:
    os << literal.integer;
    return;
  case GRAPHC_KIND_BOOL:
    os << (literal.integer ? "True" : "False");
    return;
  case GRAPHC_KIND_FLOAT:
    os << literal.real;
    return;
  case GRAPHC_KIND_STRING:
    os << "'" << literal.text << "'";
    return;
  default:
    os << "None";
  }
}

static void printBound(llvm::raw_ostream &os, const graphc_symbol &symbol) {
  os << "symbol  " << symbol.name;
  if (symbol.bound)
    os << " known after the run";
  if (symbol.min != INT64_MIN)
    os << " >= " << symbol.min;
  if (symbol.max != INT64_MAX)
    os << " <= " << symbol.max;
  os << "\n";
}

void graphc::run::printModule(llvm::raw_ostream &os,
                              const graphc_module &module) {
  os << "module  " << module.name << " from " << module.source << " for "
     << module.target << ", "
     << (module.max_threads == 1 ? "one thread" : "any number of threads")
     << "\n";
  for (size_t i = 0; i < module.num_symbols; ++i)
    printBound(os, module.symbols[i]);
  for (size_t i = 0; i < module.num_arguments; ++i) {
    const graphc_argument &argument = module.arguments[i];
    os << "input   " << argument.name << ": ";
    if (argument.index >= 0)
      os << module.inputs[argument.index].type.text;
    else
      printLiteral(os, argument.literal);
    os << "\n";
  }
  for (size_t i = 0; i < module.num_states; ++i)
    os << "state   " << module.states[i].name << ": "
       << module.states[i].type.text << "\n";
  for (size_t i = 0; i < module.num_specs; ++i) {
    const graphc_spec &spec = module.specs[i];
    os << "output  " << spec.role << (spec.target ? " of " : "")
       << (spec.target ? spec.target : "") << ": ";
    if (spec.output >= 0)
      os << module.outputs[spec.output].type.text;
    else if (spec.mutation >= 0)
      os << module.results[module.mutations[spec.mutation].result].type.text;
    else
      printLiteral(os, spec.literal);
    os << "\n";
  }
  os << "weights " << module.weights_size << " bytes in "
     << (module.weights_file ? module.weights_file : "the module") << "\n";
  if (!module.external)
    return;
  const graphc_extern_weights &external = *module.external;
  for (size_t i = 0; i < external.num_names; ++i) {
    const graphc_extern_weight &weight =
        external.weights[external.names[i].weight];
    os << "weight  " << external.names[i].name << ": " << weight.type.text;
    if (llvm::StringRef(weight.name) != external.names[i].name)
      os << ", another name of " << weight.name;
    os << "\n";
  }
}
