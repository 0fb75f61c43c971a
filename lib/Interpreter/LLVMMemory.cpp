//===- LLVMMemory.cpp - The LLVM dialect: pointers and memory -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A pointer is a memory and an offset, so that every access is checked. In
// memory, and in lanes of vectors, pointers are addresses of the host.
//
//===----------------------------------------------------------------------===//

#include "Pointers.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

#include <cstring>

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

int64_t interpreter::toAddress(Machine &machine, const Cell &pointer) {
  const Array &place = pointer.array;
  if (!place.memory)
    return place.offset;
  auto begin = reinterpret_cast<int64_t>(place.memory->data());
  machine.addressed[begin] = place.memory;
  return begin + place.offset;
}

Cell interpreter::fromAddress(Machine &machine, int64_t address) {
  auto next = machine.addressed.upper_bound(address);
  if (next != machine.addressed.begin()) {
    auto &[begin, memory] = *std::prev(next);
    if (address <= begin + static_cast<int64_t>(memory->size()))
      return makePointer(memory, address - begin);
  }
  return makePointer(nullptr, address);
}

//===----------------------------------------------------------------------===//
// Sizes of types
//===----------------------------------------------------------------------===//

static int64_t alignmentOf(Type type);

/// In bytes; 0 for what has none here.
static int64_t sizeOf(Type type) {
  if (auto array = dyn_cast<LLVM::LLVMArrayType>(type))
    return static_cast<int64_t>(array.getNumElements()) *
           sizeOf(array.getElementType());
  if (auto structure = dyn_cast<LLVM::LLVMStructType>(type)) {
    int64_t size = 0;
    for (Type field : structure.getBody())
      size = (structure.isPacked() ? size
                                   : llvm::alignTo(size, alignmentOf(field))) +
             sizeOf(field);
    return structure.isPacked() ? size : llvm::alignTo(size, alignmentOf(type));
  }
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.getNumElements() * getElement(type).bytes;
  return getElement(type).bytes;
}

static int64_t alignmentOf(Type type) {
  if (auto array = dyn_cast<LLVM::LLVMArrayType>(type))
    return alignmentOf(array.getElementType());
  if (auto structure = dyn_cast<LLVM::LLVMStructType>(type)) {
    int64_t most = 1;
    for (Type field : structure.getBody())
      most = std::max(most, alignmentOf(field));
    return most;
  }
  return std::max<int64_t>(1, sizeOf(type));
}

static int64_t fieldOffset(LLVM::LLVMStructType structure, int64_t index) {
  int64_t offset = 0;
  for (auto [i, field] : llvm::enumerate(structure.getBody())) {
    if (!structure.isPacked())
      offset = llvm::alignTo(offset, alignmentOf(field));
    if (static_cast<int64_t>(i) == index)
      break;
    offset += sizeOf(field);
  }
  return offset;
}

//===----------------------------------------------------------------------===//
// Access
//===----------------------------------------------------------------------===//

/// The bytes that an op accesses, or null after `fail`.
static char *access(Machine &machine, const Cell &pointer, int64_t bytes,
                    Operation *op) {
  const Array &place = pointer.array;
  if (!place.memory) {
    machine.fail(op, "accesses memory at an address that is none");
    return nullptr;
  }
  if (place.offset >= 0 &&
      place.offset + bytes <= static_cast<int64_t>(place.memory->size()))
    return place.memory->data() + place.offset;
  machine.fail(op, "accesses bytes " + llvm::Twine(place.offset) + " to " +
                       llvm::Twine(place.offset + bytes) + " of a buffer of " +
                       llvm::Twine(place.memory->size()));
  return nullptr;
}

bool interpreter::storeNumber(Machine &machine, const Cell &pointer,
                              int64_t value, int64_t bytes, Operation *op) {
  char *to = access(machine, pointer, bytes, op);
  if (to)
    std::memcpy(to, &value, bytes);
  return to;
}

static bool isBits(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  return vector && vector.getElementType().isInteger(1);
}

