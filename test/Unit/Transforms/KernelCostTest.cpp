//===- KernelCostTest.cpp - What kernels move and compute -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Transforms/KernelCost.h"

#include "graphc/Pipelines/Registration.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace graphc;

namespace {
class KernelCostTest : public testing::Test {
protected:
  KernelCostTest() {
    DialectRegistry registry;
    registerDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadDialect<graph::GraphDialect, memref::MemRefDialect>();
  }

  func::FuncOp parse(StringRef text) {
    module = parseSourceString<ModuleOp>(text, &context);
    return module ? module->lookupSymbol<func::FuncOp>("main") : func::FuncOp();
  }
  KernelCost estimate(StringRef text) {
    KernelCost cost;
    if (func::FuncOp main = parse(text))
      main.walk([&](kernel::RegionOp region) { cost = estimateCost(region); });
    return cost;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};
} // namespace

TEST_F(KernelCostTest, CountsAProductAndItsBias) {
  KernelCost cost = estimate(R"(
    func.func @main(%a: memref<?x16xf32>, %b: memref<48x16xf32>, %n: index,
                    %bias: memref<48xf32>, %r: memref<?x48xf32>) {
      kernel.region "linear" contraction
          ins(%a, %b, %n, %bias : memref<?x16xf32>, memref<48x16xf32>, index,
              memref<48xf32>) outs(%r : memref<?x48xf32>) {
      ^bb0(%x: tensor<?x16xf32>, %w: tensor<48x16xf32>, %m: index,
           %c: tensor<48xf32>, %o: tensor<?x48xf32>):
        %zero = arith.constant 0.0 : f32
        %e = tensor.empty(%m) : tensor<?x48xf32>
        %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x48xf32>)
            -> tensor<?x48xf32>
        %p = linalg.generic {
            indexing_maps = [affine_map<(i, j, k) -> (i, k)>,
                             affine_map<(i, j, k) -> (j, k)>,
                             affine_map<(i, j, k) -> (i, j)>],
            iterator_types = ["parallel", "parallel", "reduction"]}
            ins(%x, %w : tensor<?x16xf32>, tensor<48x16xf32>)
            outs(%f : tensor<?x48xf32>) {
        ^bb0(%u: f32, %v: f32, %acc: f32):
          %0 = arith.mulf %u, %v : f32
          %1 = arith.addf %acc, %0 : f32
          linalg.yield %1 : f32
        } -> tensor<?x48xf32>
        %s = linalg.generic {
            indexing_maps = [affine_map<(i, j) -> (i, j)>,
                             affine_map<(i, j) -> (j)>,
                             affine_map<(i, j) -> (i, j)>],
            iterator_types = ["parallel", "parallel"]}
            ins(%p, %c : tensor<?x48xf32>, tensor<48xf32>)
            outs(%o : tensor<?x48xf32>) {
        ^bb0(%u: f32, %v: f32, %old: f32):
          %0 = arith.addf %u, %v : f32
          linalg.yield %0 : f32
        } -> tensor<?x48xf32>
        kernel.yield %s : tensor<?x48xf32>
      }
      return
    })");
  // One iteration of the product is 2, of the bias 1; rows are known by two
  // names.
  EXPECT_EQ(formatCost(cost.flops), "1536*o0_d0 + 48*o2");
  EXPECT_EQ(formatCost(cost.bytes), "64*o0_d0 + 192*o4_d0 + 3264");
}

TEST_F(KernelCostTest, CountsWhatIsReadOfATable) {
  KernelCost cost = estimate(R"(
    func.func @main(%t: memref<30000x64xbf16>, %i: memref<8xi64>,
                    %r: memref<8x64xbf16>) {
      kernel.region "embedding" pointwise
          ins(%t, %i : memref<30000x64xbf16>, memref<8xi64>)
          outs(%r : memref<8x64xbf16>) {
      ^bb0(%table: tensor<30000x64xbf16>, %index: tensor<8xi64>,
           %o: tensor<8x64xbf16>):
        %s = linalg.generic {
            indexing_maps = [affine_map<(i, j) -> (i)>,
                             affine_map<(i, j) -> (i, j)>],
            iterator_types = ["parallel", "parallel"]}
            ins(%index : tensor<8xi64>) outs(%o : tensor<8x64xbf16>) {
        ^bb0(%at: i64, %old: bf16):
          %0 = arith.index_cast %at : i64 to index
          %1 = linalg.index 1 : index
          %2 = tensor.extract %table[%0, %1] : tensor<30000x64xbf16>
          linalg.yield %2 : bf16
        } -> tensor<8x64xbf16>
        kernel.yield %s : tensor<8x64xbf16>
      }
      return
    })");
  EXPECT_EQ(formatCost(cost.flops), "0");
  // 512 elements read and as many written, 8 indices.
  EXPECT_EQ(formatCost(cost.bytes), "2112");
}

