//===- Fuzz.h - What a fuzz target defines ----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TEST_UNIT_LOADER_FUZZ_FUZZ_H
#define GRAPHC_TEST_UNIT_LOADER_FUZZ_FUZZ_H

#include <cstddef>
#include <cstdint>

/// Reads one input. Fuzz.cpp calls it and bounds what it costs.
void fuzz(const std::uint8_t *data, std::size_t size);

#endif // GRAPHC_TEST_UNIT_LOADER_FUZZ_FUZZ_H
