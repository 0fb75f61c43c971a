//===- Call.h - One operator call, as builders see it -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_CALL_H
#define GRAPHC_LIB_IMPORT_CALL_H

#include "Emitter.h"
#include "Schema.h"

namespace graphc::aten {

class Importer;

/// A call with its arguments bound to the schema: names looked up, defaults
/// filled in, kinds checked. A builder reads arguments by name, builds ops with
/// `e` and gives results in order. Errors go through `e` and are sticky.
class Call {
public:
  Call(Importer &importer, Emitter &e, const loader::Node &node,
       const Schema &schema)
      : importer(importer), e(e), node(node), schema(&schema) {}

  Importer &importer;
  Emitter &e;
  const loader::Node &node;
  const Schema *schema;
  SmallVector<Item> arguments; ///< One per schema parameter.
  SmallVector<Item> results;

  //===--------------------------------------------------------------------===//
  // Arguments
  //===--------------------------------------------------------------------===//

  /// None when the schema has no such parameter.
  const Item &get(StringRef name) const;
  bool isNone(StringRef name) const { return get(name).isNone(); }
  /// The present value of a tensor argument; a number becomes a 0-d tensor.
  Value tensor(StringRef name);
  /// The same; null, without a failure, for None.
  Value optionalTensor(StringRef name);
  TensorRef tensorRef(StringRef name);
  /// Nulls stand for None entries.
  SmallVector<Value> tensors(StringRef name);
  Operand operand(StringRef name);
  Expr size(StringRef name);
  SmallVector<Expr> sizes(StringRef name);
  int64_t integer(StringRef name);
  /// `fallback` for None.
  int64_t integer(StringRef name, int64_t fallback);
  SmallVector<int64_t> integers(StringRef name);
  /// `count` of them; one stands for all, an empty list for `fallback`.
  SmallVector<int64_t> integers(StringRef name, size_t count, int64_t fallback);
  double number(StringRef name);
  double number(StringRef name, double fallback);
  SmallVector<double> numbers(StringRef name);
  bool flag(StringRef name);
  std::string text(StringRef name);
  /// The element type, or null for None.
  Type dtype(StringRef name);
  Type dtype(StringRef name, Type fallback) {
    Type type = dtype(name);
    return type ? type : fallback;
  }
  /// `channels_last`, ..., or `fallback` for None.
  std::string memoryFormat(StringRef fallback);

  //===--------------------------------------------------------------------===//
  // Results
  //===--------------------------------------------------------------------===//

  void result(Value value);
  void result(Item item) { results.push_back(std::move(item)); }
  void resultList(ArrayRef<Value> values);
  /// The argument itself, not a copy.
  void resultAlias(StringRef argument) { results.push_back(get(argument)); }
  /// A view of a tensor argument.
  void resultView(StringRef argument, ViewStep step) {
    results.push_back(view(argument, std::move(step)));
  }
  Item view(StringRef argument, ViewStep step);
  /// Replaces the contents of a tensor argument, converted to its type.
  void write(StringRef argument, Value value);
  void write(const TensorRef &tensor, Value value);

  /// What the file recorded of result `index`, if this is the call of the node
  /// itself and not of an operator that it is made of.
  std::optional<StridedTensorType> getRecordedType(size_t index) const;
  /// `value`, the first result, with the strides of `other` where the file
  /// recorded those and not its own: kernels of torch differ, and export tells
  /// which it met.
  Value inRecordedLayout(Value value,
                         llvm::function_ref<SmallVector<Expr>()> other);

  //===--------------------------------------------------------------------===//
  // Other operators
  //===--------------------------------------------------------------------===//

  using NamedItem = std::pair<StringRef, Item>;
  /// The results of a supported overload on `given`; what is not given has its
  /// default. Empty after a failure.
  SmallVector<Item> invoke(StringRef overload, ArrayRef<NamedItem> given);
  /// The first of them, as a value.
  Value invokeValue(StringRef overload, ArrayRef<NamedItem> given);
};

using BuildFunction = void (*)(Call &call);

struct Overload {
  llvm::StringLiteral name;
  BuildFunction build;
};

/// The families; each list is sorted by name.
ArrayRef<Overload> elementwiseOverloads();
ArrayRef<Overload> arithmeticOverloads();
ArrayRef<Overload> comparisonOverloads();
ArrayRef<Overload> specialFunctionOverloads();
ArrayRef<Overload> besselOverloads();
ArrayRef<Overload> divisorOverloads();
ArrayRef<Overload> activationOverloads();
ArrayRef<Overload> complexOverloads();
ArrayRef<Overload> dropoutOverloads();
ArrayRef<Overload> lossOverloads();
ArrayRef<Overload> classLossOverloads();
ArrayRef<Overload> marginLossOverloads();
ArrayRef<Overload> reductionOverloads();
ArrayRef<Overload> contractionOverloads();
ArrayRef<Overload> groupedContractionOverloads();
ArrayRef<Overload> einsumOverloads();
ArrayRef<Overload> convolutionOverloads();
ArrayRef<Overload> normalizationOverloads();
ArrayRef<Overload> batchNormOverloads();
ArrayRef<Overload> softmaxOverloads();
ArrayRef<Overload> attentionOverloads();
ArrayRef<Overload> attentionBackwardOverloads();
ArrayRef<Overload> poolingOverloads();
ArrayRef<Overload> resizeOverloads();
ArrayRef<Overload> unpoolOverloads();
ArrayRef<Overload> viewOverloads();
ArrayRef<Overload> reshapeOverloads();
ArrayRef<Overload> splittingOverloads();
ArrayRef<Overload> movementOverloads();
ArrayRef<Overload> concatenationOverloads();
ArrayRef<Overload> paddingOverloads();
ArrayRef<Overload> diagonalOverloads();
ArrayRef<Overload> sliceScatterOverloads();
ArrayRef<Overload> differenceOverloads();
ArrayRef<Overload> indexingOverloads();
ArrayRef<Overload> scatterOverloads();
ArrayRef<Overload> searchOverloads();
ArrayRef<Overload> sortingOverloads();
ArrayRef<Overload> creationOverloads();
ArrayRef<Overload> symbolOverloads();
ArrayRef<Overload> foreachOverloads();
ArrayRef<Overload> gridSamplingOverloads();
ArrayRef<Overload> windowOverloads();
ArrayRef<Overload> bagOverloads();
ArrayRef<Overload> stridingOverloads();
ArrayRef<Overload> recurrentOverloads();
ArrayRef<Overload> fourierOverloads();
ArrayRef<Overload> linearAlgebraOverloads();
ArrayRef<Overload> luOverloads();
ArrayRef<Overload> matrixExponentialOverloads();
ArrayRef<Overload> antialiasOverloads();
ArrayRef<Overload> countingOverloads();
ArrayRef<Overload> histogramOverloads();
ArrayRef<Overload> segmentOverloads();
ArrayRef<Overload> uniqueOverloads();
ArrayRef<Overload> quantileOverloads();
ArrayRef<Overload> renormOverloads();
ArrayRef<Overload> bitsOverloads();
ArrayRef<Overload> quantizationOverloads();
ArrayRef<Overload> randomOverloads();
ArrayRef<Overload> samplingOverloads();
ArrayRef<Overload> rejectionOverloads();

/// The builder of an overload, or null.
BuildFunction findBuilder(StringRef name);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_CALL_H
