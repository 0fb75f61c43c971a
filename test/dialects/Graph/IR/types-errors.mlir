// RUN: graphc-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{expected one stride per dimension, got 1 for rank 2}}
func.func private @too_few_strides(!graph.tensor<4x8xf32, strides = [1]>)

// -----

// expected-error @below {{a graph tensor cannot hold elements of type 'index'}}
func.func private @element_type(!graph.tensor<4xindex>)

// -----

// expected-error @below {{a graph tensor cannot hold elements of type 'si32'}}
func.func private @signed_element_type(!graph.tensor<4xsi32>)

// -----

// expected-error @below {{a graph tensor cannot hold elements of type 'complex<f16>'}}
func.func private @complex_of_half(!graph.tensor<4xcomplex<f16>>)

// -----

// expected-error @below {{sizes must not be negative, got -1}}
func.func private @negative_size(!graph.tensor<(-1)xf32>)

// -----

// expected-error @below {{a size or stride does not fit into 64 bits}}
func.func private @strides_overflow(!graph.tensor<2x4294967296x4294967296xf32>)

// -----

// expected-error @below {{a size or stride does not fit into 64 bits}}
func.func private @division_by_zero(!graph.tensor<(floordiv(s0, 0))xf32>)

// -----

// expected-error @below {{expected a size expression}}
func.func private @no_expression(!graph.tensor<(s0 +)xf32>)

// -----

// expected-error @below {{'mod' takes two operands}}
func.func private @operand_count(!graph.tensor<(mod(s0))xf32>)

// -----

// expected-error @below {{expected 'strides'}}
func.func private @unknown_parameter(!graph.tensor<4xf32, stride = [1]>)

// -----

// expected-error @below {{expression is nested too deeply}}
func.func private @too_deep(!graph.tensor<(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((s0)))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))xf32>)
