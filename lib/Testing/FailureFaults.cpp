//===- FailureFaults.cpp - Faults in tensors, kernels and buffers --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Testing/Faults.h"

#include "Patterns.h"

#include "dialects/Graph/IR/Graph.h"
#include "dialects/Kernel/IR/Kernel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::testing;

//===----------------------------------------------------------------------===//
// Graph
//===----------------------------------------------------------------------===//

static bool isSharedConstant(Operation *op) {
  return isa<graph::ConstantOp>(op) && llvm::range_size(op->getUsers()) > 1;
}

static bool isBiasedProduct(Operation *op) {
  return isChain(op, "graph.add", "graph.matmul");
}

static bool isSquare(Operation *op) {
  return is(op, "graph.mul") && op->getOperand(0) == op->getOperand(1);
}

static bool isChainedAdd(Operation *op) {
  return isChain(op, "graph.add", "graph.add");
}

static bool isTransposedProduct(Operation *op) {
  return isChain(op, "graph.matmul", "graph.permute");
}

static bool isWideReduction(Operation *op) {
  auto reduce = dyn_cast<graph::ReduceOp>(op);
  if (!reduce)
    return false;
  auto type = cast<graph::StridedTensorType>(reduce.getInput().getType());
  return llvm::any_of(reduce.getDims(), [&](int64_t dim) {
    auto shape = type.getStaticShape();
    return shape && (*shape)[dim] > 1;
  });
}

/// A cast that another op of one result reads.
static bool isUsedCast(Operation *op) {
  auto cast = dyn_cast<graph::CastOp>(op);
  return cast && llvm::any_of(op->getUsers(), [](Operation *user) {
           return user->getName().getStringRef().starts_with("graph.") &&
                  user->getNumResults() == 1;
         });
}

static bool isSymbolic(Operation *op) {
  return isa<graph::GraphDialect>(op->getDialect()) &&
         llvm::any_of(op->getResultTypes(), [](Type type) {
           auto tensor = dyn_cast<graph::StridedTensorType>(type);
           return tensor && !tensor.hasStaticShape();
         });
}

/// Two ops that both take the same value and are both used.
static bool isDiamond(Operation *op) {
  if (!is(op, "graph.add") && !is(op, "graph.mul"))
    return false;
  Operation *left = op->getOperand(0).getDefiningOp();
  Operation *right = op->getOperand(1).getDefiningOp();
  return left && right && left != right && left->getNumOperands() &&
         right->getNumOperands() && left->getOperand(0) == right->getOperand(0);
}

static bool isReturnedSoftmax(Operation *op) {
  return isa<func::ReturnOp>(op) &&
         llvm::any_of(op->getOperands(), [](Value value) {
           Operation *maker = value.getDefiningOp();
           return isa_and_nonnull<graph::SoftmaxOp>(maker);
         });
}

//===----------------------------------------------------------------------===//
// Linalg and kernels
//===----------------------------------------------------------------------===//

static linalg::GenericOp asGeneric(Operation *op) {
  return dyn_cast<linalg::GenericOp>(op);
}

static bool isReductionOfGeneric(Operation *op) {
  linalg::GenericOp generic = asGeneric(op);
  return generic && generic.getNumReductionLoops() == 1 &&
         llvm::any_of(generic.getInputs(), [](Value input) {
           return isa_and_nonnull<linalg::GenericOp>(input.getDefiningOp());
         });
}

static bool hasMathInBody(Operation *op) {
  linalg::GenericOp generic = asGeneric(op);
  return generic &&
         llvm::any_of(generic.getBody()->getOperations(), [](Operation &inner) {
           return inner.getName().getStringRef() == "math.erf" ||
                  inner.getName().getStringRef() == "math.exp";
         });
}

static bool isBroadcast(Operation *op) {
  linalg::GenericOp generic = asGeneric(op);
  return generic &&
         llvm::any_of(generic.getIndexingMapsArray(), [](AffineMap map) {
           return map.getNumResults() + 1 == map.getNumInputs();
         });
}

static bool isPad(Operation *op) { return isa<tensor::PadOp>(op); }

static bool isSharedFill(Operation *op) {
  return isa<linalg::FillOp>(op) && llvm::range_size(op->getUsers()) > 1;
}

static kernel::Form formOf(Operation *op) {
  return cast<kernel::RegionOp>(op).getForm();
}

static bool isRowKernel(Operation *op) {
  return isa<kernel::RegionOp>(op) && formOf(op) == kernel::Form::Row;
}

static bool isFusedContraction(Operation *op) {
  return isa<kernel::RegionOp>(op) && formOf(op) == kernel::Form::Contraction &&
         llvm::count_if(op->getRegion(0).getOps(), [](Operation &inner) {
           return isa<linalg::GenericOp>(inner);
         }) > 1;
}

