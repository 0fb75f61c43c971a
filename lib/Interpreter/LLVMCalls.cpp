//===- LLVMCalls.cpp - The LLVM dialect: calls ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Calls, also of functions without a body: those of libm and of OpenMP.
//
//===----------------------------------------------------------------------===//

#include "Pointers.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

/// OpenMP with one thread: `isKnown` is false for other functions.
static bool callOpenMP(Machine &machine, Cell *slots, const Instruction &op,
                       StringRef name, bool &isKnown) {
  auto result = [&](int64_t value) {
    if (!op.out.empty())
      slots[op.out[0]].scalar.i = value;
    return true;
  };
  if (name == "omp_get_max_threads" || name == "omp_get_num_threads")
    return result(1);
  if (name == "omp_get_thread_num" || name == "omp_set_num_threads" ||
      name == "__kmpc_global_thread_num" || name == "__kmpc_barrier" ||
      name == "__kmpc_for_static_fini" || name == "__kmpc_push_num_threads")
    return result(0);
  // The bounds of all iterations are those of the one thread.
  if (name.starts_with("__kmpc_for_static_init_"))
    return storeNumber(machine, slots[op.in[3]], 1, 4, op.op);
  if (name == "__kmpc_fork_call") {
    Operation *body =
        machine.functionAt.lookup(slots[op.in[2]].array.memory.get());
    if (!body)
      return machine.fail(op.op, "calls by a pointer", true);
    Cell thread = makePointer(allocate(8), 0);
    std::fill(thread.array.memory->begin(), thread.array.memory->end(), 0);
    std::vector<Cell> arguments = {thread, thread}, results;
    for (unsigned slot : ArrayRef(op.in).drop_front(3))
      arguments.push_back(slots[slot]);
    return machine.call(body, std::move(arguments), results);
  }
  isKnown = false;
  return false;
}

bool interpreter::callExternal(Machine &machine, Cell *slots,
                               const Instruction &op, StringRef name,
                               bool &isKnown) {
  using Unary = double (*)(double);
  using Binary = double (*)(double, double);
  static const llvm::StringMap<Unary> unary = {
      {"exp", std::exp},       {"exp2", std::exp2},
      {"expm1", std::expm1},   {"log", std::log},
      {"log2", std::log2},     {"log10", std::log10},
      {"log1p", std::log1p},   {"sin", std::sin},
      {"cos", std::cos},       {"tan", std::tan},
      {"asin", std::asin},     {"acos", std::acos},
      {"atan", std::atan},     {"sinh", std::sinh},
      {"cosh", std::cosh},     {"tanh", std::tanh},
      {"asinh", std::asinh},   {"acosh", std::acosh},
      {"atanh", std::atanh},   {"erf", std::erf},
      {"erfc", std::erfc},     {"cbrt", std::cbrt},
      {"sqrt", std::sqrt},     {"ceil", std::ceil},
      {"floor", std::floor},   {"round", std::round},
      {"trunc", std::trunc},   {"lgamma", std::lgamma},
      {"tgamma", std::tgamma}, {"roundeven", std::nearbyint},
      {"rint", std::rint},     {"fabs", std::fabs}};
  static const llvm::StringMap<Binary> binary = {{"pow", std::pow},
                                                 {"atan2", std::atan2},
                                                 {"fmod", std::fmod},
                                                 {"hypot", std::hypot},
                                                 {"nextafter", std::nextafter}};
  isKnown = true;
  bool succeeds = callOpenMP(machine, slots, op, name, isKnown);
  if (isKnown)
    return succeeds;
  isKnown = true;
  // The functions on floats have an f behind the name.
  auto lookUp = [&](const auto &table) {
    auto found = table.find(name);
    return found == table.end() && name.ends_with("f")
               ? table.find(name.drop_back())
               : found;
  };
  bool isSingle = op.to.kind == Element::F32;
  if (auto found = lookUp(unary); found != unary.end() && op.in.size() == 1) {
    slots[op.out[0]].scalar.f =
        op.to.round(found->second(slots[op.in[0]].scalar.f));
    return true;
  }
  if (auto found = lookUp(binary); found != binary.end() && op.in.size() == 2) {
    double a = slots[op.in[0]].scalar.f, b = slots[op.in[1]].scalar.f;
    // The next number is one of the type.
    slots[op.out[0]].scalar.f =
        isSingle && name.starts_with("nextafter")
            ? std::nextafter(static_cast<float>(a), static_cast<float>(b))
            : op.to.round(found->second(a, b));
    return true;
  }
  isKnown = false;
  return false;
}

static bool runCall(Machine &machine, Cell *slots, const Instruction &op) {
  auto call = cast<LLVM::CallOp>(op.op);
  if (!call.getCallee())
    return machine.fail(op.op, "calls by a pointer", true);
  return machine.call(*call.getCallee(), slots, op);
}

void interpreter::addLLVMCalls(Table &table) { table["llvm.call"] = {runCall}; }
