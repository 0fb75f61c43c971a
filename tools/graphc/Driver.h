//===- Driver.h - From a file to an artefact --------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_DRIVER_H
#define GRAPHC_TOOLS_GRAPHC_DRIVER_H

#include "Options.h"

namespace graphc {

/// Compiles as `options` say; every error has been reported.
ExitStatus compile(const DriverOptions &options);

/// Prints the arguments of the passes that a compilation with `options` runs.
ExitStatus printPasses(const DriverOptions &options);

} // namespace graphc

#endif // GRAPHC_TOOLS_GRAPHC_DRIVER_H