static bool isScheduled(Operation *op) {
  auto region = dyn_cast<kernel::RegionOp>(op);
  return region && region.getSchedule();
}

static bool isKernelOfKernel(Operation *op) {
  return isChain(op, "kernel.region", "kernel.region");
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

static bool isBoundResult(Operation *op) {
  auto function = dyn_cast<func::FuncOp>(op);
  return function && llvm::count_if(function.getArgumentTypes(), [](Type type) {
                       return isa<TensorType>(type);
                     }) > 1;
}

static bool isAllocation(Operation *op) {
  return isa<memref::AllocOp>(op) && llvm::range_size(op->getUsers()) > 1;
}

static bool isBufferedKernel(Operation *op) {
  return isa<kernel::RegionOp>(op) && op->getNumResults() == 0;
}

static bool isViewOfArena(Operation *op) {
  return isa<memref::ViewOp>(op) && isa<BlockArgument>(op->getOperand(0)) &&
         !op->use_empty();
}

static bool isCallOfKernel(Operation *op) {
  auto call = dyn_cast<func::CallOp>(op);
  return call && call.getNumOperands() > 2;
}

ArrayRef<Fault> graphc::failureFaults() {
  using Kind = Fault::Kind;
  static constexpr Fault faults[] = {
      {"import-shared-constant", "canonicalize", Kind::Failure,
       "a constant has several users", failWhere<isSharedConstant>},
      {"import-biased-product", "canonicalize", Kind::Crash,
       "a product has something added to it", crashWhere<isBiasedProduct>},
      {"import-square", "canonicalize", Kind::Failure,
       "a value is multiplied with itself", failWhere<isSquare>},
      {"graph-chained-add", "canonicalize", Kind::Failure,
       "a sum is added to something", failWhere<isChainedAdd>},
      {"graph-wide-reduction", "graphc-fold-constants", Kind::Failure,
       "a reduction is over more than one element", failWhere<isWideReduction>},
      {"graph-used-cast", "graph-simplify-indexing", Kind::Crash,
       "the result of a cast is used", abortWhere<isUsedCast>},
      {"graph-diamond", "graph-recognize", Kind::Crash,
       "two results of one value meet again", crashWhere<isDiamond>},
      {"graph-returned-softmax", "graph-recognize", Kind::Failure,
       "a softmax is an output", failWhere<isReturnedSoftmax>},
      {"graph-transposed-product", "graph-choose-layouts", Kind::Failure,
       "a product reads a permuted tensor", failWhere<isTransposedProduct>},
      {"graph-symbolic-size", "graph-bound-symbols", Kind::Failure,
       "a result has a dynamic size", failWhere<isSymbolic>},
      {"linalg-reduced-generic", "convert-graph-to-linalg", Kind::Failure,
       "a reduction reads a generic op", failWhere<isReductionOfGeneric>},
      {"linalg-math-in-body", "convert-graph-to-linalg", Kind::Crash,
       "an exponential is computed", giveUpWhere<hasMathInBody>},
      {"linalg-broadcast", "graphc-align-domains", Kind::Failure,
       "an operand is broadcast along one dimension", failWhere<isBroadcast>},
      {"linalg-pad", "graphc-align-domains", Kind::Crash, "a tensor is padded",
       abortWhere<isPad>},
      {"kernel-shared-fill", "graphc-align-domains", Kind::Failure,
       "an initial value is shared", failWhere<isSharedFill>},
      {"kernel-row", "graphc-form-kernels", Kind::Crash,
       "a kernel works on rows", crashWhere<isRowKernel>},
      {"kernel-fused-contraction", "graphc-form-kernels", Kind::Failure,
       "a product is fused with what follows", failWhere<isFusedContraction>},
      {"kernel-chain", "graphc-form-kernels", Kind::Failure,
       "a kernel reads what another one wrote", failWhere<isKernelOfKernel>},
      {"kernel-scheduled", "graphc-cpu-schedule-contractions", Kind::Crash,
       "a kernel has a schedule", crashWhere<isScheduled>},
      {"buffers-two-tensors", "graphc-pack-constants", Kind::Failure,
       "a function has two tensors", failWhere<isBoundResult>},
      {"buffers-allocation", "graphc-bufferize", Kind::Failure,
       "an allocation has several users", failWhere<isAllocation>},
      {"buffers-kernel", "graphc-lower-copies", Kind::Crash,
       "a kernel works on buffers", abortWhere<isBufferedKernel>},
      {"buffers-view", "graphc-plan-memory", Kind::Failure,
       "a buffer lies in an arena", failWhere<isViewOfArena>},
      {"buffers-call", "graphc-outline-kernels", Kind::Crash,
       "a kernel of several buffers is called", crashWhere<isCallOfKernel>},
  };
  return faults;
}
