//===- Loss.cpp - Loss functions and their gradients ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
using namespace graphc::aten;
ArrayRef<Overload> graphc::aten::lossOverloads() { return {}; }
