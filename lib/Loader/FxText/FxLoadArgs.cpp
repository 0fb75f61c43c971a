//===- FxLoadArgs.cpp - Inputs of repro scripts ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxText/FxScript.h"

#include "FxText/FxAnnotation.h"

#include <charconv>

using namespace graphc;
using namespace graphc::loader;

using Kind = FxExpr::Kind;

std::optional<DType> loader::fxDType(const FxExpr &expr) {
  std::string name = fxDottedName(expr);
  if (name.compare(0, 6, "torch.") != 0)
    return std::nullopt;
  return dtypeFromName(std::string_view(name).substr(6));
}

namespace {
class LoadArgsReader {
public:
  LoadArgsReader(std::string_view text, const FxRegion &region)
      : parser(text, region) {}
  Result<void> read();
  FxLoadArgs result;

private:
  Result<void> readStatement(const FxStatement &statement);
  Result<void> readStorage(const FxStatement &statement);
  Result<void> readTensor(const FxExpr &call);
  Result<void> readSymbol(const FxExpr &call);
  Result<SymExpr> readExpr(const FxExpr &expr);
  Result<std::vector<SymExpr>> readSizes(const FxExpr &expr);
  Result<std::string> readDevice(const FxExpr &expr);

  const FxExpr *positional(const FxExpr &call, std::size_t index) const;
  const FxExpr *keyword(const FxExpr &call, std::string_view name) const;
  Error errorAt(const char *errorClass, const FxExpr &expr,
                std::string message) const {
    return parser.errorAt(errorClass, expr.line, expr.column,
                          std::move(message));
  }

