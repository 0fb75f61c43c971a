//===- DiagnosticPrinter.cpp - Diagnostics as the tools print them --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DiagnosticPrinter.h"

#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/ErrorCode.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

namespace {
/// What a location says to a reader.
struct Place {
  FileLineColLoc file;
  /// The line of the model, where the trace has it.
  StringRef code;
  StringRef node;
  /// The path of the module that calls the node's operator.
  StringRef module;
};
} // namespace

/// The first file and the first name found from the outside in.
static void findPlace(Location location, Place &place) {
  if (auto file = dyn_cast<FileLineColLoc>(location)) {
    if (!place.file)
      place.file = file;
  } else if (auto name = dyn_cast<NameLoc>(location)) {
    // What is named inside of a node is a line of the model by its text.
    bool isLine = isa<FileLineColLoc>(name.getChildLoc());
    if (place.node.empty())
      place.node = name.getName();
    else if (isLine && !place.file)
      place.code = name.getName();
    findPlace(name.getChildLoc(), place);
  } else if (auto fused = dyn_cast<FusedLoc>(location)) {
    if (auto path = dyn_cast_or_null<StringAttr>(fused.getMetadata());
        path && place.module.empty())
      place.module = path;
    for (Location inner : fused.getLocations())
      findPlace(inner, place);
  } else if (auto call = dyn_cast<CallSiteLoc>(location)) {
    findPlace(call.getCallee(), place);
  }
}

static void printPlace(const Place &place, raw_ostream &os) {
  if (place.file) {
    os << place.file.getFilename().getValue();
    if (place.file.getLine())
      os << ':' << place.file.getLine();
    if (place.file.getLine() && place.file.getColumn())
      os << ':' << place.file.getColumn();
    os << ": ";
  }
  if (!place.node.empty())
    os << "node '" << place.node << "'"
       << (place.module.empty() ? "" : " of module '" + place.module + "'")
       << ": ";
}

/// Prints line `line` of `path` when that is a text file of moderate size.
static void printSourceLine(StringRef path, unsigned line, raw_ostream &os) {
  constexpr uint64_t maxSize = 16 << 20;
  constexpr size_t maxWidth = 200;
  uint64_t size;
  if (line == 0 || !llvm::sys::fs::is_regular_file(path) ||
      llvm::sys::fs::file_size(path, size) || size > maxSize)
    return;
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer || (*buffer)->getBuffer().contains('\0'))
    return;
  for (llvm::line_iterator it(**buffer, /*SkipBlanks=*/false); !it.is_at_eof();
       ++it) {
    if (it.line_number() != line)
      continue;
    os << "    " << it->trim().take_front(maxWidth) << '\n';
    return;
  }
}

void graphc::printDiagnostic(Diagnostic &diagnostic, StringRef code,
                             raw_ostream &os) {
  bool isError = diagnostic.getSeverity() == DiagnosticSeverity::Error;
  if (StringRef own = getCode(diagnostic); !own.empty())
    code = own;
  StringRef severity = isError ? "error"
                       : diagnostic.getSeverity() == DiagnosticSeverity::Warning
                           ? "warning"
                           : "note";
  Place place;
  findPlace(diagnostic.getLocation(), place);
  os << "graphc: " << severity;
  if (isError)
    os << '[' << code << ']';
  os << ": ";
  printPlace(place, os);
  os << diagnostic.str() << '\n';
  if (!place.code.empty())
    os << "    " << place.code << '\n';
  else if (place.file)
    printSourceLine(place.file.getFilename(), place.file.getLine(), os);
  for (Diagnostic &note : diagnostic.getNotes()) {
    Place notePlace;
    findPlace(note.getLocation(), notePlace);
    os << "  note: ";
    printPlace(notePlace, os);
    os << note.str() << '\n';
  }
  if (isError)
    os << formatHelp(code) << '\n';
}
