//===- InterpreterTest.cpp - Ops against known values ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Interpreter/Interpreter.h"

#include "dialects/Graph/IR/Graph.h"
#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using interpreter::Array;
using interpreter::Cell;

namespace {
struct InterpreterTest : testing::Test {
  InterpreterTest() {
    context.loadDialect<arith::ArithDialect, func::FuncDialect,
                        graph::GraphDialect, kernel::KernelDialect,
                        linalg::LinalgDialect, math::MathDialect,
                        memref::MemRefDialect, scf::SCFDialect,
                        tensor::TensorDialect, vector::VectorDialect>();
  }

  /// The results of the first function of `text`, all elements in a row.
  std::vector<double> run(StringRef text, std::vector<Cell> arguments = {}) {
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    if (!module)
      return {};
    func::FuncOp function = *module->getOps<func::FuncOp>().begin();
    interpreter::Interpreter interpreter(*module, {});
    llvm::StringMap<int64_t> symbols;
    auto results = interpreter.run(function, std::move(arguments), symbols);
    error = interpreter.getError();
    error.op = nullptr;
    std::vector<double> all;
    if (failed(results))
      return all;
    for (auto [cell, type] :
         llvm::zip_equal(*results, function.getResultTypes())) {
      auto element = interpreter::Element::get(getElementTypeOrSelf(type));
      auto push = [&](interpreter::Scalar value) {
        all.push_back(element.isFloat() ? value.f
                                        : static_cast<double>(value.i));
      };
      if (isa<VectorType>(type))
        llvm::for_each(cell.lanes, push);
      else if (!isa<ShapedType>(type))
        push(cell.scalar);
      else
        for (int64_t i = 0, e = cell.array.size(); i < e; ++i)
          push(cell.array.get(i));
    }
    return all;
  }

  Cell number(double value) {
    Cell cell;
    cell.scalar.f = value;
    return cell;
  }
  Cell integer(int64_t value) {
    Cell cell;
    cell.scalar.i = value;
    return cell;
  }
  /// A row-major array of f32.
  Cell floats(ArrayRef<int64_t> shape, ArrayRef<double> values) {
    Cell cell;
    cell.array =
        Array(shape, interpreter::Element::get(Float32Type::get(&context)));
    for (auto [i, value] : llvm::enumerate(values))
      cell.array.set(i, {.f = value});
    return cell;
  }

  MLIRContext context;
  interpreter::Error error;
};
} // namespace

using List = std::vector<double>;

TEST_F(InterpreterTest, RoundsToTheType) {
  EXPECT_EQ(run(R"(func.func @f(%a: f32, %b: f32) -> f32 {
    %0 = arith.addf %a, %b : f32
    return %0 : f32 })",
                {number(1), number(0x1p-24)}),
            List{1});
  EXPECT_EQ(run(R"(func.func @f(%a: f32) -> bf16 {
    %0 = arith.truncf %a : f32 to bf16
    return %0 : bf16 })",
                {number(1.001953125)}),
            List{1});
}

TEST_F(InterpreterTest, FusedMultiplyAddRoundsOnce) {
  List value = run(R"(func.func @f(%a: f32) -> f32 {
    %c = arith.constant -1.0 : f32
    %0 = math.fma %a, %a, %c : f32
    return %0 : f32 })",
                   {number(1 + 0x1p-12)});
  EXPECT_EQ(value, List{0x1p-11 + 0x1p-24});
}

TEST_F(InterpreterTest, IntegersWrapAndHaveTwoSigns) {
  EXPECT_EQ(run(R"(func.func @f(%a: i8, %b: i8) -> (i8, i8, i8, i1, i1) {
    %0 = arith.addi %a, %b : i8
    %1 = arith.divui %a, %b : i8
    %2 = arith.floordivsi %a, %b : i8
    %3 = arith.cmpi slt, %a, %b : i8
    %4 = arith.cmpi ult, %a, %b : i8
    return %0, %1, %2, %3, %4 : i8, i8, i8, i1, i1 })",
                {integer(-7), integer(2)}),
            (List{-5, 124, -4, 1, 0}));
}

TEST_F(InterpreterTest, BoolsExtendWithAndWithoutSign) {
  EXPECT_EQ(run(R"(func.func @f(%a: i1) -> (i32, i32) {
    %0 = arith.extsi %a : i1 to i32
    %1 = arith.extui %a : i1 to i32
    return %0, %1 : i32, i32 })",
                {integer(1)}),
            (List{-1, 1}));
}

TEST_F(InterpreterTest, MaximumKeepsNanAndSignOfZero) {
  List values = run(R"(func.func @f(%a: f32, %b: f32) -> (f32, f32) {
    %0 = arith.maximumf %a, %b : f32
    %n = arith.constant 0x7FC00000 : f32
    %1 = arith.maximumf %n, %b : f32
    return %0, %1 : f32, f32 })",
                    {number(-0.0), number(0.0)});
  ASSERT_EQ(values.size(), 2u);
  EXPECT_FALSE(std::signbit(values[0]));
  EXPECT_TRUE(std::isnan(values[1]));
}

TEST_F(InterpreterTest, GenericReadsThroughMaps) {
  EXPECT_EQ(run(R"(func.func @f(%a: tensor<2x2xf32>) -> tensor<2xf32> {
    %z = arith.constant dense<10.0> : tensor<2xf32>
    %0 = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<2x2xf32>) outs(%z : tensor<2xf32>) {
    ^bb0(%x: f32, %s: f32):
      %1 = arith.addf %s, %x : f32
      linalg.yield %1 : f32 } -> tensor<2xf32>
    return %0 : tensor<2xf32> })",
                {floats({2, 2}, {1, 2, 3, 4})}),
            (List{14, 16}));
}

