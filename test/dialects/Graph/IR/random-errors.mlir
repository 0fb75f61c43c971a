// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @philox_has_four_words(%a: !graph.tensor<i64>) {
  // expected-error @below {{attribute 'word' failed to satisfy constraint}}
  %r = graph.philox %a, %a [] word 4 : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<i32>
  return
}

// -----

func.func @philox_gives_words_of_32_bits(%a: !graph.tensor<i64>) {
  // expected-error @below {{inferred type(s) '!graph.tensor<i32>' are incompatible with return type(s) of operation '!graph.tensor<i64>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.philox %a, %a [] word 0 : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<i64>
  return
}

// -----

func.func @philox_counts_in_i64(%a: !graph.tensor<i64>, %b: !graph.tensor<i32>) {
  // expected-error @below {{operand #1 must be tensor of i64}}
  %r = graph.philox %a, %b [4] word 0 : (!graph.tensor<i64>, !graph.tensor<i32>) -> !graph.tensor<4xi32>
  return
}

// -----

func.func @philox_has_one_seed(%a: !graph.tensor<4xi64>, %b: !graph.tensor<i64>) {
  // expected-error @below {{seed}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.philox %a, %b [4] word 0 : (!graph.tensor<4xi64>, !graph.tensor<i64>) -> !graph.tensor<4xi32>
  return
}
