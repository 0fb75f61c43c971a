//===- FxOutline.cpp - Blocks of a Python-like text -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxText/FxOutline.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

static constexpr std::size_t maxClassDepth = 64;

namespace {
struct Line {
  std::size_t begin, end; ///< Without the newline.
  unsigned number;
  unsigned indent;
  std::string_view body; ///< Without indentation and trailing blanks.

  bool startsWith(std::string_view head) const {
    return body.substr(0, head.size()) == head;
  }
};

class Outliner {
public:
  explicit Outliner(std::string_view text) : text(text) {}
  Result<FxOutline> run();

private:
  bool nextLine(Line &line);
  void visit(const Line &line);
  void enterClass(const Line &line);
  void enterFunction(const Line &line);
  void visitTopLevel(const Line &line);
  FxRegion blockBelow(const Line &header);
  FxClass &classAround(const Line &line);
  std::size_t chooseRoot() const;

  std::string_view text;
  std::size_t at = 0;
  unsigned number = 0;
  FxOutline outline;
  std::vector<std::size_t> open; ///< Classes that the line is inside of.
  bool sawImport = false;
  bool tooDeep = false;
};

bool Outliner::nextLine(Line &line) {
  if (at >= text.size())
    return false;
  line.begin = at;
  line.end = std::min(text.find('\n', at), text.size());
  at = line.end + 1;
  line.number = ++number;
  line.body = text.substr(line.begin, line.end - line.begin);
  std::size_t blanks = line.body.find_first_not_of(" \t");
  line.indent = unsigned(std::min(blanks, line.body.size()));
  line.body.remove_prefix(line.indent);
  while (!line.body.empty() &&
         (line.body.back() == ' ' || line.body.back() == '\r' ||
          line.body.back() == '\t'))
    line.body.remove_suffix(1);
  return true;
}

/// Parameter lists, and what a module with sub-modules prints as, go on at any
/// indentation.
static bool isContinuation(const Line &line) {
  return line.startsWith(")") || line.startsWith("(");
}

/// From the header to the first later line that is not blank and indented no
/// deeper.
FxRegion Outliner::blockBelow(const Line &header) {
  FxRegion region{header.begin, header.end, header.number};
  Line line;
  for (;;) {
    std::size_t before = at;
    if (!nextLine(line))
      return region;
    bool isInside = line.body.empty() || line.indent > header.indent ||
                    isContinuation(line);
    if (!isInside) {
      at = before;
      --number;
      return region;
    }
    if (!line.body.empty())
      region.end = line.end;
  }
}

void Outliner::enterClass(const Line &line) {
  FxClass entry;
  std::string_view name = line.body.substr(6);
  entry.name = std::string(name.substr(0, name.find('(')));
  entry.indent = line.indent;
  if (!open.empty())
    entry.parent = open.back();
  open.push_back(outline.classes.size());
  tooDeep |= open.size() > maxClassDepth;
  outline.classes.push_back(std::move(entry));
}

FxClass &Outliner::classAround(const Line &line) {
  if (open.empty()) {
    FxClass entry;
    entry.indent = line.indent;
    outline.classes.push_back(std::move(entry));
    return outline.classes.back();
  }
  return outline.classes[open.back()];
}

void Outliner::enterFunction(const Line &line) {
  bool isForward = line.startsWith("def forward(");
  bool isInit = line.startsWith("def __init__(") && !open.empty();
  bool isLoadArgs = line.startsWith("def load_args(");
  if (!isForward && !isInit && !isLoadArgs)
    return;
  if (isForward) {
    FxClass &owner = classAround(line);
    FxRegion region = blockBelow(line);
    if (owner.forward)
      return;
    owner.forward = region;
    if (owner.parent)
      outline.nested.insert({{*owner.parent, owner.name},
                             std::size_t(&owner - outline.classes.data())});
    return;
  }
  // The lines below a header that stands on one line.
  FxRegion below = blockBelow(line);
  below.begin = std::min(line.end + 1, below.end);
  below.line = line.number + 1;
  if (isLoadArgs)
    outline.loadArgs = below;
  else if (FxClass &owner = outline.classes[open.back()]; !owner.init)
    owner.init = below;
}

static bool isIdentifier(std::string_view name) {
  auto isWord = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), isWord);
}

void Outliner::visitTopLevel(const Line &line) {
  constexpr std::string_view version = "load_args._version";
  constexpr std::string_view torch = "# torch version: ";
  std::size_t equals = line.body.find('=');
  if (line.startsWith("import ") || line.startsWith("from ")) {
    sawImport = true;
    outline.imports.emplace_back(line.body);
  } else if (line.startsWith(version) && equals != line.body.npos) {
    std::string_view value = line.body.substr(equals + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    outline.loadArgsVersion = std::string(value);
    outline.loadArgsVersionLine = line.number;
  } else if (line.startsWith(torch)) {
    outline.torchVersion = std::string(line.body.substr(torch.size()));
  } else if (!sawImport && equals != line.body.npos && equals) {
    std::string_view name = line.body.substr(0, equals);
    while (!name.empty() && name.back() == ' ')
      name.remove_suffix(1);
    std::string_view value = line.body.substr(equals + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (isIdentifier(name) && !value.empty())
      outline.hints.emplace_back(name, value);
  }
}

void Outliner::visit(const Line &line) {
  if (line.body.empty() || isContinuation(line))
    return;
  while (!open.empty() && line.indent <= outline.classes[open.back()].indent)
    open.pop_back();
  constexpr std::string_view save = "save_dir='";
  std::size_t position = line.body.find(save);
  if (position != line.body.npos && outline.saveDir.empty()) {
    std::string_view rest = line.body.substr(position + save.size());
    outline.saveDir = std::string(rest.substr(0, rest.find('\'')));
  }
  if (line.startsWith("class ") && line.body.find('(') != line.body.npos)
    enterClass(line);
  else if (line.startsWith("def "))
    enterFunction(line);
  else if (line.indent == 0)
    visitTopLevel(line);
}

/// Repro scripts call the class Repro; else the first class counts; else a bare
/// function.
std::size_t Outliner::chooseRoot() const {
  std::optional<std::size_t> firstClass, firstBare;
  for (std::size_t i = 0; i != outline.classes.size(); ++i) {
    const FxClass &entry = outline.classes[i];
    if (!entry.forward)
      continue;
    if (entry.name == "Repro")
      return i;
    if (!firstClass && !entry.name.empty())
      firstClass = i;
    if (!firstBare && entry.name.empty())
      firstBare = i;
  }
  return firstClass ? *firstClass : firstBare.value_or(outline.classes.size());
}

Result<FxOutline> Outliner::run() {
  Line line;
  while (!tooDeep && nextLine(line))
    visit(line);
  if (tooDeep)
    return Error{"limit",
                 "",
                 "line " + std::to_string(number),
                 "classes nested deeper than " + std::to_string(maxClassDepth),
                 {},
                 ""};
  outline.root = chooseRoot();
  if (outline.root == outline.classes.size())
    return Error{
        "input-kind", "",
        "",           "text without a `def forward(` line, expected FX text",
        {},           ""};
  return std::move(outline);
}
} // namespace

Result<FxOutline> loader::outlineFxText(std::string_view text) {
  return Outliner(text).run();
}
