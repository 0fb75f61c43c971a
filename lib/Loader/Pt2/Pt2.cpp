//===- Pt2.cpp - Export archives ------------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Tells the container generations apart, picks the program and hands its parts
// to the readers beside this file. Generation 1 keeps fixed names at the top of
// the archive; generations 2 and 3 keep everything below one root folder and
// differ in how weights are written.
//
//===----------------------------------------------------------------------===//

#include "Pt2/Pt2.h"
#include "Characters.h"
#include "Pt2/Signature.h"
#include "Pt2/Symbols.h"
#include "Pt2/Weights.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

using Kind = JsonValue::Kind;

namespace {
constexpr const char *oldProgram = "serialized_exported_program.json";
constexpr std::int64_t oldestMajor = 5, newestMajor = 8;

Error archiveError(const char *errorClass, std::string place,
                   std::string message, std::string help = "") {
  Error error;
  error.errorClass = errorClass;
  error.place = std::move(place);
  error.message = std::move(message);
  error.help = std::move(help);
  return error;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() &&
         (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  return text;
}

/// Where the parts of the chosen program are.
struct Layout {
  ArchiveRecords records;
  std::string program; ///< Whole record name.
  std::string model;
  /// Generation 1: the schema version that the container states.
  std::string containerVersion;
};

/// A small text record without the line end, or nothing when absent.
Result<std::optional<std::string>> readLine(const ZipArchive &archive,
                                            const std::string &name) {
  const ZipEntry *entry = archive.find(name);
  if (!entry)
    return std::optional<std::string>();
  Result<Bytes> bytes = archive.read(*entry);
  if (!bytes)
    return bytes.error();
  return std::optional<std::string>(trimmed(bytes->text().substr(0, 4096)));
}
} // namespace

//===----------------------------------------------------------------------===//
// Containers
//===----------------------------------------------------------------------===//

namespace {
Result<Layout> oldLayout(const ZipArchive &archive,
                         const LoadOptions &options) {
  Layout layout;
  layout.program = oldProgram;
  layout.model = "model";
  if (!options.model.empty() && options.model != layout.model)
    return archiveError("model-choice", "",
                        "no model '" + quoted(options.model) +
                            "' in the archive",
                        "present: model");
  Result<std::optional<std::string>> version = readLine(archive, "version");
  if (!version)
    return version.error();
  layout.containerVersion = **version;
  // The oldest writers called streams .json.
  layout.records.weights.streams = {"serialized_state_dict.pt",
                                    "serialized_state_dict.json"};
  layout.records.constants.streams = {"serialized_constants.pt",
                                      "serialized_constants.json"};
  return layout;
}

Error foreignArchive(const ZipArchive &archive, const std::string &root) {
  bool script = false, saved = false;
  for (const ZipEntry &entry : archive.entries()) {
    script |= startsWith(entry.name, root + "code/");
    saved |= entry.name == root + "data.pkl";
  }
  const char *found = script  ? "a TorchScript archive: use torch.export "
                                "instead of torch.jit"
                      : saved ? "a torch.save file: export the model or save "
                                "arguments instead"
                              : "a zip that is no export archive (no record "
                                "archive_format below one root folder)";
  return archiveError("input-kind", "", found,
                      "torch.export.save writes what graphc reads");
}

Result<void> checkArchiveFormat(const ZipArchive &archive,
                                const std::string &root) {
  Result<std::optional<std::string>> format =
      readLine(archive, root + "archive_format");
  if (!format)
    return format.error();
  if (**format != "pt2")
    return archiveError("input-kind", "archive_format",
                        "archive_format is '" + quoted(**format) +
                            "', expected 'pt2'");
  Result<std::optional<std::string>> version =
      readLine(archive, root + "archive_version");
  if (!version)
    return version.error();
  if (version->value_or("0") != "0")
    return archiveError("version", "archive_version",
                        "archive_version is '" + quoted(**version) +
                            "', the supported version is 0");
  Result<std::optional<std::string>> order =
      readLine(archive, root + "byteorder");
  if (!order)
    return order.error();
  if (order->value_or("little") != "little")
    return archiveError("byteorder", "byteorder",
                        "byteorder is '" + quoted(**order) +
                            "', only little-endian data is read");
  for (const ZipEntry &entry : archive.entries())
    if (!startsWith(entry.name, root))
      return archiveError("zip-format", quoted(entry.name),
                          "the record lies outside the root folder '" +
                              quoted(root) + "' of the archive");
  return {};
}

/// The names of `models/*.json`.
std::vector<std::string> findModels(const ZipArchive &archive,
                                    const std::string &root) {
  constexpr std::string_view folder = "models/", suffix = ".json";
  std::vector<std::string> models;
  for (const ZipEntry &entry : archive.entries()) {
    std::string_view name = entry.name;
    name.remove_prefix(root.size());
    if (!startsWith(name, folder) ||
        name.size() <= folder.size() + suffix.size() ||
        name.substr(name.size() - suffix.size()) != suffix)
      continue;
    name.remove_prefix(folder.size());
    name.remove_suffix(suffix.size());
    models.emplace_back(name);
  }
  return models;
}

Result<std::string> chooseModel(const ZipArchive &archive,
                                const std::string &root,
                                const LoadOptions &options) {
  std::vector<std::string> models = findModels(archive, root);
  if (models.empty()) {
    bool compiled =
        std::any_of(archive.entries().begin(), archive.entries().end(),
                    [&](const ZipEntry &entry) {
                      return startsWith(entry.name, root + "data/aotinductor/");
                    });
    if (compiled)
      return archiveError("input-kind", "data/aotinductor/",
                          "a compiled package without the program",
                          "export the model with torch.export.save");
    return archiveError("missing-record", "models/",
                        "the archive has no program models/<name>.json");
  }
  const std::string wanted = options.model.empty() ? "model" : options.model;
  if (std::find(models.begin(), models.end(), wanted) != models.end())
    return wanted;
  if (options.model.empty() && models.size() == 1)
    return models.front();
  constexpr std::size_t maxShown = 20;
  std::string names;
  for (std::size_t i = 0; i < std::min(models.size(), maxShown); ++i)
    names += (i ? ", " : "") + quoted(models[i]);
  return archiveError("model-choice", "models/",
                      options.model.empty()
                          ? "the archive holds several programs: " + names
                          : "no model '" + quoted(options.model) +
                                "' in the archive; present: " + names,
                      "choose one by name with --model");
}

Result<Layout> newLayout(const ZipArchive &archive,
                         const LoadOptions &options) {
  Layout layout;
  std::string &root = layout.records.root;
  if (!archive.entries().empty()) {
    const std::string &first = archive.entries().front().name;
    root = first.substr(0, first.find('/') + 1);
  }
  if (root.empty() || !archive.find(root + "archive_format"))
    return foreignArchive(archive, root);
  Result<void> format = checkArchiveFormat(archive, root);
  if (!format)
    return format.error();
  Result<std::string> model = chooseModel(archive, root, options);
  if (!model)
    return model.error();

  layout.model = *model;
  layout.program = root + "models/" + *model + ".json";
  WeightRecords &weights = layout.records.weights;
  weights.folder = root + "data/weights/";
  weights.configs = {weights.folder + *model + "_weights_config.json",
                     weights.folder + *model + "_model_param_config.json"};
  weights.streams = {weights.folder + *model + ".pt"};
  WeightRecords &constants = layout.records.constants;
  constants.folder = root + "data/constants/";
  constants.configs = {constants.folder + *model + "_constants_config.json",
                       constants.folder + *model +
                           "_model_constants_config.json"};
  constants.streams = {constants.folder + *model + ".pt"};
  return layout;
}
} // namespace

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

namespace {
Error versionError(const SchemaReader &json, const std::string &torchVersion) {
  Error error = archiveError(
      "version", json.record + ": schema_version",
      "schema version " + json.schemaVersion + ", supported are " +
          std::to_string(oldestMajor) + " to " + std::to_string(newestMajor) +
          (torchVersion.empty()
               ? ""
               : " (written by torch " + quoted(torchVersion) + ")"));
  error.help = "export the program with a version of torch that graphc knows";
  return error;
}

/// Checks schema_version before anything that depends on it.
void checkVersion(SchemaReader &json, JsonValue exported, const Layout &layout,
                  Program &program) {
  if (auto torch = json.optional(exported, "torch_version", Kind::Text))
    program.torchVersion = torch->text();
  auto version = json.required(exported, "schema_version", Kind::Object);
  if (!version)
    return;
  std::int64_t major = json.integer(*version, "major");
  std::int64_t minor = json.integer(*version, "minor");
  if (json.failed())
    return;
  json.schemaVersion = std::to_string(major) + "." + std::to_string(minor);
  if (major < oldestMajor || major > newestMajor)
    return json.fail(versionError(json, program.torchVersion));
  const std::string &container = layout.containerVersion;
  if (!container.empty() &&
      container.substr(0, container.find('.')) != std::to_string(major))
    return json.fail("version", *version,
                     "schema version " + json.schemaVersion +
                         ", but the record 'version' says '" +
                         quoted(container) + "'");
  if (major < newestMajor)
    program.warnings.push_back(archiveError(
        "version", json.record + ": schema_version",
        "schema version " + json.schemaVersion +
            " is old and little tested; export again if results are wrong"));
}

void readProgram(SchemaReader &json, JsonValue exported, const Layout &layout,
                 const LoadOptions &options, Program &program) {
  checkVersion(json, exported, layout, program);
  auto module = json.required(exported, "graph_module", Kind::Object);
  if (!module)
    return;
  auto graph = json.required(*module, "graph", Kind::Object);
  auto signature = json.required(*module, "signature", Kind::Object);
  if (!graph || !signature)
    return;
  ValueTypes types(json);
  GraphReader graphs(json, types, program, options.maxNodes);
  graphs.read(*graph, layout.model);
  if (!json.failed())
    readSignature(json, graphs, *signature, program);
  if (!json.failed())
    readSymbols(json, types, exported, program);
  if (!json.failed())
    readGuards(json, exported, program);
}
} // namespace

Result<Program> loader::readPt2(const Bytes &bytes,
                                const LoadOptions &options) {
  Result<ZipArchive> archive = readZip(bytes);
  if (!archive)
    return archive.error();
  bool isOld = archive->find("version") && archive->find(oldProgram);
  Result<Layout> layout =
      isOld ? oldLayout(*archive, options) : newLayout(*archive, options);
  if (!layout)
    return layout.error();

  std::string place = layout->program.substr(layout->records.root.size());
  Result<Bytes> text = archive->read(layout->program);
  if (!text)
    return text.error();
  JsonOptions jsonOptions;
  jsonOptions.maxBytes = options.maxJsonBytes;
  auto document = readJson(*text, place, jsonOptions);
  if (!document)
    return document.error();

  Program program;
  program.source = Program::Source::Pt2;
  program.modelName = layout->model;
  SchemaReader json(bytes.file, place);
  readProgram(json, (*document)->root(), *layout, options, program);
  if (json.failed())
    return json.error();
  document->reset();
  Result<void> weights =
      readWeights(*archive, layout->records, options, program);
  if (!weights)
    return weights.error();
  return program;
}