  FxParser parser;
  std::map<std::string, std::size_t> buffers;
  std::vector<std::string> devices; ///< Per storage.
};

const FxExpr *LoadArgsReader::positional(const FxExpr &call,
                                         std::size_t index) const {
  if (index + 1 >= call.operands.size() ||
      call.operands[index + 1].kind == Kind::Keyword)
    return nullptr;
  return &call.operands[index + 1];
}

const FxExpr *LoadArgsReader::keyword(const FxExpr &call,
                                      std::string_view name) const {
  for (const FxExpr &operand : call.operands)
    if (operand.kind == Kind::Keyword && operand.text == name)
      return &operand.operands[0];
  return nullptr;
}

Result<SymExpr> LoadArgsReader::readExpr(const FxExpr &expr) {
  std::string_view text = expr.kind == Kind::String
                              ? std::string_view(expr.text)
                              : parser.source(expr);
  Result<SymExpr> parsed = parseSymExpr(text);
  if (!parsed)
    return errorAt(parsed.error().errorClass.c_str(), expr,
                   parsed.error().message);
  return parsed;
}

Result<std::vector<SymExpr>> LoadArgsReader::readSizes(const FxExpr &expr) {
  if (expr.kind != Kind::Tuple && expr.kind != Kind::List)
    return errorAt("fx-syntax", expr, "expected a tuple of sizes");
  std::vector<SymExpr> sizes;
  for (const FxExpr &item : expr.operands) {
    Result<SymExpr> size = readExpr(item);
    if (!size)
      return size.error();
    sizes.push_back(*size);
  }
  return sizes;
}

/// `device(type='cuda', index=0)` or `'cuda:0'`.
Result<std::string> LoadArgsReader::readDevice(const FxExpr &expr) {
  if (expr.kind == Kind::String)
    return expr.text;
  const FxExpr *type = keyword(expr, "type");
  const FxExpr *index = keyword(expr, "index");
  if (expr.kind != Kind::Call || !type || type->kind != Kind::String)
    return errorAt("fx-syntax", expr, "expected device(type='...')");
  std::string device = type->text;
  if (index && index->kind == Kind::Number)
    device += ":" + index->text;
  return device;
}

Result<void> LoadArgsReader::readStorage(const FxStatement &statement) {
  const FxExpr &call = *statement.value;
  const FxExpr *hash = positional(call, 0);
  const FxExpr *bytes = positional(call, 1);
  if (!hash || !bytes || (hash->kind != Kind::String && !hash->isNone()))
    return errorAt("fx-syntax", call,
                   "expected reader.storage(hash or None, bytes)");
  FxLoadedStorage storage;
  storage.line = statement.line;
  if (hash->kind == Kind::String)
    storage.hash = hash->text;
  Result<SymExpr> length = readExpr(*bytes);
  if (!length)
    return length.error();
  storage.bytes = *length;
  std::string device = "cpu";
  if (const FxExpr *written = keyword(call, "device")) {
    Result<std::string> read = readDevice(*written);
    if (!read)
      return read.error();
    device = std::move(*read);
  }
  buffers[statement.targets[0]] = result.storages.size();
  result.storages.push_back(std::move(storage));
  devices.push_back(std::move(device));
  return {};
}

Result<void> LoadArgsReader::readTensor(const FxExpr &call) {
  const FxExpr *buffer = positional(call, 0);
  const FxExpr *shape = positional(call, 1);
  const FxExpr *stride = positional(call, 2);
  if (!buffer || buffer->kind != Kind::Name || !shape)
    return errorAt("fx-syntax", call,
                   "expected reader.tensor(storage, shape, ...)");
  auto it = buffers.find(buffer->text);
  if (it == buffers.end())
    return errorAt("fx-name", *buffer,
                   "the storage '" + quoted(buffer->text) + "' was never made");
  FxLoadedInput input;
  input.kind = FxLoadedInput::Kind::Tensor;
  input.line = call.line;
  input.storage = it->second;
  input.meta.device = devices[it->second];
  Result<std::vector<SymExpr>> sizes = readSizes(*shape);
  if (!sizes)
    return sizes.error();
  input.meta.shape = std::move(*sizes);
  if (!stride)
    stride = keyword(call, "stride");
  if (stride && !stride->isNone()) {
    Result<std::vector<SymExpr>> strides = readSizes(*stride);
    if (!strides)
      return strides.error();
    input.meta.stride = std::move(*strides);
  } else {
    input.meta.stride = contiguousSymStrides(input.meta.shape);
  }
  if (const FxExpr *dtype = keyword(call, "dtype")) {
    std::optional<DType> known = fxDType(*dtype);
    if (!known)
      return errorAt("bad-dtype", *dtype,
                     "'" + quoted(parser.source(*dtype)) + "' is no dtype");
    input.meta.dtype = *known;
  }
  if (const FxExpr *offset = keyword(call, "storage_offset")) {
    Result<SymExpr> value = readExpr(*offset);
    if (!value)
      return value.error();
    input.meta.storageOffset = *value;
  }
  if (const FxExpr *grad = keyword(call, "requires_grad"))
    input.meta.requiresGrad = grad->text == "True";
  result.inputs.push_back(std::move(input));
  return {};
}

Result<void> LoadArgsReader::readSymbol(const FxExpr &call) {
  FxLoadedInput input;
  input.line = call.line;
  const FxExpr *hint = positional(call, 0);
  const FxExpr *expr = keyword(call, "expr");
  if (!hint)
    return errorAt("fx-syntax", call, "expected reader.symint(value, ...)");
  if (expr && !expr->isNone()) {
    Result<SymExpr> value = readExpr(*expr);
    if (!value)
      return value.error();
    input.kind = FxLoadedInput::Kind::Symbol;
    input.symbol.expr = *value;
    if (value->kind() == SymExpr::Kind::Symbol && value->name()[0] == 'z')
      input.symbol.kind = SymMeta::Kind::Float;
  }
  Result<SymExpr> value = readExpr(*hint);
  if (value && value->asInt()) {
    input.symbol.hint = double(*value->asInt());
    input.literal.value = *value->asInt();
  } else if (value && value->kind() == SymExpr::Kind::Float) {
    input.symbol.hint = value->floatValue();
    input.literal.value = value->floatValue();
  } else if (value && value->kind() == SymExpr::Kind::Bool) {
    input.literal.value = value->intValue() != 0;
  } else if (input.kind == FxLoadedInput::Kind::Literal && !hint->isNone()) {
    return errorAt("fx-syntax", *hint, "expected a number");
  }
  result.inputs.push_back(std::move(input));
  return {};
}

Result<void> LoadArgsReader::readStatement(const FxStatement &statement) {
  using StatementKind = FxStatement::Kind;
  if (statement.kind == StatementKind::Pass)
    return {};
  bool isCall = statement.value && statement.value->kind == Kind::Call;
  std::string name =
      isCall ? fxDottedName(statement.value->operands[0]) : std::string();
  if (statement.kind == StatementKind::Assign && name == "reader.storage")
    return readStorage(statement);
  if (statement.kind == StatementKind::Expression) {
    const FxExpr &call = *statement.value;
    if (name == "reader.tensor")
      return readTensor(call);
    if (name == "reader.symint")
      return readSymbol(call);
    FxLoadedInput input;
    input.line = statement.line;
    if (name == "reader.const") {
      result.inputs.push_back(std::move(input));
      return {};
    }
    if (name == "reader.generator" || name == "reader.opaque" ||
        name == "reader.unsupported") {
      input.kind = FxLoadedInput::Kind::Unsupported;
      input.what = std::string(parser.source(call).substr(0, 100));
      result.inputs.push_back(std::move(input));
      return {};
    }
  }
  return parser.errorAt("fx-syntax", statement.line, statement.column,
                        "expected a call of the reader: storage, tensor, "
                        "symint, const, generator, opaque or unsupported");
}

Result<void> LoadArgsReader::read() {
  for (;;) {
    Result<std::optional<FxStatement>> statement = parser.next();
    if (!statement)
      return statement.error();
    if (!*statement)
      return {};
    if (Result<void> ok = readStatement(**statement); !ok)
      return ok;
  }
}

/// `if hasattr(reader, 'args'):` and what is indented below it patches values
/// of inputs, which we do not have. The lines up to there and behind it remain.
std::vector<FxRegion> withoutFixups(std::string_view text, FxRegion region) {
  std::vector<FxRegion> parts;
  FxRegion part{region.begin, region.begin, region.line};
  std::optional<std::size_t> skipBelow;
  unsigned line = region.line;
  for (std::size_t at = region.begin; at < region.end; ++line) {
    std::size_t end = std::min(text.find('\n', at), region.end);
    std::string_view body = text.substr(at, end - at);
    std::size_t indent = body.find_first_not_of(" \t\r");
    bool isBlank = indent == body.npos;
    if (skipBelow && (isBlank || indent > *skipBelow)) {
      part = {end, end, line};
    } else {
      skipBelow.reset();
      if (!isBlank && body.substr(indent, 3) == "if ") {
        parts.push_back(part);
        skipBelow = indent;
        part = {end, end, line};
      } else {
        part.end = end;
      }
    }
    at = end + 1;
  }
  parts.push_back(part);
  return parts;
}
} // namespace

Result<FxLoadArgs> loader::readLoadArgs(std::string_view text,
                                        const FxRegion &region) {
  FxLoadArgs result;
  for (const FxRegion &part : withoutFixups(text, region)) {
    LoadArgsReader reader(text, part);
    reader.result = std::move(result);
    if (Result<void> ok = reader.read(); !ok)
      return ok.error();
    result = std::move(reader.result);
  }
  return result;
}
