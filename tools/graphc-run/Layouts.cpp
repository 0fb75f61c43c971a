//===- Layouts.cpp - Orders of dimensions that fit ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layouts.h"

#include "llvm/ADT/STLExtras.h"

#include <numeric>

using namespace graphc::run;

Layout Layout::rowMajor(llvm::ArrayRef<int64_t> shape) {
  Layout layout;
  layout.shape.assign(shape.begin(), shape.end());
  layout.strides.resize(shape.size());
  int64_t stride = 1;
  for (size_t dim = shape.size(); dim-- > 0;) {
    layout.strides[dim] = stride;
    stride *= shape[dim];
  }
  return layout;
}

/// The sizes of all leading groups of dimensions.
static llvm::SmallVector<int64_t> getProducts(llvm::ArrayRef<int64_t> shape) {
  llvm::SmallVector<int64_t> products;
  int64_t product = 1;
  for (int64_t size : shape)
    products.push_back(product *= size);
  return products;
}

/// Whether one shape comes of the other by merging neighbours.
static bool canMerge(llvm::ArrayRef<int64_t> a, llvm::ArrayRef<int64_t> b) {
  llvm::SmallVector<int64_t> coarse = getProducts(a), fine = getProducts(b);
  if (coarse.size() > fine.size())
    std::swap(coarse, fine);
  return llvm::all_of(coarse, [&](int64_t product) {
    return llvm::is_contained(fine, product);
  });
}

std::vector<Layout> graphc::run::findLayouts(llvm::ArrayRef<int64_t> buffer,
                                             llvm::ArrayRef<int64_t> value) {
  // Beyond it, orders are too many.
  constexpr size_t mostDims = 5;
  Layout whole = Layout::rowMajor(value);
  std::vector<Layout> layouts = {whole};
  llvm::SmallVector<int64_t> target;
  for (int64_t size : buffer)
    if (size != 1)
      target.push_back(size);
  llvm::SmallVector<unsigned> order;
  for (size_t dim = 0; dim < value.size(); ++dim)
    if (value[dim] != 1)
      order.push_back(dim);
  if (order.size() > mostDims)
    return layouts;
  while (std::next_permutation(order.begin(), order.end())) {
    Layout layout;
    for (unsigned dim : order) {
      layout.shape.push_back(whole.shape[dim]);
      layout.strides.push_back(whole.strides[dim]);
    }
    if (canMerge(layout.shape, target))
      layouts.push_back(std::move(layout));
  }
  return layouts;
}
