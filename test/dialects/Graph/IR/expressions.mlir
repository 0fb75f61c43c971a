// RUN: graphc-opt %s | FileCheck %s

// Expressions are kept in normal form, which is what is printed.

// CHECK-LABEL: func.func private @commutes(
// CHECK-SAME: value = #graph.expr<s0 + s1>
func.func private @commutes() attributes {value = #graph.expr<s1 + s0>}

// CHECK-LABEL: func.func private @collects(
// CHECK-SAME: value = #graph.expr<4>
func.func private @collects() attributes {value = #graph.expr<s0 + s0*2 - 3*s0 + 4>}

// CHECK-LABEL: func.func private @distributes(
// CHECK-SAME: value = #graph.expr<s0*s0 - 1>
func.func private @distributes() attributes {value = #graph.expr<(s0 + 1)*(s0 - 1)>}

// CHECK-LABEL: func.func private @negates(
// CHECK-SAME: value = #graph.expr<-s0 + 1>
func.func private @negates() attributes {value = #graph.expr<1 - s0>}

// CHECK-LABEL: func.func private @keeps_numeric_order(
// CHECK-SAME: value = #graph.expr<s2 + s10>
func.func private @keeps_numeric_order() attributes {value = #graph.expr<s10 + s2>}

// CHECK-LABEL: func.func private @divides_exactly(
// CHECK-SAME: value = #graph.expr<3*s0>
func.func private @divides_exactly() attributes {value = #graph.expr<floordiv(6*s0, 2)>}

// CHECK-LABEL: func.func private @divides_polynomials(
// CHECK-SAME: value = #graph.expr<s1>
func.func private @divides_polynomials() attributes {value = #graph.expr<floordiv(s0*s1 + s1, s0 + 1)>}

// CHECK-LABEL: func.func private @splits_quotients(
// CHECK-SAME: value = #graph.expr<s0 + 2>
func.func private @splits_quotients() attributes {value = #graph.expr<floordiv(2*s0 + 5, 2)>}

// CHECK-LABEL: func.func private @reduces_quotients(
// CHECK-SAME: value = #graph.expr<s0 + floordiv(s0 + 1, 2)>
func.func private @reduces_quotients() attributes {value = #graph.expr<floordiv(6*s0 + 3, 4)>}

// CHECK-LABEL: func.func private @nests_quotients(
// CHECK-SAME: value = #graph.expr<floordiv(s0, 6)>
func.func private @nests_quotients() attributes {value = #graph.expr<floordiv(floordiv(s0, 2), 3)>}

// CHECK-LABEL: func.func private @keeps_a_quotient(
// CHECK-SAME: value = #graph.expr<floordiv(s0 + 1, 2)>
func.func private @keeps_a_quotient() attributes {value = #graph.expr<floordiv(s0 + 1, 2)>}

// CHECK-LABEL: func.func private @divides_by_symbols(
// CHECK-SAME: value = #graph.expr<s0 + floordiv(3, s1)>
func.func private @divides_by_symbols() attributes {value = #graph.expr<floordiv(s0*s1 + 3, s1)>}

// CHECK-LABEL: func.func private @rounds_upwards(
// CHECK-SAME: value = #graph.expr<floordiv(s0 + 3, 4)>
func.func private @rounds_upwards() attributes {value = #graph.expr<ceildiv(s0, 4)>}

// CHECK-LABEL: func.func private @negated_quotients(
// CHECK-SAME: value = #graph.expr<floordiv(s0 + 1, 2)>
func.func private @negated_quotients() attributes {value = #graph.expr<-floordiv(-s0, 2)>}

// CHECK-LABEL: func.func private @floors_negative_constants(
// CHECK-SAME: value = #graph.expr<6>
func.func private @floors_negative_constants() attributes {value = #graph.expr<floordiv(-7, 2) + 10>}

// CHECK-LABEL: func.func private @remainders_of_multiples(
// CHECK-SAME: value = #graph.expr<3>
func.func private @remainders_of_multiples() attributes {value = #graph.expr<mod(4*s0 + 7, 4)>}

// CHECK-LABEL: func.func private @remainders(
// CHECK-SAME: value = #graph.expr<s0 - 2*floordiv(s0, 2)>
func.func private @remainders() attributes {value = #graph.expr<mod(s0, 2)>}

// CHECK-LABEL: func.func private @remainder_has_the_sign_of_the_divisor(
// CHECK-SAME: value = #graph.expr<1>
func.func private @remainder_has_the_sign_of_the_divisor() attributes {value = #graph.expr<mod(-7, 4)>}

// CHECK-LABEL: func.func private @folds_maxima(
// CHECK-SAME: value = #graph.expr<s0 + 1>
func.func private @folds_maxima() attributes {value = #graph.expr<max(s0, s0 + 1)>}

// CHECK-LABEL: func.func private @flattens_maxima(
// CHECK-SAME: value = #graph.expr<max(4, s0)>
func.func private @flattens_maxima() attributes {value = #graph.expr<max(4, max(s0, 3))>}

// CHECK-LABEL: func.func private @minima(
// CHECK-SAME: value = #graph.expr<min(s0, s0 - s1)>
func.func private @minima() attributes {value = #graph.expr<min(s0, s0 - s1, s0)>}

// CHECK-LABEL: func.func private @comparisons(
// CHECK-SAME: value = #graph.expr<eq(s0, s1)>
func.func private @comparisons() attributes {value = #graph.expr<eq(2*s0, 2*s1)>}

// CHECK-LABEL: func.func private @comparisons_fold(
// CHECK-SAME: value = #graph.expr<2>
func.func private @comparisons_fold() attributes {value = #graph.expr<le(s0, s0 + 1) + lt(s0, s0) + ne(2*s0, 3)>}

// CHECK-LABEL: func.func private @comparisons_round(
// CHECK-SAME: value = #graph.expr<le(s0, 3)>
func.func private @comparisons_round() attributes {value = #graph.expr<le(2*s0, 7)>}

// CHECK-LABEL: func.func private @booleans_are_idempotent(
// CHECK-SAME: value = #graph.expr<le(s0, 4)>
func.func private @booleans_are_idempotent() attributes {value = #graph.expr<le(s0, 4)*le(s0, 4)>}

// CHECK-LABEL: func.func private @quotes_names(
// CHECK-SAME: value = #graph.expr<"a b" + "max">
func.func private @quotes_names() attributes {value = #graph.expr<"a b" + "max">}

// CHECK-LABEL: func.func private @coefficients(
// CHECK-SAME: value = #graph.expr<-2*s0*s0*s1 + 3*s0>
func.func private @coefficients() attributes {value = #graph.expr<-2*s0*s0*s1 + 3*s0>}
