// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @philox_has_two_halves(%a: !graph.tensor<i64>) {
  // expected-error @below {{attribute 'half' failed to satisfy constraint}}
  %r = graph.philox %a, %a [] half 2 : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<i64>
  return
}

// -----

func.func @philox_gives_64_bits(%a: !graph.tensor<i64>) {
  // expected-error @below {{result #0 must be tensor of i64}}
  %r = graph.philox %a, %a [] half 0 : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<i32>
  return
}

// -----

func.func @philox_counts_in_i64(%a: !graph.tensor<i64>, %b: !graph.tensor<i32>) {
  // expected-error @below {{operand #1 must be tensor of i64}}
  %r = graph.philox %a, %b [4] half 0 : (!graph.tensor<i64>, !graph.tensor<i32>) -> !graph.tensor<4xi64>
  return
}

// -----

func.func @philox_has_one_seed(%a: !graph.tensor<4xi64>, %b: !graph.tensor<i64>) {
  // expected-error @below {{seed}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.philox %a, %b [4] half 0 : (!graph.tensor<4xi64>, !graph.tensor<i64>) -> !graph.tensor<4xi64>
  return
}
