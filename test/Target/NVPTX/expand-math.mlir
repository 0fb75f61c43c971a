// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-expand-math{bfloat=true approximations=true},canonicalize))' | FileCheck %s

// What rounding takes off the exponent is a factor besides.
// CHECK-LABEL: func @exp
// CHECK: arith.minimumf
// CHECK: arith.maximumf
// CHECK: %[[EXPONENT:.*]] = arith.mulf
// CHECK: math.fma
// CHECK: %[[ERROR:.*]] = math.fma
// CHECK: %[[POWER:.*]] = math.exp2 %[[EXPONENT]] fastmath<afn>
// CHECK-NOT: math.exp2
// CHECK: %[[FACTOR:.*]] = math.fma %[[ERROR]]
// CHECK: arith.mulf %[[POWER]], %[[FACTOR]]
// CHECK-NEXT: return
func.func @exp(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  return %0 : f32
}

// CHECK-LABEL: func @tanh
// CHECK: math.exp2 %{{.*}} fastmath<afn>
// CHECK: arith.divf %{{.*}} fastmath<arcp,afn>
// CHECK: math.copysign
func.func @tanh(%x: f32) -> f32 {
  %0 = math.tanh %x : f32
  return %0 : f32
}

// 1 + tanh(1.5 x) = 1 / (1/2 + 2^(-3 log2(e) x - 1)).
// CHECK-LABEL: func @one_plus_tanh
// CHECK-DAG: %[[FACTOR:.*]] = arith.constant dense<-4.32{{.*}}> : vector<2xf32>
// CHECK-DAG: %[[MINUS:.*]] = arith.constant dense<-1.0{{.*}}> : vector<2xf32>
// CHECK: %[[LOG:.*]] = math.fma %arg0, %[[FACTOR]], %[[MINUS]]
// CHECK: %[[POWER:.*]] = math.exp2 %[[LOG]] fastmath<afn>
// CHECK: %[[SUM:.*]] = arith.addf %[[POWER]]
// CHECK: %[[RESULT:.*]] = arith.divf %{{.*}}, %[[SUM]] fastmath<arcp,afn>
// CHECK: return %[[RESULT]]
func.func @one_plus_tanh(%x: vector<2xf32>) -> vector<2xf32> {
  %factor = arith.constant dense<1.5> : vector<2xf32>
  %one = arith.constant dense<1.0> : vector<2xf32>
  %product = arith.mulf %x, %factor : vector<2xf32>
  %0 = math.tanh %product : vector<2xf32>
  %1 = arith.addf %0, %one : vector<2xf32>
  return %1 : vector<2xf32>
}

// Doubles, and divisions of the program, are exact; so are casts, which the chip
// has.
// CHECK-LABEL: func @exact
// CHECK-NOT: afn
// CHECK: arith.divf %arg1, %arg2 : f32
// CHECK: arith.truncf %{{.*}} : f32 to bf16
// CHECK-NOT: afn
// CHECK: return
func.func @exact(%x: f64, %y: f32, %z: f32) -> (f64, bf16) {
  %0 = math.exp %x : f64
  %1 = arith.divf %y, %z : f32
  %2 = arith.truncf %1 : f32 to bf16
  return %0, %2 : f64, bf16
}
