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
    I32EnumAttrCase<"Float8", 2, "float8">]> {
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

#endif // GRAPHC_DIALECTS_KERNEL_IR_DEVICEOPS_TD
