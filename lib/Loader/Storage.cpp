//===- Storage.cpp - Storages and checked views of them -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Storage.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace graphc;
using namespace graphc::loader;

namespace {
/// More than any file or machine holds, and far from overflow in sums of two.
constexpr std::int64_t maxElements = std::int64_t(1) << 62;
constexpr std::size_t maxRank = 64;

std::string listText(const std::vector<std::int64_t> &values) {
  std::string out = "[";
  for (std::size_t i = 0; i < values.size() && i < maxRank; ++i)
    out += (i ? ", " : "") + std::to_string(values[i]);
  return out + (values.size() > maxRank ? ", ...]" : "]");
}

Error viewError(const char *errorClass, const Constant &constant,
                const std::string &place, std::string message) {
  Error error;
  error.errorClass = errorClass;
  error.place = place;
  error.message = std::move(message);
  error.notes.push_back("sizes " + listText(constant.shape) + ", strides " +
                        listText(constant.stride) + ", storage_offset " +
                        std::to_string(constant.offset) + ", " +
                        dtypeName(constant.dtype));
  return error;
}

/// offset + 1 + sum((size - 1) * stride), for sizes above 0.
std::optional<std::int64_t> elementsNeeded(const Constant &constant) {
  std::int64_t needed = 0;
  if (__builtin_add_overflow(constant.offset, std::int64_t(1), &needed))
    return std::nullopt;
  for (std::size_t i = 0; i < constant.shape.size(); ++i) {
    std::int64_t reach = 0;
    if (__builtin_mul_overflow(constant.shape[i] - 1, constant.stride[i],
                               &reach) ||
        __builtin_add_overflow(needed, reach, &needed))
      return std::nullopt;
  }
  if (needed > maxElements)
    return std::nullopt;
  return needed;
}

std::shared_ptr<Storage> describe(const Bytes &bytes, std::string record) {
  auto storage = std::make_shared<Storage>();
  storage->size = bytes.size;
  storage->file = bytes.file;
  storage->fileOffset = bytes.fileOffset;
  storage->record = std::move(record);
  return storage;
}
} // namespace

std::shared_ptr<const Storage> loader::makeStorage(const Bytes &bytes,
                                                   std::string record) {
  auto storage = describe(bytes, std::move(record));
  storage->owner = bytes.owner;
  storage->data = bytes.data;
  return storage;
}

std::shared_ptr<const Storage> loader::copyStorage(const Bytes &bytes,
                                                   std::string record) {
  auto storage = describe(bytes, std::move(record));
  // Room for one element more, so that an empty storage has an address too.
  std::shared_ptr<std::uint8_t[]> copy(new std::uint8_t[bytes.size + 1]);
  if (bytes.size)
    std::memcpy(copy.get(), bytes.data, bytes.size);
  storage->data = copy.get();
  storage->owner = std::move(copy);
  return storage;
}

std::shared_ptr<const Storage> loader::zeroStorage(std::size_t size,
                                                   std::string record) {
  void *zeros = std::calloc(std::max<std::size_t>(size, 1), 1);
  if (!zeros)
    return nullptr;
  auto storage = describe(Bytes(), std::move(record));
  storage->size = size;
  storage->data = static_cast<const std::uint8_t *>(zeros);
  storage->owner = std::shared_ptr<const void>(
      zeros, [](const void *data) { std::free(const_cast<void *>(data)); });
  return storage;
}

Result<void> loader::checkView(const Constant &constant,
                               std::uint64_t storageBytes,
                               const std::string &what,
                               const std::string &place) {
  if (constant.shape.size() > maxRank)
    return viewError("limit", constant, place,
                     what + " has rank " +
                         std::to_string(constant.shape.size()) +
                         ", the limit is " + std::to_string(maxRank));
  if (constant.shape.size() != constant.stride.size())
    return viewError("bad-shape", constant, place,
                     what + " has " + std::to_string(constant.shape.size()) +
                         " sizes and " +
                         std::to_string(constant.stride.size()) + " strides");
  auto negative = [](std::int64_t value) { return value < 0; };
  auto badSize =
      std::find_if(constant.shape.begin(), constant.shape.end(), negative);
  if (badSize != constant.shape.end())
    return viewError("bad-shape", constant, place,
                     what + " has the negative size " +
                         std::to_string(*badSize));
  auto badStride =
      std::find_if(constant.stride.begin(), constant.stride.end(), negative);
  if (badStride != constant.stride.end())
    return viewError("bad-shape", constant, place,
                     what + " has the negative stride " +
                         std::to_string(*badStride));
  if (constant.offset < 0)
    return viewError("bad-shape", constant, place,
                     what + " has the negative storage_offset " +
                         std::to_string(constant.offset));

  if (std::find(constant.shape.begin(), constant.shape.end(), 0) !=
      constant.shape.end())
    return {};
  std::int64_t elementBytes = dtypeSize(constant.dtype);
  std::optional<std::int64_t> elements = elementsNeeded(constant);
  // Expanded dimensions have stride 0: few bytes may still be many elements.
  if (!elements || *elements > maxElements / elementBytes ||
      !elementCount(constant.shape))
    return viewError("weight-range", constant, place,
                     what +
                         " needs more than 2^62 bytes or elements of a "
                         "storage of " +
                         std::to_string(storageBytes) + " bytes");
  std::uint64_t needed = static_cast<std::uint64_t>(*elements * elementBytes);
  if (needed <= storageBytes)
    return {};
  Error error = viewError(
      "weight-range", constant, place,
      what + " needs bytes " + std::to_string(constant.offset * elementBytes) +
          ".." + std::to_string(needed) + " of a storage of " +
          std::to_string(storageBytes));
  error.help = "the file is damaged or was edited; export it again";
  return error;
}

std::optional<std::int64_t>
loader::elementCount(const std::vector<std::int64_t> &shape) {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end())
    return 0;
  std::int64_t count = 1;
  for (std::int64_t size : shape)
    if (__builtin_mul_overflow(count, size, &count) || count > maxElements)
      return std::nullopt;
  return count;
}

std::optional<std::vector<std::int64_t>>
loader::contiguousStrides(const std::vector<std::int64_t> &shape) {
  std::vector<std::int64_t> strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    if (__builtin_mul_overflow(stride, std::max<std::int64_t>(shape[i], 1),
                               &stride))
      return std::nullopt;
  }
  return strides;
}
