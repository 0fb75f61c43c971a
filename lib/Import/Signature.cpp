//===- Signature.cpp - What a compiled module takes and returns -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Import/Signature.h"

#include "graphc/Support/ErrorCode.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace graphc;

//===----------------------------------------------------------------------===//
// Spellings
//===----------------------------------------------------------------------===//

static constexpr StringLiteral kinds[] = {"tensor", "int", "float", "bool",
                                          "literal"};
static constexpr StringLiteral inputRoles[] = {"user", "buffer", "parameter",
                                               "random"};
static constexpr StringLiteral outputRoles[] = {"user",
                                                "loss",
                                                "buffer_mutation",
                                                "parameter_mutation",
                                                "input_mutation",
                                                "parameter_gradient",
                                                "input_gradient"};

StringRef graphc::stringifyKind(Signature::Kind kind) {
  return kinds[static_cast<unsigned>(kind)];
}
StringRef graphc::stringifyRole(Signature::Input::Role role) {
  return inputRoles[static_cast<unsigned>(role)];
}
StringRef graphc::stringifyRole(Signature::Output::Role role) {
  return outputRoles[static_cast<unsigned>(role)];
}

template <typename Enum, size_t N>
static std::optional<Enum> parseEnum(StringRef text,
                                     const StringLiteral (&names)[N]) {
  for (size_t i = 0; i < N; ++i)
    if (names[i] == text)
      return static_cast<Enum>(i);
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Packing
//===----------------------------------------------------------------------===//

namespace {
/// Collects the entries of one dictionary, leaving out what is absent.
class Packer {
public:
  explicit Packer(MLIRContext *context) : builder(context) {}

  Packer &text(StringRef name, StringRef value) {
    return attribute(name, value.empty() ? Attribute()
                                         : builder.getStringAttr(value));
  }
  Packer &integer(StringRef name, std::optional<int64_t> value) {
    return attribute(name,
                     value ? builder.getI64IntegerAttr(*value) : Attribute());
  }
  Packer &flag(StringRef name, bool value) {
    return attribute(name, value ? builder.getUnitAttr() : Attribute());
  }
  Packer &attribute(StringRef name, Attribute value) {
    if (value)
      entries.push_back(builder.getNamedAttr(name, value));
    return *this;
  }
  Packer &type(Type value) {
    return attribute("type", value ? TypeAttr::get(value) : Attribute());
  }
  DictionaryAttr get() { return builder.getDictionaryAttr(entries); }

private:
  Builder builder;
  SmallVector<NamedAttribute> entries;
};
} // namespace

template <typename T>
static std::optional<int64_t> widen(std::optional<T> value) {
  return value ? std::optional<int64_t>(*value) : std::nullopt;
}

void Signature::set(ModuleOp module) const {
  MLIRContext *context = module.getContext();
  auto pack = [&](auto &entries, auto packEntry) {
    SmallVector<Attribute> packed;
    for (const auto &entry : entries)
      packed.push_back(packEntry(entry, Packer(context)));
    return ArrayAttr::get(context, packed);
  };
  ArrayAttr packedSymbols = pack(symbols, [](const Symbol &s, Packer p) {
    return p.text("name", s.name)
        .integer("min", s.min)
        .integer("max", s.max)
        .flag("data_dependent", s.dataDependent)
        .get();
  });
  ArrayAttr packedInputs = pack(inputs, [](const Input &in, Packer p) {
    return p.text("name", in.name)
        .text("role", stringifyRole(in.role))
        .text("kind", stringifyKind(in.kind))
        .text("target", in.target)
        .type(in.type)
        .integer("argument", widen(in.argument))
        .attribute("expr", in.expr)
        .attribute("value", in.value)
        .attribute("initial", in.initial)
        .get();
  });
  ArrayAttr packedOutputs = pack(outputs, [](const Output &out, Packer p) {
    return p.text("name", out.name)
        .text("role", stringifyRole(out.role))
        .text("kind", stringifyKind(out.kind))
        .text("target", out.target)
        .type(out.type)
        .integer("result", widen(out.result))
        .attribute("expr", out.expr)
        .attribute("value", out.value)
        .get();
  });
  ArrayAttr packedMutations = pack(mutations, [](const Mutation &m, Packer p) {
    return p.integer("input", m.input).integer("result", m.result).get();
  });
  ArrayAttr packedConstraints =
      pack(constraints, [](const Constraint &c, Packer p) {
        return p.attribute("expr", c.expr)
            .integer("min", c.min)
            .integer("max", c.max)
            .text("text", c.text)
            .get();
      });
  ArrayAttr packedWeights = pack(weights, [&](const Weight &w, Packer p) {
    SmallVector<Attribute> aliases;
    for (const std::string &alias : w.aliases)
      aliases.push_back(StringAttr::get(context, alias));
    return p.text("name", w.name)
        .type(w.type)
        .attribute("aliases", aliases.empty()
                                  ? Attribute()
                                  : ArrayAttr::get(context, aliases))
        .get();
  });
  module->setAttr(
      getAttrName(),
      Packer(context)
          .text("model", model)
          .attribute("symbols", packedSymbols)
          .attribute("inputs", packedInputs)
          .attribute("outputs", packedOutputs)
          .attribute("mutations", packedMutations)
          .attribute("constraints", packedConstraints)
          .attribute("weights", weights.empty() ? Attribute() : packedWeights)
          .get());
}

//===----------------------------------------------------------------------===//
// Unpacking
//===----------------------------------------------------------------------===//

namespace {
/// Reads the entries of one dictionary; absent ones read as nothing.
class Unpacker {
public:
  explicit Unpacker(DictionaryAttr dictionary) : dictionary(dictionary) {}

  std::string text(StringRef name) const {
    auto value = dictionary.getAs<StringAttr>(name);
    return value ? value.str() : std::string();
  }
  std::optional<int64_t> integer(StringRef name) const {
    auto value = dictionary.getAs<IntegerAttr>(name);
    return value ? std::optional<int64_t>(value.getInt()) : std::nullopt;
  }
  std::optional<unsigned> index(StringRef name) const {
    std::optional<int64_t> value = integer(name);
    return value ? std::optional<unsigned>(*value) : std::nullopt;
  }
  bool flag(StringRef name) const { return dictionary.contains(name); }
  Attribute attribute(StringRef name) const { return dictionary.get(name); }
  Type type() const {
    auto value = dictionary.getAs<TypeAttr>("type");
    return value ? value.getValue() : Type();
  }

private:
  DictionaryAttr dictionary;
};
} // namespace

/// Role and kind, shared by inputs and outputs.
template <typename Entry, size_t N>
static LogicalResult readHead(const Unpacker &from, Entry &entry,
                              const StringLiteral (&roles)[N]) {
  entry.name = from.text("name");
  entry.target = from.text("target");
  entry.type = from.type();
  entry.expr = from.attribute("expr");
  entry.value = from.attribute("value");
  auto role = parseEnum<decltype(entry.role)>(from.text("role"), roles);
  auto kind = parseEnum<Signature::Kind>(from.text("kind"), kinds);
  if (!role || !kind)
    return failure();
  entry.role = *role;
  entry.kind = *kind;
  bool hasType =
      *kind != Signature::Kind::Int && *kind != Signature::Kind::Literal;
  return success(hasType == static_cast<bool>(entry.type) &&
                 (*kind != Signature::Kind::Int || entry.expr));
}

FailureOr<Signature> Signature::get(ModuleOp module) {
  auto malformed = [&](StringRef where) -> LogicalResult {
    return withCode("module-interface",
                    module.emitError("malformed entry in '"))
           << getAttrName() << "': " << where;
  };
  auto dictionary = module->getAttrOfType<DictionaryAttr>(getAttrName());
  if (!dictionary)
    return withCode("module-interface",
                    module.emitError("expected a module attribute '"))
           << getAttrName() << "'";

  Signature signature;
  signature.model = Unpacker(dictionary).text("model");
  auto unpack = [&](StringRef name, auto readEntry,
                    bool isOptional = false) -> LogicalResult {
    auto entries = dictionary.getAs<ArrayAttr>(name);
    if (!entries)
      return isOptional && !dictionary.contains(name) ? success()
                                                      : malformed(name);
    for (Attribute entry : entries) {
      auto packed = dyn_cast<DictionaryAttr>(entry);
      if (!packed || failed(readEntry(Unpacker(packed))))
        return malformed(name);
    }
    return success();
  };
  if (failed(unpack("symbols",
                    [&](const Unpacker &from) {
                      signature.symbols.push_back(
                          {from.text("name"), from.integer("min"),
                           from.integer("max"), from.flag("data_dependent")});
                      return success();
                    })) ||
      failed(unpack("inputs",
                    [&](const Unpacker &from) {
                      Input &input = signature.inputs.emplace_back();
                      input.argument = from.index("argument");
                      input.initial = dyn_cast_if_present<ElementsAttr>(
                          from.attribute("initial"));
                      return readHead(from, input, inputRoles);
                    })) ||
      failed(unpack("outputs",
                    [&](const Unpacker &from) {
                      Output &output = signature.outputs.emplace_back();
                      output.result = from.index("result");
                      return readHead(from, output, outputRoles);
                    })) ||
      failed(unpack("mutations",
                    [&](const Unpacker &from) {
                      auto input = from.index("input");
                      auto result = from.index("result");
                      if (!input || !result ||
                          *input >= signature.inputs.size())
                        return failure();
                      signature.mutations.push_back({*input, *result});
                      return success();
                    })) ||
      failed(unpack("constraints",
                    [&](const Unpacker &from) {
                      signature.constraints.push_back(
                          {from.attribute("expr"), from.integer("min"),
                           from.integer("max"), from.text("text")});
                      return success(static_cast<bool>(from.attribute("expr")));
                    })) ||
      failed(unpack(
          "weights",
          [&](const Unpacker &from) {
            Weight &weight = signature.weights.emplace_back();
            weight.name = from.text("name");
            weight.type = from.type();
            if (auto names =
                    dyn_cast_if_present<ArrayAttr>(from.attribute("aliases")))
              for (auto name : names.getAsRange<StringAttr>())
                weight.aliases.push_back(name.str());
            return success(!weight.name.empty() && weight.type);
          },
          /*isOptional=*/true)))
    return failure();
  return signature;
}