TEST_F(KernelCostTest, DoesNotKnowLoopsOverData) {
  KernelCost cost = estimate(R"(
    func.func @main(%a: memref<8xf32>, %n: index, %r: memref<8xf32>) {
      kernel.region "loop" pointwise
          ins(%a, %n : memref<8xf32>, index) outs(%r : memref<8xf32>) {
      ^bb0(%x: tensor<8xf32>, %m: index, %o: tensor<8xf32>):
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %s = linalg.generic {
            indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
            iterator_types = ["parallel"]}
            ins(%x : tensor<8xf32>) outs(%o : tensor<8xf32>) {
        ^bb0(%u: f32, %old: f32):
          %0 = scf.for %i = %c0 to %m step %c1 iter_args(%acc = %u) -> (f32) {
            %1 = arith.addf %acc, %acc : f32
            scf.yield %1 : f32
          }
          linalg.yield %0 : f32
        } -> tensor<8xf32>
        kernel.yield %s : tensor<8xf32>
      }
      return
    })");
  EXPECT_EQ(formatCost(cost.flops), "unknown");
  EXPECT_EQ(formatCost(cost.bytes), "64");
}

TEST_F(KernelCostTest, NamesSizesOfTensorsBetweenKernels) {
  func::FuncOp main = parse(R"(
    module attributes {graph.signature = {constraints = [], inputs = [
      {argument = 0 : i64, kind = "tensor", name = "x", role = "user",
       type = !graph.tensor<(s0)x4xf32>}], model = "m", mutations = [],
      outputs = [{kind = "tensor", name = "y", result = 0 : i64, role = "user",
       type = !graph.tensor<(2*s0)x2xf32>}],
      symbols = [{dataDependent = false, name = "s0"}]}} {
      func.func @main(%s0: index, %x: tensor<?x4xf32>) -> tensor<?x2xf32> {
        %c2 = arith.constant 2 : index
        %n = arith.muli %s0, %c2 : index
        %e = tensor.expand_shape %x [[0], [1, 2]] output_shape [%s0, 2, 2]
            : tensor<?x4xf32> into tensor<?x2x2xf32>
        %c = tensor.collapse_shape %e [[0, 1], [2]]
            : tensor<?x2x2xf32> into tensor<?x2xf32>
        %i = tensor.empty(%n) : tensor<?x2xf32>
        %r = kernel.region "neg" pointwise ins(%c : tensor<?x2xf32>)
            outs(%i : tensor<?x2xf32>) -> tensor<?x2xf32> {
        ^bb0(%a: tensor<?x2xf32>, %o: tensor<?x2xf32>):
          kernel.yield %a : tensor<?x2xf32>
        }
        return %r : tensor<?x2xf32>
      }
    })");
  ASSERT_TRUE(main);
  kernel::RegionOp region = *main.getOps<kernel::RegionOp>().begin();
  KernelCost cost = estimateCost(region);
  EXPECT_EQ(formatCost(cost.bytes), "8*o0_d0 + 8*o1_d0");
  EXPECT_EQ(
      formatCost(nameSizes(cost.bytes, *module, main, region.getOperands())),
      "32*s0");
}

TEST_F(KernelCostTest, NamesSizesOfTheProgramAndComputesThem) {
  func::FuncOp main = parse(R"(
    module attributes {graph.signature = {constraints = [], inputs = [
      {argument = 0 : i64, kind = "tensor", name = "x", role = "user",
       type = !graph.tensor<(s0)x4xf32>}], model = "m", mutations = [],
      outputs = [{kind = "tensor", name = "y", result = 0 : i64, role = "user",
       type = !graph.tensor<(s0)x4xf32>}],
      symbols = [{dataDependent = false, name = "s0"}]}} {
      func.func @main(%s0: index, %x: memref<?x4xf32>, %y: memref<?x4xf32>) {
        %c2 = arith.constant 2 : index
        %n = arith.muli %s0, %c2 : index
        call @kernel(%x, %n, %y)
            : (memref<?x4xf32>, index, memref<?x4xf32>) -> ()
        return
      }
      func.func private @kernel(memref<?x4xf32>, index, memref<?x4xf32>)
    })");
  ASSERT_TRUE(main);
  func::CallOp call = *main.getOps<func::CallOp>().begin();
  graph::Expr cost = graph::Expr::symbol(&context, "o0_d0") * 16 +
                     graph::Expr::symbol(&context, "o1") * 3;
  EXPECT_EQ(formatCost(nameSizes(cost, *module, main, call.getOperands())),
            "22*s0");
  OpBuilder builder(call);
  Value value =
      materializeCost(builder, call.getLoc(), cost, call.getOperands());
  EXPECT_TRUE(value.getType().isIndex());
  EXPECT_TRUE(succeeded(verify(*module)));
}
