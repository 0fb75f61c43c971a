//===- ExternWeight.h - Constants that come when a module is loaded -*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A weight that stays outside of the module is a constant all the same, so that
// every pass treats it as one: a dense_resource without a blob whose key says
// where its values will come from.
//
//   dense_resource<"extern:layer.0.weight:">  tensor `layer.0.weight` of a file
//   dense_resource<"loaded:3:">               what @load computes, its value 3
//
// Keys are unique in a context: a module that is read there again has `_1`, ...
// behind the last colon.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_IMPORT_EXTERNWEIGHT_H
#define GRAPHC_IMPORT_EXTERNWEIGHT_H

#include "mlir/IR/BuiltinAttributes.h"

#include <optional>

namespace graphc {

/// The function that computes, once per context, what depends on weights alone.
inline constexpr llvm::StringLiteral loadFunctionName = "load";
/// Of `@main` and `@load` behind graphc-plan-memory: an array of the constants
/// that they take as arguments, in their order.
inline constexpr llvm::StringLiteral externWeightsName = "kernel.weights";
/// Of `@load`: the numbers of its results, a dense array.
inline constexpr llvm::StringLiteral loadedName = "kernel.loaded";

/// Tensor `name` of a weights file.
mlir::DenseResourceElementsAttr makeExternWeight(mlir::ShapedType type,
                                                 llvm::StringRef name);
/// Value `number` of `@load`.
mlir::DenseResourceElementsAttr makeLoadedWeight(mlir::ShapedType type,
                                                 int64_t number);

/// The name in the weights file, of such a constant only.
std::optional<llvm::StringRef> getExternWeight(mlir::Attribute value);
/// The number among the values of `@load`, of such a constant only.
std::optional<int64_t> getLoadedWeight(mlir::Attribute value);
/// Either of them.
bool isExternal(mlir::Attribute value);

} // namespace graphc

#endif // GRAPHC_IMPORT_EXTERNWEIGHT_H
