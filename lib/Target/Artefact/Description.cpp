//===- Description.cpp - The graphc_module constant -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The fields of each constant are those of its struct in Runtime.h, in order;
// LLVM pads a struct of these types as C does on every 64-bit target. A unit
// test reads a description back through the C structs.
//
//===----------------------------------------------------------------------===//

#include "Parts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"

#include <map>

using namespace graphc;
using namespace graphc::artefact;
using llvm::Constant;

namespace {
class Builder {
public:
  explicit Builder(llvm::Module &module)
      : module(module), context(module.getContext()),
        pointerType(llvm::PointerType::getUnqual(context)) {}

  Constant *null() { return llvm::ConstantPointerNull::get(pointerType); }
  Constant *i32(int64_t value) { return integer(32, value); }
  Constant *i64(int64_t value) { return integer(64, value); }
  Constant *integer(unsigned bits, int64_t value) {
    return llvm::ConstantInt::get(llvm::Type::getIntNTy(context, bits),
                                  static_cast<uint64_t>(value), false,
                                  /*ImplicitTrunc=*/true);
  }
  Constant *real(double value) {
    return llvm::ConstantFP::get(llvm::Type::getDoubleTy(context), value);
  }
  Constant *record(llvm::ArrayRef<Constant *> fields) {
    return llvm::ConstantStruct::getAnon(context, fields);
  }

  /// A constant of its own that nothing outside names.
  llvm::GlobalVariable *global(Constant *value, llvm::StringRef name) {
    auto *variable = new llvm::GlobalVariable(
        module, value->getType(), /*isConstant=*/true,
        llvm::GlobalValue::PrivateLinkage, value, name);
    variable->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    return variable;
  }
  Constant *array(llvm::ArrayRef<Constant *> values, llvm::StringRef name) {
    if (values.empty())
      return null();
    auto *type = llvm::ArrayType::get(values[0]->getType(), values.size());
    return global(llvm::ConstantArray::get(type, values), name);
  }
  /// One record per element of `range`.
  template <typename Range, typename Function>
  Constant *table(const Range &range, llvm::StringRef name, Function function) {
    std::vector<Constant *> records;
    for (const auto &[index, element] : llvm::enumerate(range))
      records.push_back(function(element, index));
    return array(records, name);
  }

  Constant *text(llvm::StringRef value) {
    Constant *&known = texts[value];
    if (!known)
      known = global(llvm::ConstantDataArray::getString(context, value), "str");
    return known;
  }
  Constant *textOrNull(llvm::StringRef value) {
    return value.empty() ? null() : text(value);
  }
  Constant *numbers(llvm::ArrayRef<int64_t> values) {
    if (values.empty())
      return null();
    Constant *&known = arrays[values.vec()];
    if (!known)
      known = global(
          llvm::ConstantDataArray::get(
              context, llvm::ArrayRef<uint64_t>(
                           reinterpret_cast<const uint64_t *>(values.data()),
                           values.size())),
          "numbers");
    return known;
  }
  Constant *expr(const InterfaceExpr &value) { return numbers(value.code); }
  Constant *exprOrNull(const std::optional<InterfaceExpr> &value) {
    return value ? expr(*value) : null();
  }

  Constant *dtype(DLDataType type) {
    return record({integer(8, type.code), integer(8, type.bits),
                   integer(16, type.lanes)});
  }
  Constant *type(const InterfaceType &type) {
    return record({text(type.text), dtype(type.dtype), i32(type.shape.size()),
                   constants(type.shape, -1),
                   constants(type.strides, INT64_MIN), symbolics(type.shape),
                   symbolics(type.strides)});
  }
  Constant *literal(const InterfaceLiteral &literal) {
    return record(
        {i32(literal.kind), i64(literal.integer), real(literal.real),
         literal.kind == GRAPHC_KIND_STRING ? text(literal.text) : null()});
  }
  Constant *place(graphc_place place) {
    return record({i32(place.is_state), i32(place.index)});
  }

private:
  Constant *constants(llvm::ArrayRef<InterfaceExpr> exprs, int64_t symbolic) {
    std::vector<int64_t> values;
    for (const InterfaceExpr &expr : exprs)
      values.push_back(expr.getConstant().value_or(symbolic));
    return numbers(values);
  }
  Constant *symbolics(llvm::ArrayRef<InterfaceExpr> exprs) {
    std::vector<Constant *> values;
    bool any = false;
    for (const InterfaceExpr &e : exprs) {
      bool constant = e.getConstant().has_value();
      any |= !constant;
      values.push_back(constant ? null() : expr(e));
    }
    return any ? array(values, "exprs") : null();
  }

