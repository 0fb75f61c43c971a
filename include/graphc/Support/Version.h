//===- Version.h - The version of graphc ------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_VERSION_H
#define GRAPHC_SUPPORT_VERSION_H

namespace graphc {

/// Set by the build from the project's version.
inline constexpr char version[] = GRAPHC_VERSION;

} // namespace graphc

#endif // GRAPHC_SUPPORT_VERSION_H
