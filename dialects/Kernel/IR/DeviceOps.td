//===- DeviceOps.td - What the host asks a device ----------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_KERNEL_IR_DEVICEOPS_TD
#define GRAPHC_DIALECTS_KERNEL_IR_DEVICEOPS_TD

include "dialects/Kernel/IR/KernelDialect.td"
include "mlir/Dialect/LLVMIR/LLVMOpBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kernel_ChipFeature : I32EnumAttr<"ChipFeature",
    "what some chips have and others lack", [
    I32EnumAttrCase<"Warpgroups", 0, "warpgroups">,
    I32EnumAttrCase<"BulkCopies", 1, "bulk_copies">,
    I32EnumAttrCase<"Float8", 2, "float8">,
    I32EnumAttrCase<"DependentLaunch", 3, "dependent_launch">]> {
  let cppNamespace = "::graphc::kernel";
}

def Kernel_ChipHasOp : Op<Kernel_Dialect, "chip_has", [Pure]> {
  let summary = "Whether the code that was loaded is for a chip with a feature";
  let description = [{
    The host chooses by it between launches when a module has code for several
    chips. The launch that needs the feature says so (`graphc.requires`), and is
    left out of the code for chips without it.

    Example:

    ```mlir
    %has = kernel.chip_has warpgroups
    ```
  }];
  let arguments = (ins Kernel_ChipFeature:$feature);
  let results = (outs I1:$result);
  let assemblyFormat = "$feature attr-dict";
}

def Kernel_CountersOp : Op<Kernel_Dialect, "counters", [Pure]> {
  let summary = "Words of the device with which blocks count each other";
  let description = [{
    They are zero whenever a launch begins: those that a launch changes it sets
    back before it ends. All launches of a context, which run one after the
    other, share them.

    Example:

    ```mlir
    %counters = kernel.counters : memref<4096xi32>
    ```
  }];
  let results = (outs MemRefOf<[I32]>:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
  let extraClassDeclaration = [{
    /// As many as a context has (GRAPHC_RT_GPU_COUNTERS of the runtime).
    static constexpr int64_t getNumCounters() { return 4096; }
  }];
}

def Kernel_TensorMapOp : Op<Kernel_Dialect, "tensor_map", [
    AttrSizedOperandSegments, Pure]> {
  let summary = "How the copy engine of a device walks over a tensor";
  let description = [{
    The tensor starts at element `offset` of `buffer`. Dimensions are counted
    from the innermost, whose stride is 1; `strides` are those of the others, in
    elements. A copy moves a `box` (elements along each dimension), whose lines
    in shared memory are permuted in groups of `swizzle` bytes (0 for none, 32,
    64, 128). What is outside of the tensor reads as zero and is not written.

    The result is what a launch takes by value, 128 bytes.

    Example: tiles of 128 x 64 of a 512 x 256 matrix.

    ```mlir
    %map = kernel.tensor_map %a[%c0] sizes(%c256, %c512) strides(%c256)
        box [64, 128] swizzle 128 : memref<512x256xbf16>
    ```
  }];
  let arguments = (ins AnyMemRef:$buffer, Index:$offset,
                   Variadic<Index>:$sizes, Variadic<Index>:$strides,
                   DenseI32ArrayAttr:$box, I32Attr:$swizzle);
  let results = (outs LLVM_AnyPointer:$result);
  let assemblyFormat = [{
    $buffer `[` $offset `]` `sizes` `(` $sizes `)` `strides` `(` $strides `)`
    `box` $box `swizzle` $swizzle attr-dict `:` type($buffer) `->` type($result)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Of what the result points to.
    static constexpr int64_t getSizeInBytes() { return 128; }
    static constexpr int64_t getAlignment() { return 64; }
  }];
}

def Kernel_WindowMapOp : Op<Kernel_Dialect, "window_map", [
    AttrSizedOperandSegments, Pure]> {
  let summary = "How the copy engine of a device walks over windows";
  let description = [{
    Like `kernel.tensor_map`, for a tensor whose dimensions are, from the
    innermost: channels, one to three of space, and images. A copy moves
    `channels` of `pixels` pixels in a row, `steps` apart in space, as they are
    visited by the corner of a window that stays between `lower` and the size
    plus `upper` - 1; then the next line, the next image. What it reads is moved
    by an offset that the copy gives, and zero outside of the tensor. So a
    copy brings the operand of a convolution for one element of its kernel.

    Example: 3 x 3 with a padding of 1, for 128 pixels and 64 channels.

    ```mlir
    %map = kernel.window_map %x[%c0] sizes(%c256, %c56, %c56, %c32)
        strides(%c256, %c14336, %c802816) lower [-1, -1] upper [-1, -1]
        steps [1, 1] channels 64 pixels 128 swizzle 128
        : memref<32x56x56x256xf16> -> !llvm.ptr
    ```
  }];
  let arguments = (ins AnyMemRef:$buffer, Index:$offset,
                   Variadic<Index>:$sizes, Variadic<Index>:$strides,
                   DenseI32ArrayAttr:$lower, DenseI32ArrayAttr:$upper,
                   DenseI32ArrayAttr:$steps, I32Attr:$channels,
                   I32Attr:$pixels, I32Attr:$swizzle);
  let results = (outs LLVM_AnyPointer:$result);
  let assemblyFormat = [{
    $buffer `[` $offset `]` `sizes` `(` $sizes `)` `strides` `(` $strides `)`
    `lower` $lower `upper` $upper `steps` $steps `channels` $channels
    `pixels` $pixels `swizzle` $swizzle attr-dict
    `:` type($buffer) `->` type($result)
  }];
  let hasVerifier = 1;
}

#endif // GRAPHC_DIALECTS_KERNEL_IR_DEVICEOPS_TD