  llvm::Module &module;
  llvm::LLVMContext &context;
  llvm::PointerType *pointerType;
  llvm::StringMap<Constant *> texts;
  std::map<std::vector<int64_t>, Constant *> arrays;
};
} // namespace

static Constant *makeTensors(Builder &b,
                             const std::vector<InterfaceTensor> &tensors,
                             llvm::StringRef name) {
  return b.table(tensors, name, [&](const InterfaceTensor &t, size_t) {
    return b.record(
        {b.text(t.name), b.type(t.type), b.i32(t.kind), b.exprOrNull(t.expr)});
  });
}

static Constant *makeKernels(Builder &b, const Interface &interface) {
  if (!interface.kernels)
    return b.null();
  using Operand = InterfaceKernel::Operand;
  return b.table(
      *interface.kernels, "kernels", [&](const InterfaceKernel &k, size_t) {
        Constant *nodes =
            b.table(k.nodes, "nodes", [&](const std::string &node, size_t) {
              return b.text(node);
            });
        Constant *operands =
            b.table(k.operands, "operands", [&](const Operand &o, size_t) {
              return b.record({b.textOrNull(o.node), b.dtype(o.dtype),
                               b.i32(o.rank), b.i32(o.isWritten)});
            });
        return b.record({b.text(k.name), b.text(k.form), b.i64(k.nodes.size()),
                         nodes, b.textOrNull(k.modulePath),
                         b.textOrNull(k.source), b.i64(k.operands.size()),
                         operands});
      });
}

/// The weights as one packed struct, so that their bytes are not put together
/// in memory first.
static Constant *makeWeightsData(llvm::Module &module, Builder &b,
                                 llvm::ArrayRef<WeightEntry> weights) {
  llvm::LLVMContext &context = module.getContext();
  std::vector<Constant *> pieces;
  writeValues(weights, [&](llvm::ArrayRef<char> bytes) {
    pieces.push_back(llvm::ConstantDataArray::getRaw(
        llvm::StringRef(bytes.data(), bytes.size()), bytes.size(),
        llvm::Type::getInt8Ty(context)));
  });
  llvm::GlobalVariable *data =
      b.global(llvm::ConstantStruct::getAnon(context, pieces, /*Packed=*/true),
               "weights");
  data->setAlignment(llvm::Align(64));
  return data;
}

static Constant *makeDeviceCode(llvm::Module &module, Builder &b,
                                const DeviceCode &code) {
  auto makeImage = [&](const DeviceImage &image, size_t) {
    llvm::GlobalVariable *data = b.global(
        llvm::ConstantDataArray::getString(module.getContext(), image.bytes),
        "image");
    data->setAlignment(llvm::Align(64));
    return b.record({b.i32(image.kind), b.i32(image.capability),
                     b.i32(image.isExact), b.i32(image.features),
                     b.text(image.chip), data, b.i64(image.bytes.size())});
  };
  return b.global(
      b.record({b.i64(code.images.size()), b.i64(code.kernels.size()),
                b.table(code.images, "images", makeImage),
                b.table(code.kernels, "device_kernels",
                        [&](const std::string &name, size_t) {
                          return b.text(name);
                        })}),
      "device");
}

static Constant *getRuntimeFunction(llvm::Module &module,
                                    llvm::StringRef name) {
  llvm::Function *function = module.getFunction(name);
  assert(function && "the runtime is linked in first");
  return function;
}

static Constant *makeExternWeights(llvm::Module &module, Builder &b,
                                   const InterfaceExternWeights &external,
                                   const WeightsPlace &place,
                                   llvm::Function *load) {
  auto indices = [&](llvm::ArrayRef<int32_t> values, llvm::StringRef name) {
    return b.table(values, name,
                   [&](int32_t value, size_t) { return b.i32(value); });
  };
  std::map<std::string, int32_t> names;
  for (const auto &[index, weight] : llvm::enumerate(external.weights)) {
    names[weight.name] = static_cast<int32_t>(index);
    for (const std::string &alias : weight.aliases)
      names.try_emplace(alias, static_cast<int32_t>(index));
  }
  return b.global(
      b.record({b.i64(external.weights.size()), b.i64(names.size()),
                b.i64(external.loaded.size()),
                b.i64(external.entryWeights.size()),
                b.i64(external.loadWeights.size()),
                b.table(external.weights, "extern_weights",
                        [&](const InterfaceExternWeight &w, size_t) {
                          return b.record({b.text(w.name), b.type(w.type)});
                        }),
                // Sorted as the runtime compares them, byte by byte.
                b.table(names, "extern_names",
                        [&](const auto &entry, size_t) {
                          return b.record(
                              {b.text(entry.first), b.i32(entry.second)});
                        }),
                b.table(external.loaded, "loaded",
                        [&](uint64_t size, size_t) { return b.i64(size); }),
                indices(external.entryWeights, "entry_weights"),
                indices(external.loadWeights, "load_weights"),
                b.i64(external.loadWorkspace), b.text(place.externFile),
                external.loaded.empty() ? b.null() : load,
                getRuntimeFunction(module, "graphc_rt_open_external"),
                getRuntimeFunction(module, "graphc_rt_close_external")}),
      "external");
}

