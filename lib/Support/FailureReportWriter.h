//===- FailureReportWriter.h - Writes failure reports --------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_FAILUREREPORTWRITER_H
#define GRAPHC_LIB_SUPPORT_FAILUREREPORTWRITER_H

#include "BlackBox.h"

namespace graphc {

/// Writes what `box` says of a failure to `path`; nothing when that cannot be.
void writeFailureReport(const BlackBox &box, llvm::StringRef path);

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_FAILUREREPORTWRITER_H
