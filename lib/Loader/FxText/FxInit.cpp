//===- FxInit.cpp - Attributes of repro scripts ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxText/FxScript.h"

#include "Storage.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

using namespace graphc;
using namespace graphc::loader;

using Kind = FxExpr::Kind;

namespace {
/// Reads `tensor([[1., 2.], [3., 4.]], dtype=torch.float16)`.
class TensorReader {
public:
  std::optional<Constant> read(const FxExpr &call);
  bool isRounded = false;

private:
  bool readShape(const FxExpr &data);
  bool readItems(const FxExpr &data, std::size_t level);
  bool readNumber(const FxExpr &expr, bool negative);
  bool readScalar(const FxExpr &expr);
  bool readComplex(const FxExpr &expr);
  void append(double value);

  Constant constant;
  std::vector<double> reals;
  std::vector<std::int64_t> integers;
  std::vector<double> imaginaries; ///< Empty, or one per element.
  bool hasFloat = false, hasInt = false, hasBool = false;
};

constexpr std::size_t maxRank = 64;

bool TensorReader::readShape(const FxExpr &data) {
  const FxExpr *at = &data;
  while (at->kind == Kind::List) {
    constant.shape.push_back(std::int64_t(at->operands.size()));
    if (at->operands.empty() || constant.shape.size() > maxRank)
      return constant.shape.size() <= maxRank;
    at = &at->operands[0];
  }
  return true;
}

bool TensorReader::readNumber(const FxExpr &expr, bool negative) {
  std::string_view digits = expr.text;
  const char *end = digits.data() + digits.size();
  if (digits.find_first_of(".eE") == digits.npos) {
    std::int64_t value = 0;
    std::string text = (negative ? "-" : "") + expr.text;
    auto [stop, error] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size())
      return false;
    hasInt = true;
    integers.push_back(value);
    reals.push_back(double(value));
    return true;
  }
  double value = 0;
  auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end)
    return false;
  // torch prints four digits behind the point.
  std::size_t point = digits.find('.');
  std::size_t fraction = digits.find_first_of("eE") - point;
  isRounded |=
      point != digits.npos && std::min(fraction, digits.size() - point) > 4;
  append(negative ? -value : value);
  return true;
}

void TensorReader::append(double value) {
  hasFloat = true;
  integers.push_back(0);
  reals.push_back(value);
}

bool TensorReader::readItems(const FxExpr &data, std::size_t level) {
  if (level != constant.shape.size())
    return data.kind == Kind::List &&
           std::int64_t(data.operands.size()) == constant.shape[level] &&
           std::all_of(
               data.operands.begin(), data.operands.end(),
               [&](const FxExpr &item) { return readItems(item, level + 1); });
  return readComplex(data);
}

/// `1.+2.j`, `-1.-infj`, `2.j`, or a plain scalar.
bool TensorReader::readComplex(const FxExpr &expr) {
  auto isImaginary = [](const FxExpr &part) {
    return (part.kind == Kind::Number || part.kind == Kind::Name) &&
           part.text.back() == 'j';
  };
  auto readPart = [&](FxExpr part) {
    part.text.pop_back();
    return readScalar(part);
  };
  double imaginary = 0;
  if (expr.kind == Kind::Binary && isImaginary(expr.operands[1])) {
    if ((expr.text != "+" && expr.text != "-") || !readPart(expr.operands[1]))
      return false;
    imaginary = expr.text == "-" ? -reals.back() : reals.back();
    reals.pop_back();
    integers.pop_back();
    if (!readScalar(expr.operands[0]))
      return false;
  } else if (isImaginary(expr)) {
    if (!readPart(expr))
      return false;
    imaginary = reals.back();
    reals.back() = 0;
  } else {
    return readScalar(expr) && imaginaries.empty();
  }
  imaginaries.push_back(imaginary);
  return imaginaries.size() == reals.size();
}

bool TensorReader::readScalar(const FxExpr &data) {
  bool negative = data.kind == Kind::Unary && data.text == "-";
  const FxExpr &item = negative ? data.operands[0] : data;
  if (item.kind == Kind::Number)
    return readNumber(item, negative);
  if (item.isName("inf") || item.isName("nan")) {
    double value = item.text == "inf"
                       ? HUGE_VAL
                       : std::numeric_limits<double>::quiet_NaN();
    append(negative ? -value : value);
    return true;
  }
  if (item.kind != Kind::Constant || item.isNone())
    return false;
  hasBool = true;
  integers.push_back(item.text == "True");
  reals.push_back(item.text == "True");
  return true;
}

