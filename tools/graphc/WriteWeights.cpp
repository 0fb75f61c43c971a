//===- WriteWeights.cpp - The original tensors as a file ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WriteWeights.h"

#include "graphc/Loader/Weights.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Target/Artefact.h"

#include "llvm/ADT/StringSet.h"

#include <deque>
#include <set>
#include <tuple>

using namespace graphc;

/// Constants of one of these are one tensor.
using View = std::tuple<const loader::Storage *, int64_t, std::vector<int64_t>,
                        std::vector<int64_t>, loader::DType>;

llvm::Error graphc::writeWeights(const loader::Program &program,
                                 llvm::StringRef path) {
  std::vector<WeightEntry> tensors;
  std::deque<std::vector<char>> owned; // Stays in place while it grows.
  std::set<View> views;
  llvm::StringSet<> names;
  for (const loader::InputSpec &spec : program.inputs) {
    if (!loader::isInStateDict(spec) || !spec.constant)
      continue;
    const loader::Constant &constant = program.constants[*spec.constant];
    View view = {constant.storage.get(), constant.offset, constant.shape,
                 constant.stride, constant.dtype};
    if (!names.insert(constant.name).second ||
        (constant.storage && !views.insert(view).second))
      continue;
    WeightEntry &tensor = tensors.emplace_back();
    tensor.name = constant.name;
    tensor.dtype = loader::dtypeName(constant.dtype);
    tensor.shape = constant.shape;
    size_t size = loader::dtypeSize(constant.dtype);
    for (int64_t extent : constant.shape)
      size *= static_cast<size_t>(extent);
    if (size == 0)
      continue;
    if (!constant.hasData())
      return makeError("missing-weight",
                       "--write-weights: the file has no values of '" +
                           constant.name + "'");
    if (loader::isRowMajor(constant)) {
      const auto *data = reinterpret_cast<const char *>(constant.storage->data);
      tensor.bytes = {
          data + constant.offset * loader::dtypeSize(constant.dtype), size};
      continue;
    }
    owned.push_back(loader::copyElements(constant));
    tensor.bytes = owned.back();
  }
  return writeSafetensors(path, std::move(tensors));
}
