//===- GraphBase.td - What all ops share -------------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_GRAPHBASE_TD
#define GRAPHC_DIALECTS_GRAPH_IR_GRAPHBASE_TD

include "dialects/Graph/IR/GraphAttrs.td"
include "dialects/Graph/IR/GraphTypes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Graph_Op<string mnemonic, list<Trait> traits = []>
    : Op<Graph_Dialect, mnemonic, traits>;

/// An op whose result types follow from its operands and attributes. The class
/// has `inferReturnTypes(context, location, adaptor, types)`, which is also
/// where rules between operands and attributes are checked, so that building
/// with tryBuild and verifying say the same.
class Graph_InferredOp<string mnemonic, list<Trait> traits = []>
    : Graph_Op<mnemonic, traits # [InferTypeOpAdaptorWithIsCompatible]> {
  /// More C++ definitions of the op.
  code extraDefinition = "";
  let extraClassDefinition = [{
    bool $cppClass::isCompatibleReturnTypes(::mlir::TypeRange inferred,
                                            ::mlir::TypeRange actual) {
      return ::graphc::graph::areCompatible(inferred, actual);
    }
  }] # extraDefinition;
}

/// The op computes each element of its result from the elements of its
/// (broadcast) operands at the same place.
def Graph_Elementwise : NativeOpTrait<"ElementwiseTrait"> {
  let cppNamespace = "::graphc::graph";
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_GRAPHBASE_TD
