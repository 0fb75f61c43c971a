//===- ExprSyntax.cpp - Text of symbolic sizes ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Graph.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace graphc::graph;

static constexpr unsigned maxDepth = 200;

static StringRef getFunctionName(ExprKind kind) {
  switch (kind) {
  case ExprKind::FloorDiv:
    return "floordiv";
  case ExprKind::Max:
    return "max";
  case ExprKind::Min:
    return "min";
  case ExprKind::Eq:
    return "eq";
  case ExprKind::Le:
    return "le";
  default:
    return "invalid";
  }
}

static bool isFunctionName(StringRef name) {
  return llvm::StringSwitch<bool>(name)
      .Cases({"floordiv", "ceildiv", "mod", "max", "min"}, true)
      .Cases({"eq", "ne", "le", "lt", "invalid"}, true)
      .Default(false);
}

static void printName(raw_ostream &os, StringRef name) {
  bool isIdentifier =
      !name.empty() && (llvm::isAlpha(name[0]) || name[0] == '_') &&
      llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_'; });
  if (isIdentifier && !isFunctionName(name)) {
    os << name;
    return;
  }
  os << '"';
  llvm::printEscapedString(name, os);
  os << '"';
}

/// `3*s0*s1`. A coefficient of -1 is a bare minus.
static void printProduct(raw_ostream &os, ArrayRef<Expr> factors) {
  if (factors.front() == -1) {
    os << '-';
    factors = factors.drop_front();
  }
  llvm::interleave(factors, os, "*");
}

/// The coefficient is negative, so a sum can spell it as a subtraction.
static bool isNegative(Expr term) {
  if (term.kind() == ExprKind::Product)
    term = term.operands().front();
  return term.getConstant().value_or(0) < 0;
}

static void printSum(raw_ostream &os, ArrayRef<Expr> terms) {
  os << terms.front();
  for (Expr term : terms.drop_front()) {
    Expr negated = -term;
    if (isNegative(term) && !negated.isInvalid())
      os << " - " << negated;
    else
      os << " + " << term;
  }
}

void Expr::print(raw_ostream &os) const {
  switch (kind()) {
  case ExprKind::Constant:
    os << *getConstant();
    return;
  case ExprKind::Symbol:
    return printName(os, getName());
  case ExprKind::Sum:
    return printSum(os, operands());
  case ExprKind::Product:
    return printProduct(os, operands());
  default:
    os << getFunctionName(kind()) << '(';
    llvm::interleaveComma(operands(), os);
    os << ')';
  }
}

std::string Expr::str() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(os);
  return text;
}

//===----------------------------------------------------------------------===//
// Parsing: sum := product (('+' | '-') product)*
//          product := unary ('*' unary)*
//          unary := '-' unary | integer | name | '(' sum ')' | f '(' sums ')'
//===----------------------------------------------------------------------===//

namespace {
class ExprParser {
public:
  explicit ExprParser(AsmParser &parser) : parser(parser) {}

  FailureOr<Expr> parseSum() {
    FailureOr<Expr> result = parseProduct();
    while (succeeded(result)) {
      bool isPlus = succeeded(parser.parseOptionalPlus());
      if (!isPlus && failed(parser.parseOptionalMinus()))
        return result;
      FailureOr<Expr> next = parseProduct();
      if (failed(next))
        return failure();
      result = isPlus ? *result + *next : *result - *next;
    }
    return result;
  }

private:
  FailureOr<Expr> parseProduct() {
    FailureOr<Expr> result = parseUnary();
    while (succeeded(result) && succeeded(parser.parseOptionalStar())) {
      FailureOr<Expr> next = parseUnary();
      if (failed(next))
        return failure();
      result = *result * *next;
    }
    return result;
  }

  FailureOr<Expr> parseUnary() {
    SMLoc loc = parser.getCurrentLocation();
    if (++depth > maxDepth)
      return parser.emitError(loc, "expression is nested too deeply");
    FailureOr<Expr> result = parseUnaryUnchecked(loc);
    --depth;
    return result;
  }

