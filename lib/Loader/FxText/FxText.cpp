//===- FxText.cpp - FX graphs as text -------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxText/FxText.h"

using namespace graphc;
using namespace graphc::loader;

Result<Program> loader::readFxText(const Bytes &bytes, const LoadOptions &) {
  Error error;
  error.errorClass = "input-kind";
  error.file = bytes.file;
  error.message = "this kind of input is not read yet";
  return error;
}
