//===- LinalgBuilder.h - Builds linalg.generic from graph values *- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_LINALGBUILDER_H
#define GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_LINALGBUILDER_H

#include "ScalarBuilder.h"

#include "dialects/Graph/IR/Graph.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/DialectConversion.h"

namespace graphc {

/// A builtin type that can hold an element of a graph tensor: bool becomes i8,
/// unsigned integers lose their sign, everything else stays.
mlir::Type getStoredType(mlir::Type graphElementType);

/// The tensor type of `shape`; sizes that are no constants become `?`.
mlir::RankedTensorType getTensorType(llvm::ArrayRef<graph::Expr> shape,
                                     mlir::Type graphElementType);

/// Of a value of the graph dialect.
llvm::SmallVector<graph::Expr> getShape(mlir::Value graphValue);
mlir::Type getElementType(mlir::Value graphValue);

/// Where the symbols of one module get their values from: leading arguments of
/// the function, or the op that defines a data-dependent one.
class SymbolValues {
public:
  /// Gives `function` one leading index argument per name.
  mlir::LogicalResult addArguments(mlir::FunctionOpInterface function,
                                   llvm::ArrayRef<llvm::StringRef> names);
  /// Binds `name` to an index value from its defining op on.
  void define(mlir::FunctionOpInterface function, llvm::StringRef name,
              mlir::Value value);
  /// Computes `expr` with arith ops. What depends on arguments only is computed
  /// once, at the function's entry. An unbound symbol is reported and gives 0.
  mlir::Value materialize(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::FunctionOpInterface function, graph::Expr expr);
  /// A number that no other group of ops has.
  int64_t takeGroup() { return numGroups++; }
  /// Likewise of sizes that have no name.
  int64_t takeSize() { return numSizes++; }
  /// True when some symbol had no value.
  bool failed() const { return sawUnbound; }
  /// Keeps why `op` is not converted, for the report at the end.
  void refuse(mlir::Operation *op, llvm::StringLiteral reason) {
    refusals[op] = reason;
  }
  llvm::StringRef getRefusal(mlir::Operation *op) const {
    return refusals.lookup(op);
  }

private:
  struct FunctionState {
    llvm::StringMap<mlir::Value> arguments, defined;
    llvm::DenseMap<mlir::Attribute, mlir::Value> atEntry;
    mlir::Operation *lastAtEntry = nullptr;
  };
  mlir::Value build(mlir::OpBuilder &builder, mlir::Location loc,
                    FunctionState &state, graph::Expr expr, bool atEntry);

  llvm::DenseMap<mlir::Operation *, FunctionState> functions;
  llvm::DenseMap<mlir::Operation *, llvm::StringRef> refusals;
  bool sawUnbound = false;
  int64_t numGroups = 0, numSizes = 0;
};

/// An input of a linalg.generic: a tensor read through `map` (from the
/// generic's loops to the tensor's dimensions), or a scalar when `splat` is
/// set. `elementType` is the graph's, which knows signs and bools.
struct Operand {
  mlir::Value tensor;
  mlir::AffineMap map;
  mlir::Type elementType;
  mlir::Attribute splat;
};

/// A converted tensor together with what its builtin type does not say.
struct Tensor {
  mlir::Value value;
  llvm::SmallVector<graph::Expr> shape;
  mlir::Type elementType;
};

/// An output of a linalg.generic. `init` is the neutral element of a reduction
/// in the type that `elementType` is computed in, or null for none.
struct Output {
  mlir::Type elementType;
  mlir::Attribute init;
};

/// Builds the tensor code of one graph op.
class LinalgBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using Body = llvm::function_ref<mlir::Value(ScalarBuilder &,
                                              llvm::ArrayRef<mlir::Value>)>;
  using MultiBody = llvm::function_ref<llvm::SmallVector<mlir::Value>(
      ScalarBuilder &, llvm::ArrayRef<mlir::Value>)>;

  LinalgBuilder(mlir::ConversionPatternRewriter &rewriter, mlir::Operation *op,
                SymbolValues &symbols)
      : ImplicitLocOpBuilder(op->getLoc(), rewriter), rewriter(rewriter),
        function(op->getParentOfType<mlir::FunctionOpInterface>()),
        symbols(symbols) {}

  /// For patterns: `return b.refuse(op, "complex numbers have no order")`.
  mlir::LogicalResult refuse(mlir::Operation *op, llvm::StringLiteral reason) {
    symbols.refuse(op, reason);
    return mlir::failure();
  }

