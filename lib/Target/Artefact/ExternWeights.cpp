//===- ExternWeights.cpp - What a module wants of a weights file ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Describer.h"

#include "graphc/Import/ExternWeight.h"
#include "graphc/Support/ErrorCode.h"

#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace graphc;

/// The index of the weight among those that are wanted; it becomes one of them
/// when something first asks for it.
FailureOr<int32_t> Describer::findExternWeight(StringRef name) {
  std::vector<InterfaceExternWeight> &weights = interface.external->weights;
  for (auto [index, weight] : llvm::enumerate(weights))
    if (weight.name == name)
      return static_cast<int32_t>(index);
  for (const Signature::Weight &known : signature.weights) {
    if (known.name != name)
      continue;
    FailureOr<InterfaceType> type = describeType(known.type);
    if (failed(type))
      return failure();
    weights.push_back(
        {known.name, std::move(*type),
         std::vector<std::string>(known.aliases.begin(), known.aliases.end())});
    return static_cast<int32_t>(weights.size() - 1);
  }
  return fail("weight '" + name + "' is not in the signature");
}

LogicalResult Describer::readExternUses(ArrayAttr values,
                                        ArrayRef<int64_t> loaded,
                                        std::vector<int32_t> &uses) {
  for (Attribute value : values) {
    if (std::optional<int64_t> number = getLoadedWeight(value)) {
      const auto *place = llvm::find(loaded, *number);
      if (place == loaded.end())
        return fail("value " + Twine(*number) + " is not computed at load");
      uses.push_back(static_cast<int32_t>(-1 - (place - loaded.begin())));
      continue;
    }
    std::optional<StringRef> name = getExternWeight(value);
    if (!name)
      return fail("a constant from outside has no name");
    FailureOr<int32_t> index = findExternWeight(*name);
    if (failed(index))
      return failure();
    uses.push_back(*index);
  }
  return success();
}

LogicalResult Describer::readExternWeights() {
  auto find = [&](StringRef name) -> Operation * {
    return SymbolTable::lookupSymbolIn(module, name);
  };
  Operation *main = find("main"), *load = find(loadFunctionName);
  auto uses =
      main ? main->getAttrOfType<ArrayAttr>(externWeightsName) : ArrayAttr();
  auto numbers =
      load ? load->getAttrOfType<DenseI64ArrayAttr>(loadedName) : nullptr;
  bool hasStates = llvm::any_of(interface.states, [](const auto &state) {
    return isExternal(state.initial);
  });
  if (!uses && !numbers && !hasStates)
    return success();
  interface.external.emplace();
  for (InterfaceState &state : interface.states) {
    std::optional<StringRef> name = getExternWeight(state.initial);
    if (!name)
      continue;
    FailureOr<int32_t> index = findExternWeight(*name);
    if (failed(index))
      return failure();
    state.externWeight = *index;
  }
  ArrayRef<int64_t> loaded =
      numbers ? numbers.asArrayRef() : ArrayRef<int64_t>();
  InterfaceExternWeights &external = *interface.external;
  if (uses && failed(readExternUses(uses, loaded, external.entryWeights)))
    return failure();
  if (!numbers)
    return success();
  if (auto values = load->getAttrOfType<ArrayAttr>(externWeightsName))
    if (failed(readExternUses(values, {}, external.loadWeights)))
      return failure();
  auto function = dyn_cast<FunctionOpInterface>(load);
  if (!function || function.getNumArguments() < loaded.size())
    return fail("'@load' computes less than it says");
  for (size_t i = 0; i < loaded.size(); ++i) {
    auto type = dyn_cast<MemRefType>(function.getArgument(i).getType());
    std::optional<DLDataType> dtype = type && type.hasStaticShape()
                                          ? findDtype(type.getElementType())
                                          : std::nullopt;
    if (!dtype)
      return fail("'@load' computes something of no constant size");
    external.loaded.push_back(uint64_t(type.getNumElements()) *
                              llvm::divideCeil(dtype->bits, 8));
  }
  if (Attribute size = module->getAttr("kernel.load_arena_size")) {
    FailureOr<InterfaceExpr> workspace = encode(size);
    if (failed(workspace) || !workspace->getConstant())
      return fail("the memory that '@load' needs is not constant");
    external.loadWorkspace = *workspace->getConstant();
  }
  return success();
}
