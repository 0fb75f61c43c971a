//===- KernelOps.td - Operations of the kernel dialect -----*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_KERNEL_IR_KERNELOPS_TD
#define GRAPHC_DIALECTS_KERNEL_IR_KERNELOPS_TD

include "dialects/Kernel/IR/KernelDialect.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Kernel_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kernel_Dialect, mnemonic, traits>;

def Kernel_Form : I32EnumAttr<"Form", "what a kernel computes", [
    I32EnumAttrCase<"Pointwise", 0, "pointwise">,
    I32EnumAttrCase<"Row", 1, "row">,
    I32EnumAttrCase<"Contraction", 2, "contraction">,
    I32EnumAttrCase<"Convolution", 3, "convolution">,
    I32EnumAttrCase<"Attention", 4, "attention">,
    I32EnumAttrCase<"Generic", 5, "generic">]> {
  let cppNamespace = "::graphc::kernel";
}

def Kernel_RegionOp : Kernel_Op<"region", [
    AttrSizedOperandSegments, DestinationStyleOpInterface, IsolatedFromAbove,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "One fused computation";
  let description = [{
    The body says on tensors what is computed, in linalg, tensor and arith ops;
    nothing in it says how. Block arguments are the inputs, then the inits, as
    tensors, whether the operands are tensors or, after bufferization, memrefs
    of the same shape and element type. Inputs that are no tensors (sizes) keep
    their type. The body yields one value per init.

    | form | root | fused into it |
    |---|---|---|
    | `pointwise` | a parallel `linalg.generic` | its producers and siblings |
    | `row` | reductions along the trailing dims | pointwise ops before, between and after |
    | `contraction` | a multiply-add over two operands | pointwise consumers |
    | `convolution` | a multiply-add over windows | pointwise consumers |
    | `attention` | scores, softmax, values | masks and scales |
    | `generic` | anything else | nothing |

    `graphc-form-kernels` makes these ops, a target's emission pass consumes
    them; none is left in the LLVM dialect.

    Example:

    ```mlir
    %r = kernel.region "relu" pointwise
        ins(%x : tensor<8xf32>) outs(%init : tensor<8xf32>) -> tensor<8xf32> {
    ^bb0(%a: tensor<8xf32>, %o: tensor<8xf32>):
      %0 = linalg.generic ... ins(%a) outs(%o) ...
      kernel.yield %0 : tensor<8xf32>
    }
    ```
  }];
  let arguments = (ins
    StrAttr:$kernel_name, Kernel_Form:$form,
    Variadic<AnyType>:$inputs, Variadic<AnyType>:$inits,
    OptionalAttr<DictionaryAttr>:$schedule);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $kernel_name $form
    (`ins` `(` $inputs^ `:` type($inputs) `)`)?
    (`outs` `(` $inits^ `:` type($inits) `)`)?
    (`->` type($results)^)? attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return getInitsMutable();
    }
    /// The block argument that stands for operand `index`.
    ::mlir::BlockArgument getBlockArgument(unsigned index) {
      return getBody().getArgument(index);
    }
    /// The values that the body yields, one per init.
    ::mlir::OperandRange getYieldedValues();
    /// True when the operands are memrefs.
    bool isBufferized() { return getNumResults() == 0 && !getInits().empty(); }
  }];
}

