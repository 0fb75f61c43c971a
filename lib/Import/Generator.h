//===- Generator.h - The default generator of a program ---------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_GENERATOR_H
#define GRAPHC_LIB_IMPORT_GENERATOR_H

#include "Emitter.h"

#include "llvm/ADT/StringRef.h"

namespace graphc::aten {

class Importer;

/// What a program draws random numbers from that brings no seed of its own: a
/// state of the module, i64[2], the seed and the number of calls so far. A call
/// is one operator that draws; its number goes into the upper half of Philox's
/// counter, so no two calls of any run share a number, whatever their sizes. A
/// program without such calls has no state.
class Generator {
public:
  Generator(Importer &importer, Emitter &e) : importer(importer), e(e) {}

  /// A 0-d i64 that holds all over the program.
  Value getSeed();
  /// The number of one more call, a 0-d i64; of the first of `count`.
  Value takeCall(int64_t count = 1);

  /// Where in the sequence of calls the program is: `ahead` of `base`, a 0-d
  /// i64, or of the state if that is null.
  struct Position {
    Value base;
    int64_t ahead = 0;
  };
  Position getPosition() const { return position; }
  void setPosition(Position to) { position = to; }
  /// The number of the next call, a 0-d i64.
  Value emitPosition();

  /// The state's index among the signature's inputs and what it is after a run;
  /// nothing if the program draws nothing.
  std::optional<std::pair<unsigned, Value>> finish();

private:
  /// Makes the state on first use.
  void ensureState();

  Importer &importer;
  Emitter &e;
  Value state, seed, calls;
  unsigned input = 0;
  Position position;
};

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_GENERATOR_H
