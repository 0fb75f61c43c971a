//===- Artefact.h - Object, header and weights of a module -------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TARGET_ARTEFACT_H
#define GRAPHC_TARGET_ARTEFACT_H

#include "graphc/Target/Interface.h"
#include "graphc/Target/Machine.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace graphc {

/// One tensor of the weights blob. Entries are sorted by offset and do not
/// overlap; offsets are multiples of 64; what lies between is zero. The bytes
/// are read while the artefact is written and never copied before.
struct WeightEntry {
  llvm::ArrayRef<char> bytes;
  uint64_t offset = 0;
  std::string name;  ///< "layer.0.weight"; need not be unique.
  std::string dtype; ///< PyTorch's name, "float32".
  std::vector<int64_t> shape;
};

/// The constants of a module, in the order of their places.
struct ModuleWeights {
  std::vector<WeightEntry> entries;
  /// Bytes that no attribute holds as they are: splats, packed bools.
  std::vector<std::vector<char>> owned;
};

/// Collects the constants that graphc-plan-memory placed (`memref.global` with
/// `kernel.offset`) and erases them when nothing uses them any more. The
/// entries view the attributes' memory. Call it after that pass and before the
/// globals are lowered.
mlir::LogicalResult takeWeights(mlir::ModuleOp module, ModuleWeights &weights);

struct ArtefactOptions {
  enum class Kind { Object, SharedLibrary, Assembly };
  Kind kind = Kind::Object;
  /// Path of the object, library or assembly. The header is written beside it
  /// with the extension .h (not for assembly), the weights file with
  /// .safetensors, when there is one.
  std::string output;
  /// Prefix of the API; a C identifier.
  std::string name;
  MachineDescription machine;
  unsigned optLevel = 3;
  /// The code calls OpenMP: a shared library is linked with libomp.
  bool threads = false;
  /// Where weights go: in the object up to `embedLimit` bytes, or always, or
  /// never.
  enum class Weights { Auto, Embed, File };
  Weights weights = Weights::Auto;
  uint64_t embedLimit = uint64_t(32) << 20;
  /// Where temporary files of linking go; empty: beside the output.
  std::string scratchFolder;
};

/// `text` as a C identifier: other characters become '_', a leading digit or a
/// C keyword gets one before it, and nothing becomes "model".
std::string sanitizeName(llvm::StringRef text);

/// Completes `module` and writes the artefact.
///
/// `module` defines `int32_t <name>_entry(...)` as in Runtime.h and is already
/// optimized; it gets the module's description as constants, the runtime, and
/// the functions of the generated header, which are all that stays external.
/// The output depends on nothing but the arguments. Files appear under their
/// names complete or not at all.
llvm::Error emitArtefact(llvm::Module &module, const Interface &interface,
                         llvm::ArrayRef<WeightEntry> weights,
                         const ArtefactOptions &options);

/// The part of emitArtefact before code generation, for --emit=llvm.
llvm::Error completeModule(llvm::Module &module, const Interface &interface,
                           llvm::ArrayRef<WeightEntry> weights,
                           const ArtefactOptions &options);

/// Prints the code of the functions of `module`, which stays as it is.
llvm::Error printAssembly(const llvm::Module &module,
                          const ArtefactOptions &options,
                          llvm::raw_pwrite_stream &stream);

/// Writes tensors to a safetensors file as the libraries of that format do:
/// the largest elements first, without gaps. Names must be unique; offsets are
/// not looked at.
llvm::Error writeSafetensors(llvm::StringRef path,
                             std::vector<WeightEntry> tensors);

/// The text of the generated header.
std::string writeHeader(const Interface &interface,
                        const ArtefactOptions &options);

} // namespace graphc

#endif // GRAPHC_TARGET_ARTEFACT_H
