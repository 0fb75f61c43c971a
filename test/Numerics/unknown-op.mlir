// RUN: graphc-opt %s --verify-numerics --canonicalize -o /dev/null 2>&1 | FileCheck %s

// CHECK: numerics: 0 runs of passes keep what the program computes; 1 could not be checked: op 'tensor.rank' is not known to the interpreter
func.func @main(%x: tensor<*xf32>, %y: tensor<4xf32>) -> index {
  %0 = tensor.rank %x : tensor<*xf32>
  %1 = arith.constant 1 : index
  %2 = arith.addi %1, %1 : index
  %3 = arith.addi %0, %2 : index
  return %3 : index
}