def Kernel_YieldOp : Kernel_Op<"yield", [
    Pure, Terminator, ReturnLike, HasParent<"RegionOp">]> {
  let summary = "The results of a kernel";
  let description = [{
    One value per init of the enclosing `kernel.region`.
  }];
  let arguments = (ins Variadic<AnyType>:$values);
  let builders = [
    OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>
  ];
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

def Kernel_SortOp : Kernel_Op<"sort", [
    DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "The first elements of sorted rows";
  let description = [{
    Sorts each row of a matrix, stably, and gives as many of the first elements
    as a row of the inits has, with the places where they were. NaN counts as
    largest, zeros of both signs as equal. Elements of `is_unsigned` have no
    sign.

    `convert-graph-to-linalg` makes these ops for devices, where the threads of
    many blocks share a row. `graphc-nvptx-add-workspaces` may add a buffer in
    which they meet, `graphc-nvptx-emit-kernels` consumes the op.

    Example: the 2 largest of each row.

    ```mlir
    %r:2 = kernel.sort descending %x outs(%values, %indices)
        : tensor<4x8xf32>, tensor<4x2xf32>, tensor<4x2xi64>
        -> tensor<4x2xf32>, tensor<4x2xi64>
    ```
  }];
  let arguments = (ins AnyShaped:$input, AnyShaped:$values, AnyShaped:$indices,
                   Optional<AnyMemRef>:$workspace, UnitAttr:$descending,
                   UnitAttr:$is_unsigned);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    (`descending` $descending^)? (`unsigned` $is_unsigned^)? $input
    `outs` `(` $values `,` $indices `)` (`workspace` `(` $workspace^ `:` type($workspace) `)`)?
    attr-dict `:` type($input) `,` type($values) `,` type($indices)
    (`->` type($results)^)?
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return ::mlir::MutableOperandRange(getOperation(), 1, 2);
    }
  }];
}

def Kernel_CheckOp : Kernel_Op<"check"> {
  let summary = "A condition that must hold at run time";
  let description = [{
    When the condition is false, the call ends with the position of `message` in
    the module's table of messages as its status; what it has written by then is
    undefined. Code behind a check may still run and must stay within bounds, so
    indices are clamped beside it. One that was `moved` is made later than the
    program says, and does not hide what another one has told.

    Example:

    ```mlir
    kernel.check %inside, "index out of range"
    kernel.check %inside, "index out of range" moved
    ```
  }];
  let arguments = (ins I1:$condition, StrAttr:$message, UnitAttr:$moved);
  let assemblyFormat = "$condition `,` $message (`moved` $moved^)? attr-dict";
}

def Kernel_DefineSymbolOp : Kernel_Op<"define_symbol"> {
  let summary = "The value of a size that depends on data";
  let description = [{
    Made by `convert-graph-to-linalg` where an op of the graph defines the
    symbol. `graphc-plan-memory` turns it into a store to the caller's array of
    symbols, from which the shapes of outputs follow after the call.

    Example:

    ```mlir
    kernel.define_symbol %count, "u0"
    ```
  }];
  let arguments = (ins Index:$value, StrAttr:$symbol);
  let assemblyFormat = "$value `,` $symbol attr-dict";
}

def Kernel_ObserveOp : Kernel_Op<"observe"> {
  let summary = "Where a run can be watched";
  let description = [{
    Kernel `kernel` of the module's table (`kernel.table`) is about to run, or,
    with `done`, has run. `buffers` are those of its operands that are memrefs;
    `bytes` and `flops` are estimates for this call, -1 where they are not
    known.

    `graphc-instrument-kernels` makes these ops in `@main`; a target lowers them
    to a call of the runtime.

    Example:

    ```mlir
    kernel.observe 3 bytes %b flops %f on %x, %y : memref<8xf32>, memref<8xf32>
    func.call @kernel_relu(%x, %y) : (memref<8xf32>, memref<8xf32>) -> ()
    kernel.observe 3 done bytes %b flops %f on %x, %y
        : memref<8xf32>, memref<8xf32>
    ```
  }];
  let arguments = (ins I64Attr:$kernel, UnitAttr:$done, Index:$bytes,
                   Index:$flops, Variadic<AnyMemRef>:$buffers);
  let assemblyFormat = [{
    $kernel (`done` $done^)? `bytes` $bytes `flops` $flops
    (`on` $buffers^ `:` type($buffers))? attr-dict
  }];
}

#endif // GRAPHC_DIALECTS_KERNEL_IR_KERNELOPS_TD
