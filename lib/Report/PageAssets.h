//===- PageAssets.h - The files of lib/Report/Page --------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REPORT_PAGEASSETS_H
#define GRAPHC_LIB_REPORT_PAGEASSETS_H

namespace graphc::report {

/// Page/index.html with marks for the rest, Page/style.css, and the scripts of
/// Page in their order.
extern const char pageHtml[], pageStyle[], pageScript[];

} // namespace graphc::report

#endif // GRAPHC_LIB_REPORT_PAGEASSETS_H
