//===- Passes.td - Passes of the NVPTX target --------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TARGET_NVPTX_PASSES_TD
#define GRAPHC_TARGET_NVPTX_PASSES_TD

include "mlir/Pass/PassBase.td"

def NVPTXExpandGroups
    : Pass<"graphc-nvptx-expand-groups", "::mlir::func::FuncOp"> {
  let summary = "Let consumers of convolutions in groups run over groups, too";
  let description = [{
    What is pointwise behind a `tensor.collapse_shape` that joins the groups of
    a convolution comes to have the loops of the convolution, groups and the
    channels of each, so that it can be part of the convolution's kernel. Copies
    into another order stay: they are kernels of their own, or none where a
    result has that order.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def NVPTXLowerPads : Pass<"graphc-nvptx-lower-pads", "::mlir::func::FuncOp"> {
  let summary = "Turn paddings into pointwise ops";
  let description = [{
    A `tensor.pad` by a constant becomes a `linalg.generic` that selects between
    elements of the source and the constant, so that it is one launch, or part
    of one. Those that windows of convolutions and poolings look through stay:
    they need no copy at all.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def NVPTXFuseUpdates
    : Pass<"graphc-nvptx-fuse-updates", "::mlir::func::FuncOp"> {
  let summary = "Compute in loops of updates what they read";
  let description = [{
    Loops that are marked `graphc.atomic`, such as those of histograms, compute
    the places and values of their updates themselves where nothing else reads
    what elementwise ops make of them, and check each place. That leaves one
    launch, of threads that read the inputs only.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def NVPTXFuseChecks
    : Pass<"graphc-nvptx-fuse-checks", "::mlir::func::FuncOp"> {
  let summary = "Check indices where they are used";
  let description = [{
    A `kernel.check` of a condition on all elements of a tensor, computed by a
    `kernel.region` of its own, moves into the body of a later region that reads
    every one of those elements anyway, such as the gather that they are indices
    of. That leaves one launch of three.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def NVPTXAddWorkspaces
    : Pass<"graphc-nvptx-add-workspaces", "::mlir::func::FuncOp"> {
  let summary = "Give kernels the memory in which their launches meet";
  let description = [{
    A `kernel.region` that reduces few long rows is split over many blocks. It
    gets, as its last input, a buffer for what each part of a row comes to, and
    two attributes that `graphc-nvptx-emit-kernels` reads: `parts`, how many,
    and `workspace`, the position of the buffer among its operands. So does
    attention of few queries and many keys. A `kernel.sort` of rows that several
    blocks share gets a buffer, too.

    Runs on buffers before they are planned, so that workspaces share the arena
    with everything else.
  }];
  // Plans look at how elements would be read.
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::vector::VectorDialect"];
}

def NVPTXEmitKernels
    : Pass<"graphc-nvptx-emit-kernels", "::mlir::func::FuncOp"> {
  let summary = "Lower bufferized kernel regions to launches";
  let description = [{
    Each `kernel.region` and `kernel.sort` is replaced by one or more `gpu.launch` whose bodies
    its form's emitter chooses. The function around it runs on the host; sizes
    of grids are computed there.

    The forms may use what all of `chips` have. What some of them have goes into
    launches of its own, between which the host chooses (`kernel.chip_has`).

    With `allow-tf32`, products and convolutions in f32 round their operands to
    tf32, which has a mantissa of 10 bits and tensor cores, where they match
    what those need; sums stay f32.
  }];
  let options = [
    Option<"chips", "chips", "std::string", "\"sm_80\"",
           "GPUs to make code for, separated by commas">,
    Option<"allowTF32", "allow-tf32", "bool", "false",
           "Round operands of products in f32 to tf32">,
  ];
  let dependentDialects = [
    "::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect",
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::NVVM::NVVMDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect",
  ];
}

def NVPTXLaunchGroups
    : Pass<"graphc-nvptx-launch-groups", "::mlir::func::FuncOp"> {
  let summary = "Compute groups whose sizes are data in one launch";
  let description = [{
    A loop with `graphc.groups` that launches what computes one group becomes
    launches whose blocks find their tiles in all groups, one for each that is in
    the loop. So the host needs no size of a group. A loop in the launch that
    walks over tiles already (`graphc.tiles`) does so for each group; other
    launches get one. A loop that does something else beside, or launches what
    takes from the host what depends on the group, stays.
  }];
  let options = [
    Option<"chips", "chips", "std::string", "\"sm_80\"",
           "GPUs to make code for, separated by commas">,
  ];
  let statistics = [
    Statistic<"numLoops", "num-loops", "Number of loops that became launches">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
  ];
}

def NVPTXLaunchLoops
    : Pass<"graphc-nvptx-launch-loops", "::mlir::func::FuncOp"> {
  let summary = "Run loops outside of kernels on the device";
  let description = [{
    What linalg on buffers no kernel took becomes loops first. A loop over memory
    that is in no launch becomes one: iterations that `graphc.parallel` calls
    independent, of so many loops directly inside of one another, are threads,
    and with `graphc.atomic` what they store is combined by memory, or, if they
    add to few counters, in shared memory first;
    the threads of a block share a loop that carries a sum of what it has seen,
    such as a cumulative sum; any other loop is one thread. Loops that call
    kernels or return values stay on the host.
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::gpu::GPUDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect",
  ];
}

def NVPTXExpandDivisions
    : Pass<"graphc-nvptx-expand-divisions", "::mlir::func::FuncOp"> {
  let summary = "Expand divisions that round to one side";
  let description = [{
    Ceiling and floor divisions become divisions that the backend has. Maxima
    and minima that keep NaN stay, other than in upstream's `arith-expand`: they
    are one instruction.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def NVPTXOutline : Pass<"graphc-nvptx-outline", "::mlir::ModuleOp"> {
  let summary = "Turn the bodies of launches into kernels of a device module";
  let description = [{
    Every `gpu.launch` becomes a `gpu.launch_func` of a kernel in the
    `gpu.module @device`, named after the function that it was in. Constants,
    sizes and views are computed on the device. A kernel takes for a memref its
    aligned pointer and what its type does not say: offset, sizes, strides. The
    pointer is `noalias` where nothing that the kernel writes is in the same
    buffer, and `readonly` where the kernel does not write to it.
  }];
  let dependentDialects = ["::mlir::gpu::GPUDialect",
                           "::mlir::LLVM::LLVMDialect"];
}

def NVPTXCheckChips : Pass<"graphc-nvptx-check-chips", "::mlir::ModuleOp"> {
  let summary = "Refuse what the chips of the target cannot do";
  let description = [{
    For each kernel of the device module and each chip that it is for: nvvm ops,
    inline assembly and intrinsics that the chip has no instruction for, and, at
    its launches, blocks of more threads or shared memory than there can be. A
    kernel whose launch requires a feature is not for chips without it.
  }];
  let options = [Option<"chips", "chips", "std::string", "\"sm_80\"",
                        "GPUs to make code for, sm_80,...">];
}

def NVPTXLowerHost : Pass<"graphc-nvptx-lower-host", "::mlir::ModuleOp"> {
  let summary = "Turn launches and the host's use of device memory into calls";
  let description = [{
    Every function takes the context of the call as its first argument. A launch
    becomes a call of `graphc_rt_gpu_launch` with the position of the kernel in
    the device module, and what `@main` loads from or stores to memrefs other
    than the caller's symbols goes through `graphc_rt_gpu_read` and
    `graphc_rt_gpu_write`.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::memref::MemRefDialect"];
}

def NVPTXLowerDevice
    : Pass<"graphc-nvptx-lower-device", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Lower the kernels of a device module to LLVM";
  let description = [{
    Like upstream's `convert-gpu-to-nvvm`, without its library of device
    functions: math that has no instruction must have been expanded before, and
    is refused by name here.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // GRAPHC_TARGET_NVPTX_PASSES_TD
