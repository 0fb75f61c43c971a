// RUN: graphc-opt %s --split-input-file --verify-diagnostics --graphc-bind-boundary

// expected-error @below {{has an argument of type '!graph.tensor<4xf32>': graphc-bind-boundary takes builtin tensors, which convert-graph-to-linalg makes}}
func.func @main(%a: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  return %a : !graph.tensor<4xf32>
}

// -----

// expected-error @below {{has a result of type 'index': graphc-bind-boundary takes builtin tensors}}
func.func @main(%n: index) -> index {
  return %n : index
}

// -----

// expected-error @below {{must have one block to bind its boundary}}
func.func private @main(tensor<4xf32>) -> tensor<4xf32>

// -----

module attributes {graph.signature = {model = "m", symbols = [], inputs = [{name = "x", role = "user", kind = "tensor", argument = 1 : i64, type = !graph.tensor<4xf32>}], outputs = [], mutations = [], constraints = []}} {
  // expected-error @below {{takes or returns less than the signature says}}
  func.func @main(%a: tensor<4xf32>) {
    return
  }
}