llvm::GlobalVariable *artefact::addDescription(
    llvm::Module &module, const Interface &interface,
    llvm::ArrayRef<WeightEntry> weights, const WeightsPlace &place,
    llvm::ArrayRef<uint64_t> stateOffsets, const ArtefactOptions &options,
    llvm::Function *entry, llvm::Function *load, Constant *api) {
  Builder b(module);
  const Interface &i = interface;
  const MachineDescription &machine = options.machine;
  std::vector<Constant *> fields = {
      b.i32(GRAPHC_RUNTIME_ABI),
      b.text(options.name),
      b.text(machine.triple + " " + machine.cpu),
      b.text(i.source),
      b.i32(options.threads ? 0 : 1),
      b.i64(i.symbols.size()),
      b.i64(i.arguments.size()),
      b.i64(i.inputs.size()),
      b.i64(i.outputs.size()),
      b.i64(i.states.size()),
      b.i64(i.places.size()),
      b.i64(i.results.size()),
      b.i64(i.mutations.size()),
      b.i64(i.constraints.size()),
      b.i64(i.specs.size()),
      b.i64(i.checks.size()),
      b.i64(weights.size()),
      b.i64(i.kernels ? i.kernels->size() : 0),
      b.table(i.symbols, "symbols",
              [&](const InterfaceSymbol &s, size_t) {
                return b.record({b.text(s.name), b.i64(s.min), b.i64(s.max),
                                 b.exprOrNull(s.bound)});
              }),
      b.table(i.arguments, "arguments",
              [&](const InterfaceArgument &a, size_t) {
                return b.record(
                    {b.text(a.name), b.i32(a.index), b.literal(a.literal)});
              }),
      makeTensors(b, i.inputs, "inputs"),
      makeTensors(b, i.outputs, "outputs"),
      b.table(i.states, "states",
              [&](const InterfaceState &s, size_t index) {
                return b.record({b.text(s.name), b.type(s.type), b.i64(s.size),
                                 b.i64(stateOffsets[index]),
                                 b.i32(s.externWeight + 1), b.i32(s.isRandom)});
              }),
      b.table(i.places, "places",
              [&](graphc_place p, size_t) { return b.place(p); }),
      b.table(i.results, "results",
              [&](const InterfaceResult &r, size_t) {
                return b.record({b.type(r.type), b.i32(r.output)});
              }),
      b.table(i.mutations, "mutations",
              [&](const graphc_mutation &m, size_t) {
                return b.record({b.place(m.place), b.i32(m.result),
                                 b.i32(m.in_place), b.i32(m.graph_input)});
              }),
      b.table(i.constraints, "constraints",
              [&](const InterfaceConstraint &c, size_t) {
                return b.record({b.expr(c.expr), b.i64(c.min), b.i64(c.max),
                                 b.text(c.text)});
              }),
      b.table(i.specs, "specs",
              [&](const InterfaceSpec &s, size_t) {
                return b.record({b.text(s.role), b.textOrNull(s.target),
                                 b.i32(s.output), b.i32(s.mutation),
                                 b.literal(s.literal)});
              }),
      b.table(i.checks, "checks",
              [&](const std::string &text, size_t) { return b.text(text); }),
      b.table(weights, "weight_table",
              [&](const WeightEntry &w, size_t) {
                return b.record({b.text(w.name), b.text(w.dtype),
                                 b.i64(w.offset), b.i64(w.bytes.size())});
              }),
      makeKernels(b, i),
      b.i32(i.kernels.has_value()),
      b.expr(i.workspace),
      place.inFile || weights.empty() ? b.null()
                                      : makeWeightsData(module, b, weights),
      place.inFile ? b.text(place.fileName) : b.null(),
      b.i64(place.size),
      b.i64(place.start),
      b.i64(place.digest),
      entry,
      api,
      i.device ? makeDeviceCode(module, b, *i.device) : b.null(),
      i.external ? makeExternWeights(module, b, *i.external, place, load)
                 : b.null(),
  };
  llvm::GlobalVariable *description =
      b.global(b.record(fields), options.name + ".description");
  description->setLinkage(llvm::GlobalValue::InternalLinkage);
  description->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::None);
  return description;
}
