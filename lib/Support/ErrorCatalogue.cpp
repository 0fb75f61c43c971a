//===- ErrorCatalogue.cpp - A page for each error code --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/ErrorCatalogue.h"

#include "llvm/ADT/STLExtras.h"

#include <vector>

using namespace graphc;
using llvm::StringRef;

static constexpr char catalogue[] =
#include "lib/Support/Errors.inc"
    ;

/// The paragraph of `page` that starts with `label`, without it.
static StringRef findParagraph(StringRef page, StringRef label) {
  size_t start = page.find(label);
  if (start == StringRef::npos)
    return {};
  StringRef rest = page.substr(start + label.size());
  return rest.substr(0, rest.find("\n\n")).trim();
}

static std::vector<ErrorPage> readPages() {
  std::vector<ErrorPage> pages;
  constexpr StringRef heading = "\n## ";
  auto [intro, rest] = StringRef(catalogue).split(heading);
  while (!rest.empty()) {
    auto [page, next] = rest.split(heading);
    rest = next;
    auto [code, text] = page.split('\n');
    text = text.trim();
    pages.push_back(
        {code, text.split("\n\n").first, findParagraph(text, "Next: "), text});
  }
  return pages;
}

llvm::ArrayRef<ErrorPage> graphc::listErrors() {
  static const std::vector<ErrorPage> pages = readPages();
  return pages;
}

const ErrorPage *graphc::findError(StringRef code) {
  // A status of the C API stands on the page of what graphc-run says of it.
  bool isStatus = code.starts_with("GRAPHC_ERROR_");
  std::string listed = ("`" + code + "`").str();
  const auto *found = llvm::find_if(listErrors(), [&](const ErrorPage &page) {
    return page.code == code || (isStatus && page.text.contains(listed));
  });
  return found == listErrors().end() ? nullptr : found;
}

std::string graphc::formatHelp(StringRef code, StringRef help) {
  const ErrorPage *page = findError(code);
  std::string text = help.str();
  if (text.empty() && page)
    for (StringRef left = page->next; !left.empty();) {
      auto [line, rest] = left.split('\n');
      text += (text.empty() ? "" : " ") + line.str();
      left = rest;
    }
  while (StringRef(text).ends_with("."))
    text.pop_back();
  std::string out = "  help: " + text;
  if (page)
    out += (text.empty() ? "" : "; ") + ("graphc --explain " + code).str();
  return out;
}

std::string graphc::formatError(StringRef tool, StringRef code,
                                const llvm::Twine &message, StringRef help) {
  return (tool + ": error[" + code + "]: " + message + "\n" +
          formatHelp(code, help))
      .str();
}
