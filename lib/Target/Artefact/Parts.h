//===- Parts.h - The parts of writing an artefact ----------------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_ARTEFACT_PARTS_H
#define GRAPHC_LIB_TARGET_ARTEFACT_PARTS_H

#include "graphc/Target/Artefact.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace graphc::artefact {

// RuntimeBitcode.cpp
llvm::StringRef getRuntimeBitcode();
llvm::StringRef getRuntimeHeader();

/// Where the weights go.
struct WeightsPlace {
  bool inFile = false;
  std::string fileName; ///< Without a folder.
  uint64_t size = 0;    ///< Of the values.
  uint64_t start = 0;   ///< Of the values in the file.
  uint64_t digest = 0;
  /// Where weights from outside are looked for first, without a folder.
  std::string externFile;
};

// WeightsFile.cpp

/// The safetensors header, padded so that the values start at a multiple of 64.
std::string makeSafetensorsHeader(llvm::ArrayRef<WeightEntry> weights);
/// Writes the values with zeros between them, in pieces.
void writeValues(llvm::ArrayRef<WeightEntry> weights,
                 llvm::function_ref<void(llvm::ArrayRef<char>)> write);
/// Checks that entries are sorted, aligned and apart.
llvm::Error checkWeights(llvm::ArrayRef<WeightEntry> weights);
uint64_t getWeightsSize(llvm::ArrayRef<WeightEntry> weights);

// Weights.cpp

/// The bytes of an attribute in row-major order, one byte per bool; those that
/// do not lie ready are made in `owned`. `size` is how many are expected.
llvm::ArrayRef<char> getBytes(mlir::ElementsAttr attr, uint64_t size,
                              std::vector<char> &owned);

/// The first values of states as weights behind the others, and where each is.
struct StateWeights {
  std::vector<WeightEntry> entries;
  std::vector<std::vector<char>> owned; ///< Bytes that no attribute holds.
  std::vector<uint64_t> offsets;        ///< One per state.
};
llvm::Error placeStates(const Interface &interface, uint64_t start,
                        StateWeights &result);

// Description.cpp

/// Adds the graphc_module constant and returns it.
llvm::GlobalVariable *
addDescription(llvm::Module &module, const Interface &interface,
               llvm::ArrayRef<WeightEntry> weights, const WeightsPlace &place,
               llvm::ArrayRef<uint64_t> stateOffsets,
               const ArtefactOptions &options, llvm::Function *entry,
               llvm::Function *load, llvm::Constant *api);

// Link.cpp

/// Links an object into a shared library.
llvm::Error linkSharedLibrary(llvm::StringRef object, llvm::StringRef output,
                              const ArtefactOptions &options);

} // namespace graphc::artefact

#endif // GRAPHC_LIB_TARGET_ARTEFACT_PARTS_H
