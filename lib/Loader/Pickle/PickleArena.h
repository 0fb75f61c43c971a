//===- PickleArena.h - Where pickled values live ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Values of one stream live and die together, so cycles need no care and no
// destructor recurses.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PICKLE_PICKLEARENA_H
#define GRAPHC_LIB_LOADER_PICKLE_PICKLEARENA_H

#include "Pickle/Pickle.h"

#include <deque>

namespace graphc::loader {

/// What does not fit into a value itself. Made when the first item arrives.
struct PickleValue::Body {
  Items items;
  std::vector<Entry> entries;
  std::string_view module, name;
  std::unique_ptr<Extras> extras;
};

/// All values of a stream. Deques, so that pointers stay.
struct PickleArena {
  std::deque<PickleValue> values;
  std::deque<PickleValue::Body> bodies;
};

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PICKLE_PICKLEARENA_H
