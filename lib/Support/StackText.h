//===- StackText.h - The stack of a failure ---------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_STACKTEXT_H
#define GRAPHC_LIB_SUPPORT_STACKTEXT_H

#include "BlackBox.h"

#include "llvm/Support/raw_ostream.h"

namespace graphc {

/// Where the process was, with its stack if it did not end by itself, innermost
/// first. The watching process was forked before that, so addresses mean the
/// same in it.
void writeStack(const BlackBox &box, llvm::raw_ostream &os);

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_STACKTEXT_H
