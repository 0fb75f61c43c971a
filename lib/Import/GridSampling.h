//===- GridSampling.h - Places of grids in images ------------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_GRIDSAMPLING_H
#define GRAPHC_LIB_IMPORT_GRIDSAMPLING_H

#include "Call.h"

namespace graphc::aten {

enum class Interpolation { Bilinear, Nearest, Bicubic };
enum class Padding { Zeros, Border, Reflection };

/// What sampling and its gradient take.
struct GridArguments {
  Interpolation interpolation = Interpolation::Bilinear;
  Padding padding = Padding::Zeros;
  bool alignCorners = false;
  mlir::Type type; ///< Of the elements, which are computed in another.
  Value input;     ///< [N, C, spatial..] in the compute type.
  /// Coordinates [N, out..] in the compute type, one tensor per spatial
  /// dimension, the first one first.
  SmallVector<Value> grid;
};

/// Reads and checks the arguments; a failure of the emitter on what is not
/// supported.
GridArguments readGridArguments(Call &call);

/// Reads `input` at coordinates as in GridArguments.
class Sampler {
public:
  Sampler(Emitter &e, const GridArguments &arguments)
      : e(e), input(arguments.input), padding(arguments.padding),
        alignCorners(arguments.alignCorners) {}

  /// [N, C, out..]
  Value nearest(ArrayRef<Value> grid);
  Value linear(ArrayRef<Value> grid);
  Value cubic(ArrayRef<Value> grid);

  /// Elements of all channels: indices [N, out..] of the batch and of each
  /// spatial dimension, 0 where the place is outside.
  struct Tap {
    SmallVector<Value> indices;
    Value isInside;
  };
  Tap tap(ArrayRef<Value> places);
  /// The dimensions of the input that a tap indexes.
  SmallVector<int64_t> indexedDims();
  /// The elements at whole places, 0 outside.
  Value fetch(ArrayRef<Value> places);

  /// From -1..1 to places of elements.
  Value place(Value x, size_t dim);
  /// A place outside as padding has it.
  Value pad(Value x, size_t dim);
  /// Between the first and the last element, or their outer borders, there
  /// and back again.
  Value reflect(Value x, size_t dim);
  /// 1 where that goes there, -1 where it goes back.
  Value reflectionSign(Value x, size_t dim);
  SmallVector<Value> places(ArrayRef<Value> grid, bool padded);
  size_t getRank() const { return e.rank(input) - 2; }
  Value size(size_t dim) {
    return e.number(Item(e.size(input, dim + 2)), e.elementType(input));
  }

private:
  Value floor(Value x) { return e.emit<graph::FloorOp>(x); }
  /// The distance from the lower border, the border to border span, and
  /// whether the place lies in a part that goes back.
  struct Reflection {
    Value distance, span, isBack;
  };
  Reflection measure(Value x, size_t dim);
  double lowerBorder() const { return alignCorners ? 0 : -0.5; }
  /// `values` times a weight for all channels, added to `sum` if there is one.
  Value accumulate(Value sum, Value values, Value weight) {
    Value product = e.mul(values, e.unsqueeze(weight, 1));
    return sum ? e.add(sum, product) : product;
  }

  Emitter &e;
  Value input;
  Padding padding;
  bool alignCorners;
};

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_GRIDSAMPLING_H