static bool load(Machine &machine, const char *from, Type type, Cell &to) {
  if (auto vector = dyn_cast<VectorType>(type)) {
    Element element = getElement(type);
    to.lanes.resize(vector.getNumElements());
    for (auto [i, lane] : llvm::enumerate(to.lanes))
      lane = isBits(type) ? Scalar{.i = from[i / 8] >> (i % 8) & 1}
                          : element.load(from + i * element.bytes);
    return true;
  }
  if (isa<LLVM::LLVMPointerType>(type)) {
    int64_t address;
    std::memcpy(&address, from, sizeof(address));
    to = fromAddress(machine, address);
    return true;
  }
  if (auto structure = dyn_cast<LLVM::LLVMStructType>(type)) {
    to.fields.assign(structure.getBody().size(), Cell());
    for (auto [i, field] : llvm::enumerate(structure.getBody()))
      load(machine, from + fieldOffset(structure, i), field, to.fields[i]);
    return true;
  }
  if (auto array = dyn_cast<LLVM::LLVMArrayType>(type)) {
    to.fields.assign(array.getNumElements(), Cell());
    int64_t size = sizeOf(array.getElementType());
    for (auto [i, field] : llvm::enumerate(to.fields))
      load(machine, from + i * size, array.getElementType(), field);
    return true;
  }
  to.scalar = getElement(type).load(from);
  return true;
}

static void store(Machine &machine, char *to, Type type, const Cell &value) {
  if (isa<VectorType>(type)) {
    Element element = getElement(type);
    for (auto [i, lane] : llvm::enumerate(value.lanes))
      if (!isBits(type))
        element.store(to + i * element.bytes, lane);
      else
        to[i / 8] = static_cast<char>((to[i / 8] & ~(1 << (i % 8))) |
                                      (lane.i & 1) << (i % 8));
    return;
  }
  if (isa<LLVM::LLVMPointerType>(type)) {
    int64_t address = toAddress(machine, value);
    std::memcpy(to, &address, sizeof(address));
    return;
  }
  if (auto structure = dyn_cast<LLVM::LLVMStructType>(type)) {
    for (auto [i, field] : llvm::enumerate(structure.getBody()))
      store(machine, to + fieldOffset(structure, i), field, value.fields[i]);
    return;
  }
  if (auto array = dyn_cast<LLVM::LLVMArrayType>(type)) {
    int64_t size = sizeOf(array.getElementType());
    for (auto [i, field] : llvm::enumerate(value.fields))
      store(machine, to + i * size, array.getElementType(), field);
    return;
  }
  getElement(type).store(to, value.scalar);
}

static int64_t storedBytes(Type type) {
  return isBits(type)
             ? llvm::divideCeil(cast<VectorType>(type).getNumElements(), 8)
             : sizeOf(type);
}

static bool runLoad(Machine &machine, Cell *slots, const Instruction &op) {
  Type type = op.op->getResult(0).getType();
  char *from = access(machine, slots[op.in[0]], storedBytes(type), op.op);
  if (!from)
    return false;
  Cell value;
  load(machine, from, type, value);
  slots[op.out[0]] = std::move(value);
  return true;
}

static bool runStore(Machine &machine, Cell *slots, const Instruction &op) {
  Type type = op.op->getOperand(0).getType();
  char *to = access(machine, slots[op.in[1]], storedBytes(type), op.op);
  if (!to)
    return false;
  store(machine, to, type, slots[op.in[0]]);
  return true;
}

static bool runAlloca(Machine &, Cell *slots, const Instruction &op) {
  int64_t size = sizeOf(cast<LLVM::AllocaOp>(op.op).getElemType());
  slots[op.out[0]] = makePointer(allocate(slots[op.in[0]].scalar.i * size), 0);
  return true;
}

