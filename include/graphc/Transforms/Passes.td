//===- Passes.td - Target-neutral passes -------------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TRANSFORMS_PASSES_TD
#define GRAPHC_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def AlignDomains : Pass<"graphc-align-domains", "::mlir::func::FuncOp"> {
  let summary = "Let consumers of a matrix product run over its domain";
  let description = [{
    A pointwise op that reads a product through a reshape (an
    `tensor.expand_shape`, or a map that leaves out dimensions of size 1) is
    rewritten to the loops of the product, and its result is reshaped instead.
    The same holds for what follows it. Bias, activation and residual then fit
    the kernel of the product.

    What is computed of reduced rows, and read by others, loses the dimensions
    of size 1 that a program keeps in the place of the reduced ones.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numAligned", "num-aligned", "Ops moved to another domain">,
  ];
}

def FoldConstants : Pass<"graphc-fold-constants", "::mlir::func::FuncOp"> {
  let summary = "Evaluate graph ops that depend on constants alone";
  let description = [{
    Masks, positions and tables of rotations are computed once, by the
    reference interpreter, instead of at every run. What would fail at run time
    is left there.

    Both the work and the memory are bounded. What merely counts or fills stays:
    it costs less than reading a constant. Views of weights stay, too, since
    they are free, as does what would be larger than the weights that it is
    made of, and wider types that only matrix products, convolutions and attention
    read, which take elements as they are stored. A single number stored in a
    file becomes an attribute that patterns can look at.

    Example:

    ```mlir
    %0 = graph.iota [3] dim 0 : () -> !graph.tensor<3xi64>
    %1 = graph.cast %0 to f32 : (!graph.tensor<3xi64>) -> !graph.tensor<3xf32>
    %2 = graph.mul %1, %1 : (!graph.tensor<3xf32>, !graph.tensor<3xf32>) -> !graph.tensor<3xf32>
    ```

    becomes

    ```mlir
    %2 = graph.constant dense<[0.0, 1.0, 4.0]> : tensor<3xf32> : () -> !graph.tensor<3xf32>
    ```
  }];
  let dependentDialects = ["::graphc::graph::GraphDialect"];
  let options = [
    Option<"maxBytes", "max-bytes", "int64_t", "4 << 20",
           "The size of the largest result">,
    Option<"maxElements", "max-elements", "int64_t", "1 << 20",
           "The size of the largest tensor on the way">,
    Option<"maxSteps", "max-steps", "int64_t", "8 << 20",
           "Elements read and written in all">,
  ];
  let statistics = [
    Statistic<"numFolded", "num-folded", "Values that became constants">,
  ];
}

def FormKernels : Pass<"graphc-form-kernels", "::mlir::func::FuncOp"> {
  let summary = "Group linalg ops into fused kernel regions";
  let description = [{
    Every `linalg` op ends up in one `kernel.region`. Pointwise ops join the
    kernel of a producer whose domain they share: a pointwise kernel, a row
    kernel (which they may turn it into, when they reduce trailing dimensions),
    or the result of a contraction. An op that fits no form stays outside and
    becomes plain loops; it is counted as generic.

    Row kernels that reduce the same elements over one domain become one, so
    that the elements are read once, unless one depends on the other through an
    op outside of both.

    Knows no target.
  }];
  let dependentDialects = [
    "::graphc::kernel::KernelDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::tensor::TensorDialect",
  ];
  let statistics = [
    Statistic<"numKernels", "num-kernels", "Kernels formed">,
    Statistic<"numFused", "num-fused", "Ops that joined another's kernel">,
    Statistic<"numMerged", "num-merged", "Row kernels that became another's">,
    Statistic<"numGeneric", "num-generic", "Ops left to the generic form">,
  ];
}

