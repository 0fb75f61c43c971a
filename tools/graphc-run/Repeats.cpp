//===- Repeats.cpp - Whether runs repeat each other bit by bit ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Repeats.h"

#include "Elements.h"
#include "Layouts.h"

#include "llvm/ADT/StringExtras.h"

#include <cstring>

using namespace graphc::run;

/// Where two tensors differ first, and in how many elements; "" if nowhere.
static std::string findDifference(const Tensor &got, const Tensor &want) {
  if (got.shape != want.shape)
    return "its shape";
  // Between the elements of a tensor with gaps may lie anything.
  size_t size = (got.dtype.bits * got.dtype.lanes + 7) / 8;
  int64_t numElements = 1, numDiffering = 0, place = 0;
  for (int64_t extent : got.shape)
    numElements *= extent;
  LayoutWalk ours({{got.shape.begin(), got.shape.end()},
                   {got.strides.begin(), got.strides.end()}});
  LayoutWalk theirs({{want.shape.begin(), want.shape.end()},
                     {want.strides.begin(), want.strides.end()}});
  const char *a = nullptr, *b = nullptr;
  for (int64_t i = 0; i < numElements; ++i) {
    const char *x = got.buffer.data() + ours.next() * size,
               *y = want.buffer.data() + theirs.next() * size;
    if (std::memcmp(x, y, size) == 0)
      continue;
    if (numDiffering++ == 0)
      a = x, b = y, place = i;
  }
  if (!numDiffering)
    return "";
  // Most significant byte first, as numbers are written.
  auto toHex = [&](const char *bytes) {
    std::string text(bytes, size);
    std::reverse(text.begin(), text.end());
    return "0x" + llvm::toHex(text, /*LowerCase=*/true);
  };
  return std::to_string(numDiffering) + " of " + std::to_string(numElements) +
         " elements, the first at " +
         formatPlace(place, got.shape.data(), got.shape.size()) + ": " +
         toHex(a) + " for " + toHex(b);
}

static std::string findDifference(const Value &got, const Value &want) {
  if (got.kind == GRAPHC_KIND_TENSOR)
    return findDifference(got.tensor, want.tensor);
  bool isSame = got.integer == want.integer && got.text == want.text &&
                std::memcmp(&got.real, &want.real, sizeof(double)) == 0;
  return isSame ? "" : "its value";
}

static std::string findDifference(const Results &got, const Results &want) {
  auto inList = [](llvm::StringRef what, const std::vector<Value> &got,
                   const std::vector<Value> &want) -> std::string {
    for (size_t i = 0; i < got.size(); ++i)
      if (std::string found = findDifference(got[i], want[i]); !found.empty())
        return (what + " " + llvm::Twine(i) + ", " + found).str();
    return "";
  };
  std::string found = inList("output", got.outputs, want.outputs);
  return found.empty() ? inList("mutation", got.mutated, want.mutated) : found;
}

llvm::Expected<bool> graphc::run::repeatRuns(Session &session,
                                             const Results &first, size_t count,
                                             llvm::raw_ostream &os) {
  size_t numDiffering = 0;
  std::string example;
  for (size_t run = 1; run <= count; ++run) {
    if (llvm::Error error = session.rewind())
      return error;
    if (llvm::Error error = session.run())
      return error;
    llvm::Expected<Results> results = session.collect();
    if (!results)
      return results.takeError();
    std::string found = findDifference(*results, first);
    if (!found.empty() && numDiffering++ == 0)
      example = "repeat " + std::to_string(run) + ": " + found;
  }
  if (!numDiffering)
    os << count << " repeats have the bits of the first run\n";
  else
    os << numDiffering << " of " << count
       << " repeats differ from the first run\n  " << example << "\n";
  return numDiffering != 0;
}
