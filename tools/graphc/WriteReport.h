//===- WriteReport.h - The page about a compilation -------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_WRITEREPORT_H
#define GRAPHC_TOOLS_GRAPHC_WRITEREPORT_H

#include "Options.h"

#include "graphc/Report/Collector.h"
#include "graphc/Target/Artefact.h"

namespace graphc {

/// Null when no report is asked for.
std::unique_ptr<report::Collector> makeCollector(const DriverOptions &options);

/// Whether --report-profile names a profile; if not, says what is wrong.
bool checkProfile(const DriverOptions &options);

/// Adds what LLVM makes of `module`, as IR and as assembly.
void addCode(report::Collector &collector, const llvm::Module &module,
             const ArtefactOptions &artefact);

/// Writes the page, complete or not at all; `isDone` says that the compilation
/// came to its end.
llvm::Error writeReport(report::Collector &collector,
                        const DriverOptions &options,
                        const ArtefactOptions &artefact, bool isDone);

} // namespace graphc

#endif // GRAPHC_TOOLS_GRAPHC_WRITEREPORT_H