  //===--------------------------------------------------------------------===//
  // Sizes
  //===--------------------------------------------------------------------===//
  graph::Expr expr(int64_t value) {
    return graph::Expr::constant(getContext(), value);
  }
  mlir::Value index(graph::Expr value);
  /// The same built elsewhere, such as in a body.
  mlir::Value index(mlir::OpBuilder &at, graph::Expr value);
  /// A size as a float or integer of `type`, for use in a body.
  mlir::Value number(ScalarBuilder &at, graph::Expr value, mlir::Type type);
  mlir::Value index(int64_t value) { return index(expr(value)); }
  mlir::OpFoldResult size(graph::Expr value);
  llvm::SmallVector<mlir::OpFoldResult>
  sizes(llvm::ArrayRef<graph::Expr> values);
  /// What graph-bound-symbols found for a size that depends on data.
  std::optional<graph::Expr> findBound(llvm::StringRef symbol);
  /// A size for what only the code that is being built knows, such as an index
  /// of a loop around it.
  graph::Expr bind(mlir::Value value);
  /// Binds `symbol` to `value`, checked against `bound` and cut to it. Returns
  /// what it is bound to.
  mlir::Value define(llvm::StringRef symbol, mlir::Value value,
                     std::optional<graph::Expr> bound);

  //===--------------------------------------------------------------------===//
  // Values
  //===--------------------------------------------------------------------===//
  /// The converted form of a graph value as it is.
  Tensor tensor(mlir::Value graphValue);
  /// Reads a graph value with loops = its dimensions, looking through views
  /// (permute, expand, added and dropped unit dimensions) and splats, so that
  /// they cost nothing.
  Operand read(mlir::Value graphValue);
  /// The same broadcast to `rank` dimensions of `shape`, aligned right.
  Operand read(mlir::Value graphValue, llvm::ArrayRef<graph::Expr> shape);
  Operand read(const Tensor &tensor);
  /// Reads `operand` in other loops: `map` goes from those to the operand's.
  static Operand through(Operand operand, mlir::AffineMap map);
  /// From `rank` loops to the given ones of them.
  mlir::AffineMap select(unsigned rank, llvm::ArrayRef<int64_t> dims);

  /// From the dimensions of `result` to those of `source`, broadcast from the
  /// right.
  mlir::AffineMap broadcast(llvm::ArrayRef<graph::Expr> result,
                            llvm::ArrayRef<graph::Expr> source);

  Tensor empty(llvm::ArrayRef<graph::Expr> shape, mlir::Type elementType);
  Tensor filled(llvm::ArrayRef<graph::Expr> shape, mlir::Type elementType,
                mlir::Attribute value);
  /// Changes the rank by unit dimensions or splits and joins dimensions;
  /// row-major order stays.
  Tensor reshape(const Tensor &source, llvm::ArrayRef<graph::Expr> shape);

  /// The same with sizes that are equal but spelled otherwise.
  Tensor retype(const Tensor &source, llvm::ArrayRef<graph::Expr> shape);
  Tensor slice(const Tensor &source, llvm::ArrayRef<graph::Expr> offsets,
               llvm::ArrayRef<graph::Expr> sizes,
               llvm::ArrayRef<graph::Expr> steps);
  /// `low` and `high` elements of `value` around; none may be negative.
  Tensor pad(const Tensor &source, llvm::ArrayRef<graph::Expr> low,
             llvm::ArrayRef<graph::Expr> high, mlir::Attribute value);
  /// `source` placed into a slice of `into`.
  Tensor insert(const Tensor &source, const Tensor &into,
                llvm::ArrayRef<graph::Expr> offsets,
                llvm::ArrayRef<graph::Expr> steps);

  //===--------------------------------------------------------------------===//
  // Loops
  //===--------------------------------------------------------------------===//
  /// The general form: loops over `domain`, of which `reduced` are reductions.
  /// The body gets loaded inputs, then the accumulators, and returns one value
  /// per output. Outputs are indexed by the parallel loops in order.
  llvm::SmallVector<Tensor> generic(llvm::ArrayRef<graph::Expr> domain,
                                    llvm::ArrayRef<int64_t> reduced,
                                    llvm::ArrayRef<Operand> inputs,
                                    llvm::ArrayRef<Output> outputs,
                                    MultiBody body);
  /// One result, no reduction.
  Tensor pointwise(llvm::ArrayRef<graph::Expr> shape,
                   llvm::ArrayRef<Operand> inputs, mlir::Type elementType,
                   Body body);
  /// One result; the body's last argument is the accumulator.
  Tensor reduce(llvm::ArrayRef<graph::Expr> domain,
                llvm::ArrayRef<int64_t> reduced, llvm::ArrayRef<Operand> inputs,
                Output output, Body body);
  /// Sum over `reduced` divided by their number of elements, in the
  /// accumulator type.
  Tensor mean(llvm::ArrayRef<graph::Expr> domain,
              llvm::ArrayRef<int64_t> reduced, llvm::ArrayRef<Operand> inputs,
              Body body);
  /// Changes the element type, by a loop if it differs.
  Tensor cast(const Tensor &source, mlir::Type elementType);

