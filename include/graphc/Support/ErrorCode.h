//===- ErrorCode.h - Codes of diagnostics and errors ------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every error that a user can reach has a code with a page in docs/Errors.md.
// The loader's errors carry it as their class; here is how MLIR's diagnostics
// and LLVM's errors do. Header only: passes need no library for it.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_ERRORCODE_H
#define GRAPHC_SUPPORT_ERRORCODE_H

#include "graphc/Support/CodedError.h"
#include "mlir/IR/Diagnostics.h"

namespace graphc {

/// `diagnostic` with its code: `withCode("kernel-form",
/// op.emitOpError("..."))`. The code outlives the diagnostic.
inline mlir::InFlightDiagnostic withCode(llvm::StringLiteral code,
                                         mlir::InFlightDiagnostic diagnostic) {
  if (mlir::Diagnostic *inner = diagnostic.getUnderlyingDiagnostic())
    inner->getMetadata().emplace_back(llvm::StringRef(code));
  return diagnostic;
}

/// The code of a diagnostic; empty if it has none.
inline llvm::StringRef getCode(mlir::Diagnostic &diagnostic) {
  for (const mlir::DiagnosticArgument &argument : diagnostic.getMetadata())
    if (argument.getKind() ==
        mlir::DiagnosticArgument::DiagnosticArgumentKind::String)
      return argument.getAsString();
  return {};
}

/// What graphc understands and does not do: exit status 3 instead of 1.
inline bool isUnsupportedCode(llvm::StringRef code) {
  return code.starts_with("unsupported-");
}

} // namespace graphc

#endif // GRAPHC_SUPPORT_ERRORCODE_H