def HoistWeights : Pass<"graphc-hoist-weights", "::mlir::ModuleOp"> {
  let summary = "Compute once, at load, what external weights alone decide";
  let description = [{
    A weight that stays outside of the module is a constant without values (see
    ExternWeight.h). What `@main` computes from such constants, and from nothing
    that a call gives, moves to `@load`, which runs when a context is made; in
    `@main` a constant without values stands for it. Casts, transposes, packed
    and folded weights all move in this way: the pass knows ops by their effects
    and operands, not by their names.

    Views of weights stay, since they cost nothing, as do numbers, checks, and
    what would be more than twice as large as the weights behind it.

    The pass may run several times, as other passes leave more to move: what is
    computed from a value of `@load` is added there, and values that `@main` no
    longer reads are dropped. `@load` has no arguments; `kernel.loaded` numbers
    its results.

    Example:

    ```mlir
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %w = arith.constant dense_resource<"extern:w:"> : tensor<4xf16>
      %0 = linalg.generic {...} ins(%w) ... // extends it to f32
      %1 = linalg.generic {...} ins(%x, %0) ...
    ```

    becomes

    ```mlir
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = arith.constant dense_resource<"loaded:0:"> : tensor<4xf32>
      %1 = linalg.generic {...} ins(%x, %0) ...
    ...
    func.func @load() -> tensor<4xf32> attributes {kernel.loaded = array<i64: 0>}
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect"];
  let statistics = [
    Statistic<"numHoisted", "num-hoisted", "Values computed at load">,
  ];
}

def PackConstants : Pass<"graphc-pack-constants", "::mlir::ModuleOp"> {
  let summary = "Bring constants into the order in which kernels read them";
  let description = [{
    A `kernel.region` that carries `pack = {operand, loop, columns}` reads input
    `operand`, a constant, along `loop` of the linalg op in its body. The
    constant is laid out anew in panels of `columns` along that loop, with zeros
    behind the end; with `pairs = k`, neighbours along loop `k` lie side by side
    in a panel:

    ```
    (n, k) -> (n floordiv columns, k, n mod columns)
    (n, k) -> (n floordiv columns, k floordiv 2, n mod columns, k mod 2)
    ```

    The map of the operand says so from then on, and the request is gone. Equal
    constants in equal layouts are packed once; the old constant goes when
    nothing else uses it.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let statistics = [
    Statistic<"numPacked", "num-packed", "Constants laid out anew">,
  ];
}

def BindBoundary : Pass<"graphc-bind-boundary", "::mlir::ModuleOp"> {
  let summary = "Turn tensor arguments and results of the entry into memrefs";
  let description = [{
    `@main` of the module takes, after its symbols, one memref per tensor
    argument and one per result, with the strides that the signature promises.
    Arguments are read only; results are written in place where possible.
  }];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect",
    "::mlir::memref::MemRefDialect",
  ];
}

def EliminateEmptyTensors
    : Pass<"graphc-eliminate-empty-tensors", "::mlir::ModuleOp"> {
  let summary = "Compute what is inserted into a tensor in its place there";
  let description = [{
    Upstream's elimination of empty tensors, between kernels only: what their
    bodies insert somewhere is no storage.
  }];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect",
    "::mlir::tensor::TensorDialect",
  ];
}

def Bufferize : Pass<"graphc-bufferize", "::mlir::ModuleOp"> {
  let summary = "Turn the tensors between kernels into memrefs";
  let description = [{
    Upstream's one-shot bufferization, which finds what can be written in place.
    The bodies of kernel regions stay on tensors. What a loop carries stays in
    one buffer: each iteration ends with writing the next values there.
  }];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect",
    "::mlir::memref::MemRefDialect",
  ];
}

def LowerViews : Pass<"graphc-lower-views", "::mlir::func::FuncOp"> {
  let summary = "Turn memref.expand_shape into memref.reinterpret_cast";
  let description = [{
    Sizes and strides follow from the output sizes that the op carries. Upstream's
    `expand-strided-metadata` computes them again from the source, which it
    cannot when two sizes of one group are dynamic.

    Example:

    ```mlir
    %0 = memref.expand_shape %a [[0, 1]] output_shape [%m, %n]
        : memref<?xf32> into memref<?x?xf32>
    // becomes
    %0 = memref.reinterpret_cast %a to offset: [0], sizes: [%m, %n],
        strides: [%n, 1] : memref<?xf32> to memref<?x?xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect"];
}

def PackPixels : Pass<"graphc-pack-pixels", "::mlir::func::FuncOp"> {
  let summary = "Copy images whose pixels are too small for tensor cores";
  let description = [{
    The copy engines of GPUs and their tensor cores want 16 bytes that lie side
    by side. Where the channels of a convolution in f16 or bf16 are not a
    multiple of 8, as in the first layer of most models, the image is copied
    with its padding, and with channels added until windows begin at such
    multiples; the depth of the product is then what a window reads of a line of
    the image, and no more a pixel. Windows that do not overlap, as those that
    cut an image into patches, become the rows of a matrix. The result is the
    same sum in another order. Sizes other than the number of images are static.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def PlanMemory : Pass<"graphc-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Place every buffer in one arena and every constant in one blob";
  let description = [{
    `memref.alloc` becomes a view of the arena argument that is added to
    `@main`, at an offset found from the lifetimes of all buffers;
    `memref.get_global` becomes a view of the weights argument. The arena's size
    is left as `kernel.arena_size` on the module, offsets of constants as
    `kernel.offset` on the globals.
  }];
  let dependentDialects = ["::graphc::graph::GraphDialect",
                           "::mlir::memref::MemRefDialect"];
  let statistics = [
    Statistic<"numBuffers", "num-buffers", "Buffers placed">,
    Statistic<"arenaBytes", "arena-bytes", "Bytes of the arena, if static">,
  ];
}

def OutlineKernels : Pass<"graphc-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Make each kernel region a function, equal ones only once";
  let description = [{
    The function takes the operands of the region and holds the region alone.
    Regions that differ in nothing but their name and location share it.
  }];
  let statistics = [
    Statistic<"numShared", "num-shared", "Regions that reuse a function">,
  ];
}

def InstrumentKernels
    : Pass<"graphc-instrument-kernels", "::mlir::ModuleOp"> {
  let summary = "Let a run be watched kernel by kernel";
  let description = [{
    Puts a `kernel.observe` before and behind every call of a kernel in `@main`,
    also inside of loops and branches, and around what computes without being a
    kernel: loops, copies, structured ops. The module gets `kernel.table` with
    one entry each: the symbol and form, nodes, module path and line of the
    model, and the operands with the nodes whose values they are.

    Runs while the functions still hold their regions, from which the costs are
    estimated (see KernelCost.h).
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::graphc::graph::GraphDialect",
    "::graphc::kernel::KernelDialect", "::mlir::memref::MemRefDialect",
  ];
  let statistics = [
    Statistic<"numObserved", "num-observed", "Steps that can be watched">,
  ];
}

#endif // GRAPHC_TRANSFORMS_PASSES_TD
