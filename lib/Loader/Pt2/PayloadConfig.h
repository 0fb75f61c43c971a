//===- PayloadConfig.h - Weights described by JSON ------------ -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PT2_PAYLOADCONFIG_H
#define GRAPHC_LIB_LOADER_PT2_PAYLOADCONFIG_H

#include "Pt2/Values.h"
#include "Storage.h"
#include "Zip/Zip.h"

namespace graphc::loader {

/// One payload configuration: qualified names to views of raw records.
class PayloadConfig {
public:
  /// `place` is the configuration's record name without the root, `folder` the
  /// whole name of the folder that holds the payloads.
  static Result<std::unique_ptr<PayloadConfig>>
  open(const ZipArchive &archive, const Bytes &text, const std::string &place,
       const std::string &root, const std::string &folder,
       const LoadOptions &options);

  bool has(const std::string &name) const { return entries.count(name) != 0; }
  /// The constant `name`, which must be there. Zeros stand for fake tensors and
  /// are warned of.
  Result<Constant> read(const std::string &name, std::vector<Error> &warnings);
  /// Warns of views that an early writer may have stored without offsets.
  void warnOfLostOffsets(std::vector<Error> &warnings) const;

private:
  PayloadConfig(const ZipArchive &archive, SchemaReader json,
                const LoadOptions &options)
      : archive(archive), json(std::move(json)), types(this->json),
        options(options) {}

  struct Payload {
    std::string path; ///< The file's bare name.
    TensorMeta meta;
  };
  bool readPayload(JsonValue entry, const std::string &name, Payload &payload);
  Result<std::shared_ptr<const Storage>> storageFor(const Payload &payload,
                                                    const std::string &name);

  const ZipArchive &archive;
  SchemaReader json;
  ValueTypes types;
  const LoadOptions &options;
  std::string root, folder;
  std::unique_ptr<const JsonDocument> document;
  std::map<std::string, JsonValue, std::less<>> entries;
  std::map<std::string, std::shared_ptr<const Storage>> storages;
  /// For warnOfLostOffsets: shapes and whether all offsets were 0, by record.
  struct Views {
    std::vector<std::vector<std::int64_t>> shapes;
    bool allAtStart = true;
  };
  std::map<std::string, Views> views;
};

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PT2_PAYLOADCONFIG_H