/// Pointer, mask, what lanes without memory get.
static bool runMaskedLoad(Machine &machine, Cell *slots,
                          const Instruction &op) {
  const std::vector<Scalar> mask = slots[op.in[1]].lanes;
  Cell value;
  if (op.in.size() > 2)
    value.lanes = slots[op.in[2]].lanes;
  else
    value.lanes.assign(mask.size(), Scalar{0});
  for (auto [i, isWanted] : llvm::enumerate(mask)) {
    if (!isWanted.i)
      continue;
    Cell place = slots[op.in[0]];
    place.array.offset += i * op.to.bytes;
    const char *from = access(machine, place, op.to.bytes, op.op);
    if (!from)
      return false;
    value.lanes[i] = op.to.load(from);
  }
  slots[op.out[0]] = std::move(value);
  return true;
}

/// Value, pointer, mask.
static bool runMaskedStore(Machine &machine, Cell *slots,
                           const Instruction &op) {
  const std::vector<Scalar> &value = slots[op.in[0]].lanes,
                            &mask = slots[op.in[2]].lanes;
  for (auto [i, isWanted] : llvm::enumerate(mask)) {
    if (!isWanted.i)
      continue;
    Cell place = slots[op.in[1]];
    place.array.offset += i * op.from.bytes;
    char *to = access(machine, place, op.from.bytes, op.op);
    if (!to)
      return false;
    op.from.store(to, value[i]);
  }
  return true;
}

/// Pointers, mask, what lanes without memory get.
static bool runGather(Machine &machine, Cell *slots, const Instruction &op) {
  const std::vector<Scalar> &places = slots[op.in[0]].lanes,
                            &mask = slots[op.in[1]].lanes;
  Cell value;
  if (op.in.size() > 2)
    value.lanes = slots[op.in[2]].lanes;
  else
    value.lanes.assign(mask.size(), Scalar{0});
  for (auto [i, isWanted] : llvm::enumerate(mask)) {
    if (!isWanted.i)
      continue;
    const char *from =
        access(machine, fromAddress(machine, places[i].i), op.to.bytes, op.op);
    if (!from)
      return false;
    value.lanes[i] = op.to.load(from);
  }
  slots[op.out[0]] = std::move(value);
  return true;
}

/// Value, pointers, mask.
static bool runScatter(Machine &machine, Cell *slots, const Instruction &op) {
  const std::vector<Scalar> &value = slots[op.in[0]].lanes,
                            &places = slots[op.in[1]].lanes,
                            &mask = slots[op.in[2]].lanes;
  for (auto [i, isWanted] : llvm::enumerate(mask)) {
    if (!isWanted.i)
      continue;
    char *to = access(machine, fromAddress(machine, places[i].i), op.from.bytes,
                      op.op);
    if (!to)
      return false;
    op.from.store(to, value[i]);
  }
  return true;
}

/// To, from, bytes; also when they overlap.
static bool runMemcpy(Machine &machine, Cell *slots, const Instruction &op) {
  int64_t bytes = slots[op.in[2]].scalar.i;
  if (bytes == 0)
    return true;
  char *to = access(machine, slots[op.in[0]], bytes, op.op);
  const char *from = access(machine, slots[op.in[1]], bytes, op.op);
  if (!to || !from)
    return false;
  std::memmove(to, from, bytes);
  return true;
}

