//===- Kernels.cpp - The kernels of a module ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Places.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "graphc/Transforms/KernelCost.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::report;

template <typename T>
static std::string toText(const T &value) {
  std::string text;
  llvm::raw_string_ostream(text) << value;
  return text;
}

void report::addKernels(Report &report, Operation *module, Places &places) {
  report.kernels.clear();
  llvm::StringMap<unsigned> numbers;
  module->walk([&](kernel::RegionOp region) {
    auto function = region->getParentOfType<func::FuncOp>();
    if (!function || numbers.contains(function.getName()))
      return;
    numbers[function.getName()] = report.kernels.size();
    Kernel &kernel = report.kernels.emplace_back();
    kernel.name = function.getName().str();
    kernel.form = kernel::stringifyForm(region.getForm()).str();
    if (DictionaryAttr schedule = region.getScheduleAttr())
      kernel.schedule = toText(schedule);
    kernel.numInputs = region.getInputs().size();
    for (Type type : region->getOperandTypes())
      kernel.operands.push_back(toText(type));
  });
  auto main = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      module, StringAttr::get(module->getContext(), "main"));
  if (!main)
    return;
  auto addCost = [&](Kernel &kernel, func::CallOp call) {
    auto function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
        module, call.getCalleeAttr());
    std::optional<KernelCost> cost = estimateCost(function);
    if (!cost)
      return;
    // Calls of one kernel have the same sizes, or each its own: the first is
    // what is shown.
    auto name = [&](graph::Expr expr) {
      return expr ? toJson(nameSizes(expr, cast<ModuleOp>(module), main,
                                     call.getOperands()))
                  : llvm::json::Value(nullptr);
    };
    kernel.bytes = name(cost->bytes);
    kernel.flops = name(cost->flops);
  };
  // In the order of the text, which is that of the steps of `addMemory`.
  unsigned order = 0;
  for (Operation &op : main.getBody().front()) {
    bool isStep = false;
    op.walk([&](func::CallOp call) {
      isStep = true;
      auto number = numbers.find(call.getCallee());
      if (number == numbers.end())
        return;
      Kernel &kernel = report.kernels[number->second];
      if (kernel.calls.empty())
        addCost(kernel, call);
      kernel.calls.push_back({order, places.getPlace(call.getLoc())});
    });
    order += isStep;
  }
}
