//===- TorchSave.cpp - Tensors written by torch.save ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TorchSave/TorchSave.h"
#include "TorchSave/RebuildTensor.h"
#include "Zip/Zip.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

namespace {
/// One zip of torch.save: a pickle and the storages that it names.
class SavedArchive {
public:
  SavedArchive(std::string what, const LoadOptions &options)
      : what(std::move(what)), options(options) {}

  Result<void> open(const Bytes &bytes);
  /// Runs the stack machine over data.pkl.
  Result<Pickle> readValue();
  /// Resolves a persistent id of `tensor`.
  Result<SavedStorage> storage(const PickleValue &value,
                               const std::string &tensor);
  /// Puts the stream's name in front of the place of an error.
  Error placed(Error error) const;

private:
  std::string what;
  const LoadOptions &options;
  ZipArchive archive;
  std::string root;
  Bytes pickleBytes;
  std::map<std::string, std::shared_ptr<const Storage>> storages;
};
} // namespace

Error SavedArchive::placed(Error error) const {
  if (error.place.compare(0, what.size(), what) != 0)
    error.place = error.place.empty() ? what : what + ": " + error.place;
  return error;
}

Result<void> SavedArchive::open(const Bytes &bytes) {
  if (!looksLikeZip(bytes))
    return Error::at("input-kind", what,
                     "not a zip, expected what torch.save writes");
  Result<ZipArchive> read = readZip(bytes);
  if (!read)
    return placed(read.error());
  archive = std::move(*read);
  if (!archive.entries().empty()) {
    const std::string &first = archive.entries().front().name;
    root = first.substr(0, first.find('/') + 1);
  }
  if (const ZipEntry *entry = archive.find(root + "byteorder")) {
    Result<Bytes> order = archive.read(*entry);
    if (!order)
      return placed(order.error());
    if (order->text().substr(0, 6) != "little")
      return Error::at("byteorder", what,
                       "byteorder is '" + quoted(order->text().substr(0, 16)) +
                           "', only little-endian data is read");
  }
  return {};
}

Result<Pickle> SavedArchive::readValue() {
  Result<Bytes> bytes = archive.read(root + "data.pkl");
  if (!bytes)
    return placed(bytes.error());
  pickleBytes = std::move(*bytes);
  PickleOptions pickleOptions;
  pickleOptions.persistentIds = true;
  Result<Pickle> pickle =
      readPickle(pickleBytes.data, pickleBytes.size, 0, pickleOptions);
  if (!pickle)
    return placed(pickle.error());
  return pickle;
}

Result<SavedStorage> SavedArchive::storage(const PickleValue &value,
                                           const std::string &tensor) {
  if (value.kind() != PickleValue::Kind::PersistentId)
    return Error::at("pickle-type", pickleOffset(value.offset()),
                     tensor + ": its storage is " + value.describe() +
                         ", expected a persistent id");
  Result<StorageId> id = readStorageId(*value.items()[0], tensor);
  if (!id)
    return id.error();
  std::string record = "data/" + id->key;
  auto known = storages.find(id->key);
  if (known == storages.end()) {
    const ZipEntry *entry = archive.find(root + record);
    if (!entry)
      return Error::at("missing-record", quoted(record),
                       "the stream has no such record, which " + tensor +
                           " needs");
    Result<Bytes> bytes = archive.read(*entry, options.verifyChecksums);
    if (!bytes)
      return bytes.error();
    std::string place = what + ": " + quoted(record);
    // Writers align records within the stream, but not the stream itself.
    std::size_t alignment =
        std::min<std::size_t>(id->dtype ? dtypeSize(*id->dtype) : 8, 8);
    bool aligned =
        reinterpret_cast<std::uintptr_t>(bytes->data) % alignment == 0;
    known = storages
                .emplace(id->key, aligned ? makeStorage(*bytes, place)
                                          : copyStorage(*bytes, place))
                .first;
  }
  if (known->second->size != id->bytes)
    return Error::at("weight-length", quoted(record),
                     "a record of " + std::to_string(known->second->size) +
                         " bytes, the stream says " +
                         std::to_string(id->bytes) + " (" + tensor + ")");
  return SavedStorage{known->second, id->dtype};
}

Result<SavedTensors> loader::readTorchSave(const Bytes &bytes,
                                           const std::string &what,
                                           const LoadOptions &options) {
  SavedArchive archive(what, options);
  Result<void> opened = archive.open(bytes);
  if (!opened)
    return opened.error();
  Result<Pickle> pickle = archive.readValue();
  if (!pickle)
    return pickle.error();
  std::vector<PickleValue::Entry> entries;
  if (!pickleEntries(*pickle->value, entries))
    return Error::at("pickle-type", what,
                     "the value is " + pickle->value->describe() +
                         ", expected a dict of tensors");
  SavedTensors tensors;
  for (auto [key, value] : entries) {
    if (!key->isText())
      continue;
    std::string name(key->text());
    std::string tensor = "tensor '" + quoted(name) + "'";
    Result<Constant> constant =
        rebuildTensor(*value, tensor, [&](const PickleValue &storage) {
          return archive.storage(storage, tensor);
        });
    if (constant)
      constant->name = name;
    else
      constant = archive.placed(constant.error());
    tensors.insert_or_assign(std::move(name), std::move(constant));
  }
  return tensors;
}

Result<std::shared_ptr<const Storage>>
loader::readSavedStorage(const Bytes &bytes, const std::string &what,
                         const LoadOptions &options) {
  SavedArchive archive(what, options);
  Result<void> opened = archive.open(bytes);
  if (!opened)
    return opened.error();
  Result<Pickle> pickle = archive.readValue();
  if (!pickle)
    return pickle.error();
  Result<SavedStorage> storage = archive.storage(*pickle->value, "the storage");
  if (!storage)
    return archive.placed(storage.error());
  return storage->storage;
}
