//===- Page.cpp - The page of a report ------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Report/Report.h"

#include "PageAssets.h"

#include "llvm/Support/Base64.h"
#include "llvm/Support/Compression.h"

using namespace graphc::report;
using llvm::StringRef;

/// Text for HTML; control characters and what is no UTF-8 are replaced.
static std::string escapeHtml(StringRef text) {
  std::string out;
  for (char c : llvm::json::fixUTF8(text)) {
    switch (c) {
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '&':
      out += "&amp;";
      break;
    case '"':
      out += "&quot;";
      break;
    default:
      out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return out;
}

/// JSON as the text of an element: base64 holds nothing that HTML reads.
static std::string
packData(StringRef id, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  std::string json;
  llvm::raw_string_ostream os(json);
  write(os);
  std::string encoding = "none", data;
  if (llvm::compression::zlib::isAvailable()) {
    llvm::SmallVector<uint8_t, 0> packed;
    llvm::compression::zlib::compress(
        llvm::arrayRefFromStringRef(json), packed,
        llvm::compression::zlib::BestSizeCompression);
    encoding = "deflate";
    data = llvm::encodeBase64(packed);
  } else {
    data = llvm::encodeBase64(json);
  }
  return ("<script type=\"application/octet-stream\" id=\"" + id +
          "\" data-encoding=\"" + encoding + "\">" + data + "</script>\n")
      .str();
}

std::string graphc::report::makePage(const Report &report) {
  std::string page = pageHtml;
  auto replace = [&](StringRef mark, StringRef text) {
    size_t at = page.find(mark);
    if (at != page.npos)
      page.replace(at, mark.size(), text);
  };
  replace("@STYLE@", pageStyle);
  replace("@SCRIPT@", pageScript);
  std::string data =
      packData("summary",
               [&](llvm::raw_ostream &os) { writeSummary(report, os); }) +
      packData("texts", [&](llvm::raw_ostream &os) { writeTexts(report, os); });
  replace("@DATA@", data);
  // Last: a name may be spelled as a mark.
  replace("@TITLE@", escapeHtml("graphc: " + report.input));
  return page;
}
