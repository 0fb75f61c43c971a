//===- Kernels.cpp - The kernels of a module ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Places.h"

#include "dialects/Kernel/IR/Kernel.h"
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
  // In the order of the text, which is that of the steps of `addMemory`.
  unsigned order = 0;
  for (Operation &op : main.getBody().front()) {
    bool isStep = false;
    op.walk([&](func::CallOp call) {
      isStep = true;
      auto number = numbers.find(call.getCallee());
      if (number != numbers.end())
        report.kernels[number->second].calls.push_back(
            {order, places.getPlace(call.getLoc())});
    });
    order += isStep;
  }
}