static bool runMemset(Machine &machine, Cell *slots, const Instruction &op) {
  int64_t bytes = slots[op.in[2]].scalar.i;
  if (bytes == 0)
    return true;
  char *to = access(machine, slots[op.in[0]], bytes, op.op);
  if (!to)
    return false;
  std::memset(to, static_cast<int>(slots[op.in[1]].scalar.i), bytes);
  return true;
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

static bool runGEP(Machine &machine, Cell *slots, const Instruction &op) {
  auto address = cast<LLVM::GEPOp>(op.op);
  unsigned lanes = std::max(op.lanes, 1u);
  Cell result;
  for (unsigned lane = 0; lane < lanes; ++lane) {
    Type type = address.getElemType();
    int64_t offset = 0;
    unsigned next = 1;
    for (auto [i, constant] :
         llvm::enumerate(address.getRawConstantIndices())) {
      int64_t index = constant;
      if (constant == LLVM::GEPOp::kDynamicIndex) {
        const Cell &cell = slots[op.in[next]];
        bool isVector = isa<VectorType>(op.op->getOperand(next).getType());
        index = isVector ? cell.lanes[lane].i : cell.scalar.i;
        ++next;
      }
      if (i == 0) {
        offset += index * sizeOf(type);
      } else if (auto structure = dyn_cast<LLVM::LLVMStructType>(type)) {
        offset += fieldOffset(structure, index);
        type = structure.getBody()[index];
      } else if (auto array = dyn_cast<LLVM::LLVMArrayType>(type)) {
        type = array.getElementType();
        offset += index * sizeOf(type);
      } else {
        return machine.fail(op.op, "indexes a type that is not known", true);
      }
    }
    const Cell &base = slots[op.in[0]];
    if (op.lanes == 0) {
      result = makePointer(base.array.memory, base.array.offset + offset);
      break;
    }
    bool isVector = isa<VectorType>(op.op->getOperand(0).getType());
    int64_t begin = isVector ? base.lanes[lane].i : toAddress(machine, base);
    result.lanes.push_back({.i = begin + offset});
  }
  slots[op.out[0]] = std::move(result);
  return true;
}

static bool runAddressOf(Machine &machine, Cell *slots, const Instruction &op) {
  StringRef name = cast<LLVM::AddressOfOp>(op.op).getGlobalName();
  Operation *symbol = SymbolTable::lookupSymbolIn(machine.module, name);
  auto global = dyn_cast_or_null<LLVM::GlobalOp>(symbol);
  if (!global) {
    Memory &memory = machine.globals[symbol];
    if (!memory)
      memory = allocate(8);
    machine.functionAt[memory.get()] = symbol;
    slots[op.out[0]] = makePointer(memory, 0);
    return true;
  }
  Memory &memory = machine.globals[global];
  if (!memory) {
    auto elements = dyn_cast_or_null<ElementsAttr>(global.getValueOrNull());
    auto text = dyn_cast_or_null<StringAttr>(global.getValueOrNull());
    Array values;
    if (elements && readElements(elements, values))
      memory = values.memory;
    else if (text)
      memory = std::make_shared<Bytes>(text.getValue().begin(),
                                       text.getValue().end());
    else if (global.getInitializerBlock() && !global.getValueOrNull())
      memory = allocate(sizeOf(global.getType())); // Nobody reads it.
    else
      return machine.fail(op.op, "global has no values", true);
    memory->resize(std::max<size_t>(memory->size(), sizeOf(global.getType())));
  }
  slots[op.out[0]] = makePointer(memory, 0);
  return true;
}

static bool runPtrToInt(Machine &machine, Cell *slots, const Instruction &op) {
  slots[op.out[0]].scalar.i = toAddress(machine, slots[op.in[0]]);
  return true;
}
static bool runIntToPtr(Machine &machine, Cell *slots, const Instruction &op) {
  slots[op.out[0]] = fromAddress(machine, slots[op.in[0]].scalar.i);
  return true;
}
static bool runStackSave(Machine &, Cell *slots, const Instruction &op) {
  slots[op.out[0]] = makePointer(nullptr, 0);
  return true;
}

void interpreter::addLLVMMemory(Table &table) {
  table["llvm.load"] = {runLoad};
  table["llvm.store"] = {runStore};
  table["llvm.alloca"] = {runAlloca};
  table["llvm.intr.masked.load"] = {runMaskedLoad};
  table["llvm.intr.masked.store"] = {runMaskedStore};
  table["llvm.intr.masked.gather"] = {runGather};
  table["llvm.intr.masked.scatter"] = {runScatter};
  table["llvm.intr.memcpy"] = {runMemcpy};
  table["llvm.intr.memcpy.inline"] = {runMemcpy};
  table["llvm.intr.memmove"] = {runMemcpy};
  table["llvm.intr.memset"] = {runMemset};
  table["llvm.getelementptr"] = {runGEP};
  table["llvm.mlir.addressof"] = {runAddressOf};
  table["llvm.ptrtoint"] = {runPtrToInt};
  table["llvm.inttoptr"] = {runIntToPtr};
  table["llvm.intr.stacksave"] = {runStackSave};
}
