//===- Legalization.cpp - Words for MLIR's failed conversions -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Legalization.h"

#include "graphc/Support/ErrorCode.h"

using namespace mlir;
using namespace graphc;

void graphc::explainLegalization(Diagnostic &diagnostic) {
  if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
    return;
  std::string text = diagnostic.str();
  StringRef rest = text;
  std::string said;
  if (rest.consume_front("failed to legalize operation '")) {
    StringRef name = rest.split('\'').first;
    said = name == "builtin.unrealized_conversion_cast"
               ? "a value is of a type that the target has no code for"
               : ("'" + name + "' has no code for the target").str();
  } else if (rest.contains("failed to legalize") ||
             rest.contains("unresolved materialization")) {
    said = "a value or block is of a type that the target has no code for";
  } else if (rest == "op was not bufferized") {
    said = "an operation on tensors has no code on buffers";
  } else {
    return;
  }
  Diagnostic explained(diagnostic.getLocation(), DiagnosticSeverity::Error);
  explained << said;
  explained.getMetadata().emplace_back(StringRef("unsupported-lowering"));
  for (Diagnostic &note : diagnostic.getNotes())
    explained.attachNote(note.getLocation()) << note.str();
  diagnostic = std::move(explained);
}