  /// Nested scf.for loops over `shape` that carry values: for what linalg
  /// cannot say.
  using LoopBody = llvm::function_ref<llvm::SmallVector<mlir::Value>(
      ScalarBuilder &, llvm::ArrayRef<mlir::Value> indices,
      mlir::ValueRange carried)>;
  llvm::SmallVector<mlir::Value> loops(llvm::ArrayRef<graph::Expr> shape,
                                       mlir::ValueRange inits, LoopBody body);
  /// The same where no iteration needs another's results: the outermost loop
  /// says how many loops may be shared among threads, `graphc.parallel`.
  llvm::SmallVector<mlir::Value>
  parallelLoops(llvm::ArrayRef<graph::Expr> shape, mlir::ValueRange inits,
                LoopBody body);
  /// The same where iterations may combine with the same element, in any order:
  /// each element that is stored is what was there and something else, by an op
  /// for which order makes no difference (`graphc.atomic`).
  llvm::SmallVector<mlir::Value> atomicLoops(llvm::ArrayRef<graph::Expr> shape,
                                             mlir::ValueRange inits,
                                             LoopBody body);
  /// One scf.for from 0 to `size`.
  static llvm::SmallVector<mlir::Value>
  loop(ScalarBuilder &at, mlir::Value size, mlir::ValueRange inits,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(
           ScalarBuilder &, mlir::Value index, mlir::ValueRange carried)>
           body);

  /// Marks all loops from here on as one group, `graphc.group`.
  void beginGroup() { group = symbols.takeGroup(); }

  /// Makes the run fail with `message` unless the i1 value holds.
  void check(mlir::Value condition, llvm::StringRef message);
  /// The same unless `body` gives true all over `shape`.
  void checkAll(llvm::ArrayRef<graph::Expr> shape,
                llvm::ArrayRef<Operand> inputs, llvm::StringRef message,
                Body body);

  mlir::ConversionPatternRewriter &rewriter;

private:
  llvm::SmallVector<mlir::Value> markedLoops(llvm::ArrayRef<graph::Expr> shape,
                                             mlir::ValueRange inits,
                                             LoopBody body, bool atomic);
  mlir::FunctionOpInterface function;
  SymbolValues &symbols;
  std::optional<int64_t> group;
};

/// The one element of a splat constant as it is stored, or null. Views of the
/// constant count, too.
mlir::Attribute getSplat(mlir::Value graphValue);

/// The element of `operand` at `indices`, loaded. The operand's map may only
/// pick indices.
mlir::Value loadElement(ScalarBuilder &b, const Operand &operand,
                        llvm::ArrayRef<mlir::Value> indices);
/// The element of `tensor` at `indices`, loaded.
mlir::Value loadElement(ScalarBuilder &b, const Tensor &tensor,
                        llvm::ArrayRef<mlir::Value> indices);
/// `into` (a value of the type of `tensor`) with one element replaced.
mlir::Value storeElement(ScalarBuilder &b, mlir::Value computed,
                         mlir::Value into, mlir::Type elementType,
                         llvm::ArrayRef<mlir::Value> indices);

/// All of [0, rank) but `dims`.
llvm::SmallVector<int64_t> getOtherDims(int64_t rank,
                                        llvm::ArrayRef<int64_t> dims);

/// The type that sums of `elementType` are kept in.
mlir::Type getAccumulatorType(mlir::Type elementType);

/// Base of all patterns: gives access to the symbols of the run.
template <typename GraphOp>
struct GraphPattern : mlir::OpConversionPattern<GraphOp> {
  GraphPattern(const mlir::TypeConverter &converter, mlir::MLIRContext *context,
               SymbolValues &symbols)
      : mlir::OpConversionPattern<GraphOp>(converter, context),
        symbols(symbols) {}

  mlir::LogicalResult
  matchAndRewrite(GraphOp op, typename GraphOp::Adaptor adaptor,
                  mlir::ConversionPatternRewriter &rewriter) const final {
    LinalgBuilder builder(rewriter, op, symbols);
    return lower(op, builder);
  }

  /// Replaces `op`, or fails before it has changed anything.
  virtual mlir::LogicalResult lower(GraphOp op, LinalgBuilder &b) const = 0;

private:
  SymbolValues &symbols;
};

} // namespace graphc

#endif // GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_LINALGBUILDER_H
