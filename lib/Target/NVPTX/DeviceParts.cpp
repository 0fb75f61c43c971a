//===- DeviceParts.cpp - Device modules in parts --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceParts.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace graphc;

//===----------------------------------------------------------------------===//
// Dividing
//===----------------------------------------------------------------------===//

static bool isDeclaration(Operation *op) {
  if (auto function = dyn_cast<LLVM::LLVMFuncOp>(op))
    return function.isExternal();
  auto global = dyn_cast<LLVM::GlobalOp>(op);
  return global && !global.getValueAttr() &&
         global.getInitializerRegion().empty() &&
         global.getLinkage() == LLVM::Linkage::External;
}

/// The symbols of `device` that `op` mentions.
static llvm::SetVector<Operation *> findUsed(Operation *op,
                                             SymbolTable &symbols) {
  llvm::SetVector<Operation *> used;
  op->walk([&](Operation *inner) {
    for (NamedAttribute attribute : inner->getAttrs())
      attribute.getValue().walk([&](SymbolRefAttr reference) {
        if (Operation *symbol = symbols.lookup(reference.getRootReference()))
          used.insert(symbol);
      });
  });
  return used;
}

static int64_t countOperations(Operation *op) {
  int64_t count = 0;
  op->walk([&](Operation *) { ++count; });
  return count;
}

std::vector<nvptx::DevicePart> nvptx::divide(gpu::GPUModuleOp device,
                                             int64_t operations) {
  SymbolTable symbols(device);
  // What has to stay together, by the first of it.
  llvm::EquivalenceClasses<Operation *> together;
  llvm::MapVector<Operation *, SmallVector<Operation *>> groups;
  llvm::DenseMap<Operation *, SmallVector<Operation *>> declarations;
  for (Operation &op : device.getBody()->getOperations()) {
    if (isDeclaration(&op))
      continue;
    together.insert(&op);
    for (Operation *used : findUsed(&op, symbols)) {
      if (isDeclaration(used))
        declarations[&op].push_back(used);
      else
        together.unionSets(&op, used);
    }
  }
  for (Operation &op : device.getBody()->getOperations())
    if (!isDeclaration(&op))
      groups[together.getLeaderValue(&op)].push_back(&op);

  std::vector<DevicePart> parts;
  int64_t room = 0;
  llvm::DenseSet<Operation *> declared;
  for (auto &[leader, members] : groups) {
    if (room <= 0) {
      parts.emplace_back(cast<gpu::GPUModuleOp>(device->cloneWithoutRegions()));
      parts.back()->getBodyRegion().emplaceBlock();
      declared.clear();
      room = operations;
    }
    Block *body = parts.back()->getBody();
    for (Operation *op : members) {
      for (Operation *declaration : declarations[op])
        if (declared.insert(declaration).second)
          body->push_front(declaration->clone());
      room -= countOperations(op);
      op->moveBefore(body, body->end());
    }
  }
  return parts;
}

//===----------------------------------------------------------------------===//
// Joining
//===----------------------------------------------------------------------===//

void nvptx::renameAdded(llvm::Module &module, gpu::GPUModuleOp part) {
  auto kernels = part.getOps<LLVM::LLVMFuncOp>();
  if (kernels.empty())
    return;
  StringRef first = (*kernels.begin()).getName();
  auto rename = [&](llvm::GlobalValue &value) {
    if (value.hasLocalLinkage() && !part.lookupSymbol(value.getName()))
      value.setName(first + "." + value.getName());
  };
  for (llvm::GlobalVariable &variable : module.globals())
    rename(variable);
  for (llvm::Function &function : module)
    rename(function);
}

/// The number in a line `.version 8.4`, as 804.
static unsigned getVersion(StringRef header) {
  auto [major, minor] = header.split(".version ")
                            .second.take_until([](char c) { return c == '\n'; })
                            .split('.');
  unsigned high = 0, low = 0;
  major.getAsInteger(10, high);
  minor.getAsInteger(10, low);
  return 100 * high + low;
}

std::string nvptx::joinPTX(ArrayRef<std::string> parts) {
  StringRef header;
  std::string body;
  llvm::StringSet<> declared;
  for (StringRef part : parts) {
    size_t end = part.find('\n', part.find(".address_size"));
    if (end == StringRef::npos)
      end = part.size() - 1;
    StringRef own = part.take_front(end + 1);
    if (header.empty() || getVersion(own) > getVersion(header))
      header = own;
    for (StringRef rest = part.drop_front(end + 1); !rest.empty();) {
      auto [line, next] = rest.split('\n');
      bool isDeclared = line.starts_with(".extern") && line.ends_with(";") &&
                        !declared.insert(line).second;
      if (!isDeclared)
        body.append(line.begin(), next.data() - line.data());
      rest = next;
    }
  }
  return header.str() + body;
}
