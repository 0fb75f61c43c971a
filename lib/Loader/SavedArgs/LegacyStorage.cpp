//===- LegacyStorage.cpp - Storages inside pickles ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The stream is five pickles, back to back: a magic number, a version, facts
// about the machine, the storage's persistent id, the list of all keys. Then
// every storage as a count of 64 bits and its bytes.
//
//===----------------------------------------------------------------------===//

#include "SavedArgs/LegacyStorage.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

using Kind = PickleValue::Kind;

Result<SavedStorage> LegacyStorages::resolve(const PickleValue &value,
                                             const std::string &what) {
  if (!value.isCall("torch.storage", "_load_from_bytes"))
    return pickleError(
        value.kind() == Kind::Object ? "pickle-global" : "pickle-type",
        value.offset(),
        what + ": its storage is " + value.describe() +
            ", expected torch.storage._load_from_bytes(...); it was "
            "never called");
  const PickleValue::Items &args = value.items();
  if (args.size() != 1 || args[0]->kind() != Kind::Bytes)
    return pickleError("pickle-type", value.offset(),
                       what + ": _load_from_bytes without one bytes object");
  auto it = done.find(args[0]);
  if (it != done.end())
    return it->second;
  Result<SavedStorage> storage = read(*args[0], what);
  if (storage)
    done[args[0]] = *storage;
  return storage;
}

Result<SavedStorage> LegacyStorages::read(const PickleValue &bytes,
                                          const std::string &what) {
  std::string_view text = bytes.text();
  auto *data = reinterpret_cast<const std::uint8_t *>(text.data());
  std::size_t base = text.data() - reinterpret_cast<const char *>(file.data);
  auto damaged = [&](const char *errorClass, const std::string &problem) {
    return pickleError(errorClass, bytes.offset(),
                       what + ": the tensor stream inside the pickle " +
                           problem);
  };

  enum { Magic, Version, System, Id, Keys, Count };
  Pickle parts[Count];
  std::size_t at = 0;
  PickleOptions options;
  options.persistentIds = true;
  for (Pickle &part : parts) {
    Result<Pickle> read = readPickle(data, text.size(), at, options);
    if (!read) {
      Error error = read.error();
      error.place =
          pickleOffset(bytes.offset()) + ": tensor stream: " + error.place;
      return error;
    }
    part = std::move(*read);
    at = part.end;
  }
  constexpr std::string_view magic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
  if (parts[Magic].value->kind() != Kind::BigInt ||
      parts[Magic].value->text() != magic)
    return damaged("pickle-type", "has no magic number");
  if (!parts[Version].value->isInt() || parts[Version].value->integer() != 1001)
    return damaged("version", "has version " +
                                  parts[Version].value->describe() +
                                  ", supported is 1001");
  const PickleValue *little = parts[System].value->find("little_endian");
  if (little && little->isBool() && !little->boolean())
    return damaged("byteorder", "is big-endian");
  if (parts[Id].value->kind() != Kind::PersistentId)
    return damaged("pickle-type", "does not hold one storage");
  Result<StorageId> id = readStorageId(*parts[Id].value->items()[0], what);
  if (!id) {
    id.error().place = pickleOffset(bytes.offset());
    return id.error();
  }
  const PickleValue::Items *keys = pickleSequence(*parts[Keys].value);
  if (!keys || keys->size() != 1 || !(*keys)[0]->isText() ||
      (*keys)[0]->text() != id->key)
    return damaged("pickle-type", "does not list one storage");

  if (text.size() - at < 8)
    return damaged("weight-length", "ends before the storage's length");
  std::uint64_t count = 0;
  for (unsigned i = 0; i != 8; ++i)
    count |= std::uint64_t(data[at + i]) << (8 * i);
  at += 8;
  std::uint64_t elementBytes = id->dtype ? dtypeSize(*id->dtype) : 1;
  std::size_t left = text.size() - at;
  if (count > left / elementBytes || count * elementBytes != left ||
      left != id->bytes)
    return damaged("weight-length",
                   "has " + std::to_string(left) + " bytes for a storage of " +
                       std::to_string(id->bytes) + " bytes (" +
                       std::to_string(count) + " elements of " +
                       std::to_string(elementBytes) + ")");
  // Somewhere in a pickle nothing is aligned.
  SavedStorage storage;
  storage.storage =
      copyStorage(file.slice(base + at, left),
                  "tensor stream at " + pickleOffset(bytes.offset()));
  storage.dtype = id->dtype;
  return storage;
}