TEST_F(InterpreterTest, PackedMapsAreEvaluated) {
  EXPECT_EQ(run(R"(func.func @f(%a: tensor<2x2xf32>) -> tensor<3xf32> {
    %e = tensor.empty() : tensor<3xf32>
    %0 = linalg.generic {
      indexing_maps = [affine_map<(i) -> (i floordiv 2, i mod 2)>,
                       affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]}
      ins(%a : tensor<2x2xf32>) outs(%e : tensor<3xf32>) {
    ^bb0(%x: f32, %s: f32):
      linalg.yield %x : f32 } -> tensor<3xf32>
    return %0 : tensor<3xf32> })",
                {floats({2, 2}, {1, 2, 3, 4})}),
            (List{1, 2, 3}));
}

TEST_F(InterpreterTest, TensorsAreValues) {
  // The insertion does not change the tensor that it starts from.
  EXPECT_EQ(run(R"(func.func @f(%a: tensor<2xf32>, %v: f32)
      -> (tensor<2xf32>, tensor<2xf32>) {
    %c0 = arith.constant 0 : index
    %0 = tensor.insert %v into %a[%c0] : tensor<2xf32>
    return %a, %0 : tensor<2xf32>, tensor<2xf32> })",
                {floats(2, {1, 2}), number(9)}),
            (List{1, 2, 9, 2}));
}

TEST_F(InterpreterTest, LoopsCarryValuesThatSwap) {
  EXPECT_EQ(run(R"(func.func @f(%a: f32, %b: f32) -> (f32, f32) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %0:2 = scf.for %i = %c0 to %c3 step %c1 iter_args(%x = %a, %y = %b)
        -> (f32, f32) {
      scf.yield %y, %x : f32, f32 }
    return %0#0, %0#1 : f32, f32 })",
                {number(1), number(2)}),
            (List{2, 1}));
}

TEST_F(InterpreterTest, ViewsShareMemory) {
  EXPECT_EQ(run(R"(func.func @f(%a: f32) -> (f32, f32) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %m = memref.alloc() : memref<16xi8>
    %p = memref.view %m[%c0][] : memref<16xi8> to memref<2x2xf32>
    %q = memref.view %m[%c8][] : memref<16xi8> to memref<2xf32>
    %s = memref.subview %p[0, 1] [2, 1] [1, 1]
        : memref<2x2xf32> to memref<2xf32, strided<[2], offset: 1>>
    memref.store %a, %s[%c1] : memref<2xf32, strided<[2], offset: 1>>
    %0 = memref.load %q[%c1] : memref<2xf32>
    %1 = memref.load %p[%c1, %c1] : memref<2x2xf32>
    return %0, %1 : f32, f32 })",
                {number(5)}),
            (List{5, 5}));
}

TEST_F(InterpreterTest, VectorsMaskShuffleReduce) {
  EXPECT_EQ(run(R"(func.func @f(%m: memref<3xf32>) -> (vector<4xf32>, f32) {
    %c0 = arith.constant 0 : index
    %c3 = arith.constant 3 : index
    %z = arith.constant dense<0.5> : vector<4xf32>
    %k = vector.create_mask %c3 : vector<4xi1>
    %v = vector.maskedload %m[%c0], %k, %z
        : memref<3xf32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
    %s = vector.shuffle %v, %v [3, 4, 1, 2] : vector<4xf32>, vector<4xf32>
    %r = vector.reduction <add>, %v : vector<4xf32> into f32
    return %s, %r : vector<4xf32>, f32 })",
                {floats(3, {1, 2, 3})}),
            (List{0.5, 1, 2, 3, 6.5}));
}

TEST_F(InterpreterTest, KernelsAreTheirBodies) {
  EXPECT_EQ(run(R"(func.func @f(%a: tensor<2xf32>) -> tensor<2xf32> {
    %e = tensor.empty() : tensor<2xf32>
    %0 = kernel.region "twice" pointwise ins(%a : tensor<2xf32>)
        outs(%e : tensor<2xf32>) -> tensor<2xf32> {
    ^bb0(%x: tensor<2xf32>, %o: tensor<2xf32>):
      %1 = linalg.add ins(%x, %x : tensor<2xf32>, tensor<2xf32>)
          outs(%o : tensor<2xf32>) -> tensor<2xf32>
      kernel.yield %1 : tensor<2xf32> }
    return %0 : tensor<2xf32> })",
                {floats(2, {1, 2})}),
            (List{2, 4}));
}

TEST_F(InterpreterTest, AccessOutsideOfABufferIsAnError) {
  run(R"(func.func @f(%m: memref<3xf32>) -> vector<4xf32> {
    %c0 = arith.constant 0 : index
    %v = vector.load %m[%c0] : memref<3xf32>, vector<4xf32>
    return %v : vector<4xf32> })",
      {floats(3, {1, 2, 3})});
  EXPECT_EQ(error.message, "accesses bytes 0 to 16 of a buffer of 12");
  EXPECT_FALSE(error.isUnsupported);
}

TEST_F(InterpreterTest, UnknownOpsAreNamed) {
  run(R"(func.func @f(%a: tensor<2x2xf32>) -> index {
    %0 = tensor.rank %a : tensor<2x2xf32>
    return %0 : index })",
      {floats({2, 2}, {1, 2, 3, 4})});
  EXPECT_EQ(error.message, "op 'tensor.rank' is not known to the interpreter");
  EXPECT_TRUE(error.isUnsupported);
}