/// Rounds to nearest even; what is too large becomes infinite.
std::uint16_t toBFloat16(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  if (std::isnan(value))
    return 0x7fc0;
  return std::uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

std::uint16_t toFloat16(double value) {
  std::uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  double magnitude = std::fabs(value);
  if (std::isnan(value))
    return 0x7e00;
  if (magnitude >= 65520)
    return sign | 0x7c00;
  if (magnitude < 0x1p-14) // subnormal: a multiple of 2^-24
    return sign | std::uint16_t(std::nearbyint(magnitude * 0x1p24));
  int exponent;
  double fraction = std::frexp(magnitude, &exponent);             // in [0.5, 1)
  auto mantissa = std::uint32_t(std::nearbyint(fraction * 2048)); // 11 bits
  // A mantissa that rounds up to 2048 carries into the exponent by itself.
  return sign | std::uint16_t((std::uint32_t(exponent + 13) << 10) + mantissa);
}

template <typename T>
void store(std::uint8_t *to, T value) {
  std::memcpy(to, &value, sizeof(value));
}

/// Writes one element; false for a dtype that text does not hold.
bool storeElement(DType dtype, double real, std::int64_t integer,
                  double imaginary, std::uint8_t *to) {
  switch (dtype) {
  case DType::Complex64:
    store<float>(to + sizeof(float), float(imaginary));
    return store<float>(to, float(real)), true;
  case DType::Complex128:
    store<double>(to + sizeof(double), imaginary);
    return store<double>(to, real), true;
  case DType::Bool:
    return store<std::uint8_t>(to, real != 0), true;
  case DType::UInt8:
  case DType::Int8:
    return store<std::uint8_t>(to, std::uint8_t(integer)), true;
  case DType::UInt16:
  case DType::Int16:
    return store<std::uint16_t>(to, std::uint16_t(integer)), true;
  case DType::UInt32:
  case DType::Int32:
    return store<std::uint32_t>(to, std::uint32_t(integer)), true;
  case DType::UInt64:
  case DType::Int64:
    return store<std::int64_t>(to, integer), true;
  case DType::Float16:
    return store<std::uint16_t>(to, toFloat16(real)), true;
  case DType::BFloat16:
    return store<std::uint16_t>(to, toBFloat16(float(real))), true;
  case DType::Float32:
    return store<float>(to, float(real)), true;
  case DType::Float64:
    return store<double>(to, real), true;
  default:
    return false;
  }
}

const FxExpr *keyword(const FxExpr &call, std::string_view name) {
  for (const FxExpr &operand : call.operands)
    if (operand.kind == Kind::Keyword && operand.text == name)
      return &operand.operands[0];
  return nullptr;
}

/// A list or tuple of plain non-negative ints.
bool readSizes(const FxExpr &expr, std::vector<std::int64_t> &sizes) {
  if (expr.kind != Kind::List && expr.kind != Kind::Tuple)
    return false;
  for (const FxExpr &item : expr.operands) {
    std::int64_t size = 0;
    const char *end = item.text.data() + item.text.size();
    if (item.kind != Kind::Number ||
        std::from_chars(item.text.data(), end, size).ptr != end)
      return false;
    sizes.push_back(size);
  }
  return sizes.size() <= maxRank;
}

bool finishShape(Constant &constant) {
  std::optional<std::vector<std::int64_t>> strides =
      contiguousStrides(constant.shape);
  if (!strides || !elementCount(constant.shape))
    return false;
  constant.stride = std::move(*strides);
  return true;
}

std::optional<Constant> TensorReader::read(const FxExpr &call) {
  if (call.operands.size() < 2 || call.operands[1].kind == Kind::Keyword)
    return std::nullopt;
  const FxExpr &data = call.operands[1];
  if (!readShape(data) || !readItems(data, 0))
    return std::nullopt;
  // An empty tensor of several dimensions prints its size.
  if (const FxExpr *size = keyword(call, "size"); size && reals.empty()) {
    constant.shape.clear();
    if (!readSizes(*size, constant.shape))
      return std::nullopt;
  }
  constant.dtype = !imaginaries.empty()                ? DType::Complex64
                   : hasFloat || (!hasInt && !hasBool) ? DType::Float32
                   : hasInt                            ? DType::Int64
                                                       : DType::Bool;
  if (const FxExpr *dtype = keyword(call, "dtype")) {
    std::optional<DType> known = fxDType(*dtype);
    if (!known)
      return std::nullopt;
    constant.dtype = *known;
  }
  if (!finishShape(constant) ||
      elementCount(constant.shape) != std::int64_t(reals.size()))
    return std::nullopt;
  std::size_t width = dtypeSize(constant.dtype);
  std::vector<std::uint8_t> bytes(reals.size() * width);
  for (std::size_t i = 0; i != reals.size(); ++i)
    if (!storeElement(constant.dtype, reals[i], integers[i],
                      imaginaries.empty() ? 0 : imaginaries[i],
                      bytes.data() + i * width))
      return std::nullopt;
  Bytes view;
  view.data = bytes.data();
  view.size = bytes.size();
  constant.storage = copyStorage(view, "the text of a tensor");
  return constant;
}

/// `torch.randn([3, 4], dtype=torch.float32)` and the like: a type, no values.
std::optional<Constant> readPlaceholder(const FxExpr &call) {
  const FxExpr *shape = keyword(call, "size");
  if (!shape && call.operands.size() > 1)
    shape = &call.operands[1];
  Constant constant;
  if (!shape || !readSizes(*shape, constant.shape) || !finishShape(constant))
    return std::nullopt;
  if (const FxExpr *dtype = keyword(call, "dtype")) {
    std::optional<DType> known = fxDType(*dtype);
    if (!known)
      return std::nullopt;
    constant.dtype = *known;
  }
  return constant;
}

FxInitAttribute readValue(const FxExpr &value) {
  FxInitAttribute attribute;
  attribute.line = value.line;
  const FxExpr *call = &value;
  for (;;) {
    if (call->kind != Kind::Call)
      return attribute;
    std::string name = fxDottedName(call->operands[0]);
    bool isWrapper = name == "torch.nn.Parameter" && call->operands.size() > 1;
    // `.to("cuda:0")` behind a tensor.
    bool isMove = call->operands[0].kind == Kind::Attribute &&
                  call->operands[0].text == "to" && name.empty();
    if (isWrapper) {
      call = &call->operands[1];
    } else if (isMove) {
      call = &call->operands[0].operands[0];
    } else if (name == "tensor" || name == "torch.tensor") {
      TensorReader reader;
      attribute.constant = reader.read(*call);
      attribute.isRounded = reader.isRounded;
      return attribute;
    } else {
      bool isRandom = name == "torch.randn" || name == "torch.randint" ||
                      name == "torch.zeros" || name == "torch.ones" ||
                      name == "torch.empty" || name == "torch.rand";
      if (isRandom)
        attribute.constant = readPlaceholder(*call);
      return attribute;
    }
  }
}

/// `self.register_buffer('name', value)`.
std::optional<std::pair<std::string, FxInitAttribute>>
readBuffer(const FxStatement &statement) {
  const FxExpr &call = *statement.value;
  if (call.kind != Kind::Call || call.operands.size() < 3 ||
      fxDottedName(call.operands[0]) != "self.register_buffer" ||
      call.operands[1].kind != Kind::String)
    return std::nullopt;
  return std::make_pair(call.operands[1].text, readValue(call.operands[2]));
}
} // namespace