  FailureOr<Expr> parseUnaryUnchecked(SMLoc loc) {
    MLIRContext *context = parser.getContext();
    if (succeeded(parser.parseOptionalMinus())) {
      FailureOr<Expr> operand = parseUnary();
      if (failed(operand))
        return failure();
      return -*operand;
    }
    if (succeeded(parser.parseOptionalLParen())) {
      FailureOr<Expr> inner = parseSum();
      if (failed(inner) || parser.parseRParen())
        return failure();
      return inner;
    }
    int64_t value = 0;
    OptionalParseResult integer = parser.parseOptionalInteger(value);
    if (integer.has_value()) {
      if (failed(*integer))
        return failure();
      return Expr::constant(context, value);
    }
    std::string quoted;
    if (succeeded(parser.parseOptionalString(&quoted)))
      return Expr::symbol(context, quoted);
    StringRef name;
    if (failed(parser.parseOptionalKeyword(&name)))
      return parser.emitError(loc, "expected a size expression");
    if (!isFunctionName(name))
      return Expr::symbol(context, name);
    return parseCall(loc, name);
  }

  FailureOr<Expr> parseCall(SMLoc loc, StringRef name) {
    SmallVector<Expr> args;
    auto parseArg = [&]() -> ParseResult {
      FailureOr<Expr> arg = parseSum();
      if (failed(arg))
        return failure();
      args.push_back(*arg);
      return success();
    };
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseArg))
      return failure();
    if (name == "invalid")
      return Expr::invalid(parser.getContext());
    bool isNary = name == "max" || name == "min";
    if (args.size() < 2 || (!isNary && args.size() != 2))
      return parser.emitError(loc) << "'" << name << "' takes two operands";
    Expr result = args.front();
    for (Expr arg : ArrayRef<Expr>(args).drop_front())
      result = llvm::StringSwitch<llvm::function_ref<Expr()>>(name)
                   .Case("floordiv", [&] { return result.floorDiv(arg); })
                   .Case("ceildiv", [&] { return result.ceilDiv(arg); })
                   .Case("mod", [&] { return result.mod(arg); })
                   .Case("max", [&] { return result.max(arg); })
                   .Case("min", [&] { return result.min(arg); })
                   .Case("eq", [&] { return result.eq(arg); })
                   .Case("ne", [&] { return result.ne(arg); })
                   .Case("le", [&] { return result.le(arg); })
                   .Default([&] { return result.lt(arg); })();
    return result;
  }

  AsmParser &parser;
  unsigned depth = 0;
};
} // namespace

FailureOr<Expr> Expr::parse(AsmParser &parser) {
  return ExprParser(parser).parseSum();
}

Expr Expr::parse(StringRef text, MLIRContext *context) {
  Attribute attr = parseAttribute(("#graph.expr<" + text + ">").str(), context);
  auto expr = dyn_cast_or_null<ExprAttr>(attr);
  return expr ? Expr(expr) : Expr();
}

Attribute ExprAttr::parse(AsmParser &parser, Type) {
  if (parser.parseLess())
    return {};
  FailureOr<Expr> expr = Expr::parse(parser);
  if (failed(expr) || parser.parseGreater())
    return {};
  return expr->getAttr();
}

void ExprAttr::print(AsmPrinter &printer) const {
  printer << '<';
  Expr(*this).print(printer.getStream());
  printer << '>';
}

ParseResult graphc::graph::parseExprs(AsmParser &parser,
                                      SmallVectorImpl<Expr> &exprs) {
  return parser.parseCommaSeparatedList(
      AsmParser::Delimiter::Square, [&]() -> ParseResult {
        FailureOr<Expr> expr = Expr::parse(parser);
        if (failed(expr))
          return failure();
        exprs.push_back(*expr);
        return success();
      });
}

void graphc::graph::printExprs(AsmPrinter &printer, ArrayRef<Expr> exprs) {
  printer << '[';
  llvm::interleaveComma(exprs, printer.getStream());
  printer << ']';
}

Attribute ExprArrayAttr::parse(AsmParser &parser, Type) {
  SmallVector<Expr> exprs;
  if (parser.parseLess() || parseExprs(parser, exprs) || parser.parseGreater())
    return {};
  return get(parser.getContext(), exprs);
}

void ExprArrayAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printExprs(printer, getValue());
  printer << '>';
}
