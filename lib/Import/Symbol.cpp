//===- Symbol.cpp - Operators on sizes ------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

static void importSymSize(Call &call) {
  call.result(Item(call.e.size(call.tensor("self"), call.integer("dim"))));
}

static void importSymStride(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  if (dim < e.rank(self))
    call.result(Item(e.type(self).getStride(dim)));
}

static void importSymNumel(Call &call) {
  call.result(Item(call.e.numElements(call.tensor("self"))));
}

static void importDim(Call &call) {
  call.result(Item(call.e.expr(call.e.rank(call.tensor("self")))));
}

static void importSymIsContiguous(Call &call) {
  call.result(Item(call.e.type(call.tensor("self")).isContiguous()));
}

/// A 0-d (or one-element) tensor as a Python number.
static void importItem(Call &call) {
  Emitter &e = call.e;
  Value self = e.reshape(call.tensor("self"), {});
  if (!self)
    return;
  Type type = e.elementType(self);
  if (isBool(type))
    return call.result(Item(TensorBool{self}));
  if (isFloat(type))
    return call.result(Item(SymFloat{Expr(), 1, e.cast(self, e.f64())}));
  if (isComplex(type))
    return (void)e.unsupported("item of a complex tensor");
  // A size that took the way over a tensor.
  if (auto size = self.getDefiningOp<graph::SizeToTensorOp>())
    return call.result(Item(size.getValue()));
  call.result(call.importer.defineItem(call.node, e.cast(self, e.i64())));
}

/// Tells what comes behind an assertion that its two sizes are equal. Within a
/// branch of control flow it says nothing of what comes behind that.
static void assumeAsserted(Emitter &e, Expr condition) {
  Block *block = e.builder.getInsertionBlock();
  if (condition.kind() == graph::ExprKind::Eq && block &&
      isa<func::FuncOp>(block->getParentOp()))
    e.ranges.assumeEqual(condition.operands()[0], condition.operands()[1]);
}

static void emitAssert(Emitter &e, const Item &condition, StringRef message) {
  if (const auto *value = condition.as<bool>()) {
    if (*value)
      return;
    graph::AssertOp::create(e.builder, e.loc, e.expr(0), message);
  } else if (const auto *value = condition.as<SymBool>()) {
    graph::AssertOp::create(e.builder, e.loc, value->value, message);
    assumeAsserted(e, value->value);
  } else if (const auto *value = condition.as<Expr>()) {
    graph::AssertOp::create(e.builder, e.loc, value->ne(e.expr(0)), message);
  } else if (const auto *value = condition.as<TensorBool>()) {
    graph::AssertTensorOp::create(e.builder, e.loc, value->tensor, message);
  } else if (const auto *value = condition.as<TensorRef>()) {
    if (Value tensor = e.reshape(e.toBool((*value)->read()), {}))
      graph::AssertTensorOp::create(e.builder, e.loc, tensor, message);
  } else {
    e.unsupported("an assertion of " + describe(condition));
  }
}

static void importAssert(Call &call) {
  std::string message = call.text("assert_msg");
  if (message.empty())
    message = "assertion failed";
  const Item &condition = call.get("self");
  emitAssert(call.e, condition, message);
  // The functional forms pass a token on.
  if (!call.schema->results.empty())
    call.resultAlias("dep_token");
}

static void importConstrainRange(Call &call) {
  Emitter &e = call.e;
  const auto *value = call.get("size").as<Expr>();
  if (value && !value->isConstant()) {
    for (StringRef bound : {"min", "max"}) {
      if (call.isNone(bound))
        continue;
      Expr limit = call.size(bound);
      Expr condition = bound == "min" ? limit.le(*value) : value->le(limit);
      graph::AssertOp::create(e.builder, e.loc, condition,
                              value->str() + " violates its " + bound.str() +
                                  " of " + limit.str());
    }
  }
  if (!call.schema->results.empty())
    call.resultAlias("dep_token");
}

/// True of a typed program, so checked here and dropped.
static void importAssertMetadata(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor(call.schema->parameters.front().name);
  Type dtype = call.dtype("dtype");
  if (dtype && dtype != e.elementType(self))
    e.fail("shape-mismatch",
           "the tensor is " + getDTypeName(e.elementType(self)) +
               ", the program expects " + getDTypeName(dtype));
  auto check = [&](StringRef name, ArrayRef<Expr> actual) {
    if (call.isNone(name))
      return;
    SmallVector<Expr> expected = call.sizes(name);
    bool agrees = expected.size() == actual.size();
    for (size_t i = 0; agrees && i < actual.size(); ++i)
      agrees = e.ranges.agree(expected[i], actual[i]);
    if (!agrees)
      e.fail("shape-mismatch", "the program expects another " + name.str());
  };
  check("size", e.shape(self));
  if (self)
    check("stride", e.type(self).getStrides());
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._assert_async.default", importAssert},
    {"aten._assert_async.msg", importAssert},
    {"aten._assert_scalar.default", importAssert},
    {"aten._assert_tensor_metadata.default", importAssertMetadata},
    {"aten._functional_assert_async.msg", importAssert},
    {"aten._functional_assert_scalar.default", importAssert},
    {"aten._functional_sym_constrain_range.default", importConstrainRange},
    {"aten._functional_sym_constrain_range_for_size.default", importConstrainRange},
    {"aten._local_scalar_dense.default", importItem},
    {"aten.dim.default", importDim},
    {"aten.item.default", importItem},
    {"aten.numel.default", importSymNumel},
    {"aten.size.int", importSymSize},
    {"aten.sym_constrain_range.default", importConstrainRange},
    {"aten.sym_constrain_range_for_size.default", importConstrainRange},
    {"aten.sym_is_contiguous.default", importSymIsContiguous},
    {"aten.sym_numel.default", importSymNumel},
    {"aten.sym_size.int", importSymSize},
    {"aten.sym_stride.int", importSymStride},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::symbolOverloads() { return table; }
