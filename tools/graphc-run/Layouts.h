//===- Layouts.h - Orders of dimensions that fit -----------------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_RUN_LAYOUTS_H
#define GRAPHC_TOOLS_GRAPHC_RUN_LAYOUTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <vector>

namespace graphc::run {

/// An order in which the elements of a row-major tensor are read.
struct Layout {
  llvm::SmallVector<int64_t, 6> shape, strides;
  static Layout rowMajor(llvm::ArrayRef<int64_t> shape);
};

/// The orders of dimensions of a row-major tensor of shape `value` in which it
/// may lie in a buffer of shape `buffer`, which has as many elements: those
/// whose dimensions can be merged or split to those of the buffer. Its own
/// order comes first.
std::vector<Layout> findLayouts(llvm::ArrayRef<int64_t> buffer,
                                llvm::ArrayRef<int64_t> value);

/// Offsets of a layout's elements, one after the other.
class LayoutWalk {
public:
  explicit LayoutWalk(const Layout &layout)
      : layout(layout), place(layout.shape.size(), 0) {}

  int64_t next() {
    int64_t current = offset;
    for (size_t dim = place.size(); dim-- > 0;) {
      offset += layout.strides[dim];
      if (++place[dim] < layout.shape[dim])
        break;
      offset -= layout.strides[dim] * layout.shape[dim];
      place[dim] = 0;
    }
    return current;
  }

private:
  const Layout &layout;
  llvm::SmallVector<int64_t, 6> place;
  int64_t offset = 0;
};

} // namespace graphc::run

#endif // GRAPHC_TOOLS_GRAPHC_RUN_LAYOUTS_H
