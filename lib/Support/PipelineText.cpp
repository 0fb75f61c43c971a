//===- PipelineText.cpp - Pass pipelines as text --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PipelineText.h"

#include "graphc/Support/Pipeline.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace graphc;
using llvm::SmallVector;
using llvm::SmallVectorImpl;
using llvm::StringRef;

/// The element at the start of `text`: up to a comma or closing parenthesis
/// that is not inside of its own parentheses or braces.
static StringRef firstElement(StringRef text) {
  unsigned depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (depth == 0 && (c == ',' || c == ')'))
      return text.take_front(i);
    if (c == '(' || c == '{')
      ++depth;
    else if (c == ')' || c == '}')
      --depth;
  }
  return text;
}

/// `anchor(a,b)`: the start of its passes; npos for a pass, whose options in
/// braces may hold parentheses.
static std::size_t anchorEnd(StringRef element) {
  std::size_t open = element.find_first_of("({");
  return open != StringRef::npos && element[open] == '(' ? open + 1
                                                         : StringRef::npos;
}

/// Finds the occurrence number `skip` of `pass`; its place in `pipeline`, and
/// the anchors around it.
static std::size_t findPass(StringRef pipeline, StringRef pass, unsigned skip,
                            SmallVectorImpl<StringRef> &anchors) {
  StringRef rest = pipeline;
  while (!rest.empty()) {
    if (rest.consume_front(",") || rest.consume_front(")")) {
      if (rest.data()[-1] == ')' && !anchors.empty())
        anchors.pop_back();
      continue;
    }
    StringRef element = firstElement(rest);
    if (std::size_t inner = anchorEnd(element); inner != StringRef::npos) {
      anchors.push_back(rest.take_front(inner));
      rest = rest.drop_front(inner);
      continue;
    }
    if (element == pass && skip-- == 0)
      return rest.data() - pipeline.data();
    rest = rest.drop_front(element.size());
  }
  return StringRef::npos;
}

std::string graphc::dropPassesBefore(StringRef pipeline, StringRef pass,
                                     unsigned skip) {
  SmallVector<StringRef> anchors;
  std::size_t place = findPass(pipeline, pass, skip, anchors);
  if (place == StringRef::npos)
    return pipeline.str();
  return llvm::join(anchors, "") + pipeline.substr(place).str();
}

std::string graphc::keepPassesBefore(StringRef pipeline, StringRef pass,
                                     unsigned skip) {
  SmallVector<StringRef> anchors;
  std::size_t place = findPass(pipeline, pass, skip, anchors);
  StringRef kept = pipeline.take_front(place);
  kept.consume_back(",");
  return kept.str() + std::string(anchors.size(), ')');
}

std::vector<std::string> graphc::listPassArguments(mlir::OpPassManager &pm) {
  std::string text;
  llvm::raw_string_ostream os(text);
  pm.printAsTextualPipeline(os);
  std::vector<std::string> names;
  StringRef rest = text;
  while (!rest.empty()) {
    if (rest.consume_front(",") || rest.consume_front(")"))
      continue;
    StringRef element = firstElement(rest);
    if (std::size_t inner = anchorEnd(element); inner != StringRef::npos) {
      rest = rest.drop_front(inner);
      continue;
    }
    std::string name = element.split('{').first.str();
    if (!llvm::is_contained(names, name))
      names.push_back(name);
    rest = rest.drop_front(element.size());
  }
  return names;
}

std::string graphc::suggestNames(StringRef name,
                                 llvm::ArrayRef<std::string> known) {
  // Further off than half of its letters is no misspelling.
  unsigned least = name.size() / 2 + 1;
  SmallVector<StringRef> nearest;
  for (StringRef candidate : known) {
    unsigned distance = name.edit_distance(candidate, true, least);
    if (distance > least)
      continue;
    if (distance < least)
      nearest.clear();
    least = distance;
    if (nearest.size() < 3)
      nearest.push_back(candidate);
  }
  if (nearest.empty())
    return "";
  return ", did you mean '" + llvm::join(nearest, "' or '") + "'?";
}
