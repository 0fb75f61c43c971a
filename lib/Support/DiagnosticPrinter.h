//===- DiagnosticPrinter.h - Diagnostics as the tools print them -*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_DIAGNOSTICPRINTER_H
#define GRAPHC_LIB_SUPPORT_DIAGNOSTICPRINTER_H

#include "mlir/IR/Diagnostics.h"

namespace graphc {

/// Prints `diagnostic` with its notes:
///
///   graphc: error[internal]: model.py:12:7: node 'add_3': 'graph.add' op ...
///       return x + y
///     note: model.py:9: the other operand
///     help: ...; graphc --explain internal
///
/// The line of the source is there when the program recorded it, or else when
/// its file is there. `code` is that of errors
/// without one of their own.
void printDiagnostic(mlir::Diagnostic &diagnostic, llvm::StringRef code,
                     llvm::raw_ostream &os);

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_DIAGNOSTICPRINTER_H