Result<std::map<std::string, FxInitAttribute>>
loader::readInit(std::string_view text, const FxRegion &region) {
  std::map<std::string, FxInitAttribute> attributes;
  // Lines may hold anything (`self.graph = <lambda>()`), so statements are
  // read from the starts of lines that look right.
  unsigned line = region.line;
  for (std::size_t at = region.begin; at < region.end; ++line) {
    std::size_t end = std::min(text.find('\n', at), region.end);
    std::string_view body = text.substr(at, end - at);
    body.remove_prefix(std::min(body.find_first_not_of(" \t"), body.size()));
    std::size_t start = end - body.size();
    std::size_t equals = body.find(" = ");
    at = end + 1;
    if (body.substr(0, 5) != "self.")
      continue;
    if (body.substr(0, 21) == "self.register_buffer(") {
      FxParser parser(text, {start, region.end, line});
      Result<std::optional<FxStatement>> statement = parser.next();
      if (!statement)
        return statement.error();
      if (*statement && (*statement)->value)
        if (auto entry = readBuffer(**statement))
          attributes.insert(std::move(*entry));
      continue;
    }
    if (equals == body.npos)
      continue;
    std::string name(body.substr(5, equals - 5));
    FxParser parser(text, {start + equals + 3, region.end, line});
    Result<std::optional<FxStatement>> value = parser.next();
    FxInitAttribute attribute;
    if (value && *value && (*value)->value)
      attribute = readValue(*(*value)->value);
    attribute.line = line;
    attributes.insert({std::move(name), std::move(attribute)});
  }
  return attributes;
}
