// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @shapes_do_not_broadcast(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4xf32>) {
  // expected-error @below {{shapes do not broadcast: '!graph.tensor<4x8xf32>' and '!graph.tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.add %a, %b : (!graph.tensor<4x8xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @symbols_do_not_broadcast(%a: !graph.tensor<(s0)xf32>, %b: !graph.tensor<(s1)xf32>) {
  // expected-error @below {{shapes do not broadcast: '!graph.tensor<(s0)xf32>' and '!graph.tensor<(s1)xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.add %a, %b : (!graph.tensor<(s0)xf32>, !graph.tensor<(s1)xf32>) -> !graph.tensor<(s0)xf32>
  return
}

// -----

func.func @third_operand_does_not_broadcast(%a: !graph.tensor<4xf32>, %b: !graph.tensor<1xf32>, %c: !graph.tensor<3xf32>) {
  // expected-error @below {{shapes do not broadcast: '!graph.tensor<4xf32>' and '!graph.tensor<3xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.clamp %a, %b, %c : (!graph.tensor<4xf32>, !graph.tensor<1xf32>, !graph.tensor<3xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @element_types_differ(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf64>) {
  // expected-error @below {{element types differ: '!graph.tensor<4xf32>' and '!graph.tensor<4xf64>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.mul %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf64>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @wrong_result_shape(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // expected-error @below {{inferred type(s) '!graph.tensor<4xf32>' are incompatible with return type(s) of operation '!graph.tensor<5xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.add %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<5xf32>
  return
}

// -----

func.func @wrong_result_element_type(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{inferred type(s) '!graph.tensor<4xi1>' are incompatible with return type(s) of operation '!graph.tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.isnan %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @integers_have_no_sine(%a: !graph.tensor<4xi32>) {
  // expected-error @below {{operand #0 must be tensor of floats or complex numbers, but got '!graph.tensor<4xi32>'}}
  %r = graph.sin %a : (!graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return
}

// -----

func.func @bools_are_not_subtracted(%a: !graph.tensor<4xi1>, %b: !graph.tensor<4xi1>) {
  // expected-error @below {{operand #0 must be tensor of anything but bool, but got '!graph.tensor<4xi1>'}}
  %r = graph.sub %a, %b : (!graph.tensor<4xi1>, !graph.tensor<4xi1>) -> !graph.tensor<4xi1>
  return
}

// -----

func.func @floats_have_no_bits(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // expected-error @below {{operand #0 must be tensor of integers or bool, but got '!graph.tensor<4xf32>'}}
  %r = graph.bitwise_and %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @condition_must_be_bool(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>, %c: !graph.tensor<4xf32>) {
  // expected-error @below {{operand #0 must be tensor of bool, but got '!graph.tensor<4xf32>'}}
  %r = graph.select %a, %b, %c : (!graph.tensor<4xf32>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @branches_of_select_differ(%a: !graph.tensor<4xi1>, %b: !graph.tensor<4xf32>, %c: !graph.tensor<4xf64>) {
  // expected-error @below {{element types differ: '!graph.tensor<4xf32>' and '!graph.tensor<4xf64>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.select %a, %b, %c : (!graph.tensor<4xi1>, !graph.tensor<4xf32>, !graph.tensor<4xf64>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @complex_order(%a: !graph.tensor<4xcomplex<f32>>, %b: !graph.tensor<4xcomplex<f32>>) {
  // expected-error @below {{cannot order complex numbers}}
  %r = graph.compare lt %a, %b : (!graph.tensor<4xcomplex<f32>>, !graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xi1>
  return
}

// -----

func.func @cast_result(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{inferred type(s) '!graph.tensor<4xf64>' are incompatible with return type(s) of operation '!graph.tensor<4xf16>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.cast %a to f64 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf16>
  return
}

// -----

func.func @complex_of_half(%a: !graph.tensor<4xf16>, %b: !graph.tensor<4xf16>) {
  // expected-error @below {{a graph tensor cannot hold elements of type 'complex<f16>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.complex %a, %b : (!graph.tensor<4xf16>, !graph.tensor<4xf16>) -> !graph.tensor<4xf16>
  return
}
