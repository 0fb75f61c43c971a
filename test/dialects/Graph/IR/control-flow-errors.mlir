// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @predicate_of_vector(%p: !graph.tensor<4xi1>) {
  // expected-error @below {{predicate must have rank 0, got '!graph.tensor<4xi1>'}}
  graph.cond %p then {
  } else {
  } : (!graph.tensor<4xi1>) -> ()
  return
}

// -----

func.func @branch_yields_another_type(%p: !graph.tensor<i1>, %a: !graph.tensor<4xf32>, %b: !graph.tensor<5xf32>) {
  // expected-error @below {{yields ('!graph.tensor<5xf32>') from 'else', expected ('!graph.tensor<4xf32>')}}
  %r = graph.cond %p then {
    graph.yield %a : !graph.tensor<4xf32>
  } else {
    graph.yield %b : !graph.tensor<5xf32>
  } : (!graph.tensor<i1>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @branch_takes_an_argument(%p: !graph.tensor<i1>) {
  // expected-error @below {{'then' takes ('!graph.tensor<f32>'), expected ()}}
  graph.cond %p then {
  ^bb0(%a: !graph.tensor<f32>):
  } else {
  } : (!graph.tensor<i1>) -> ()
  return
}

// -----

func.func @results_are_not_the_carried(%i: !graph.tensor<i64>, %p: !graph.tensor<i1>) {
  // expected-error @below {{results ('!graph.tensor<f32>') are not the carried ('!graph.tensor<i64>')}}
  %r = graph.while %i cond {
  ^bb0(%c: !graph.tensor<i64>):
    graph.yield %p : !graph.tensor<i1>
  } body {
  ^bb0(%c: !graph.tensor<i64>):
    graph.yield %c : !graph.tensor<i64>
  } : (!graph.tensor<i64>) -> !graph.tensor<f32>
  return
}

// -----

func.func @condition_is_no_bool(%i: !graph.tensor<i64>) {
  // expected-error @below {{yields ('!graph.tensor<i64>') from 'cond', expected ('!graph.tensor<i1>')}}
  %r = graph.while %i cond {
  ^bb0(%c: !graph.tensor<i64>):
    graph.yield %c : !graph.tensor<i64>
  } body {
  ^bb0(%c: !graph.tensor<i64>):
    graph.yield %c : !graph.tensor<i64>
  } : (!graph.tensor<i64>) -> !graph.tensor<i64>
  return
}

// -----

func.func @body_without_argument(%i: !graph.tensor<i64>, %p: !graph.tensor<i1>) {
  // expected-error @below {{'body' takes (), expected ('!graph.tensor<i64>')}}
  %r = graph.while %i cond {
  ^bb0(%c: !graph.tensor<i64>):
    graph.yield %p : !graph.tensor<i1>
  } body {
    graph.yield %i : !graph.tensor<i64>
  } : (!graph.tensor<i64>) -> !graph.tensor<i64>
  return
}

// -----

func.func @body_yields_another_type(%i: !graph.tensor<i64>, %p: !graph.tensor<i1>) {
  // expected-error @below {{yields ('!graph.tensor<i1>') from 'body', expected ('!graph.tensor<i64>')}}
  %r = graph.while %i cond {
  ^bb0(%c: !graph.tensor<i64>):
    graph.yield %p : !graph.tensor<i1>
  } body {
  ^bb0(%c: !graph.tensor<i64>):
    graph.yield %p : !graph.tensor<i1>
  } : (!graph.tensor<i64>) -> !graph.tensor<i64>
  return
}

// -----

func.func @yield_outside(%i: !graph.tensor<i64>) {
  // expected-error @below {{expects parent op to be one of 'graph.cond, graph.while'}}
  graph.yield %i : !graph.tensor<i64>
}
