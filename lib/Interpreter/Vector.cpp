//===- Vector.cpp - The vector dialect ------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

static unsigned lanesOf(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? vector.getNumElements() : 1;
}

/// The byte offset of the memref element at the indices from operand `first`.
static int64_t locate(Cell *slots, const Array &array, const Instruction &op,
                      unsigned first) {
  int64_t place = 0;
  for (auto [dim, stride] : llvm::enumerate(array.strides))
    place += slots[op.in[first + dim]].scalar.i * stride;
  return array.offset + place * array.element.bytes;
}

static bool isInside(Machine &machine, const Array &array, int64_t offset,
                     int64_t bytes, const Instruction &op) {
  if (offset >= 0 &&
      offset + bytes <= static_cast<int64_t>(array.memory->size()))
    return true;
  return machine.fail(op.op, "accesses bytes " + llvm::Twine(offset) + " to " +
                                 llvm::Twine(offset + bytes) +
                                 " of a buffer of " +
                                 llvm::Twine(array.memory->size()));
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static bool runLoad(Machine &machine, Cell *slots, const Instruction &op) {
  const Array &array = slots[op.in[0]].array;
  int64_t offset = locate(slots, array, op, 1);
  int64_t step = array.element.bytes;
  if (!isInside(machine, array, offset, op.lanes * step, op))
    return false;
  Cell &to = slots[op.out[0]];
  to.lanes.resize(op.lanes);
  for (unsigned i = 0; i < op.lanes; ++i)
    to.lanes[i] = array.element.load(array.memory->data() + offset + i * step);
  return true;
}

static bool runStore(Machine &machine, Cell *slots, const Instruction &op) {
  Array &array = slots[op.in[1]].array;
  int64_t offset = locate(slots, array, op, 2);
  int64_t step = array.element.bytes;
  const std::vector<Scalar> &lanes = slots[op.in[0]].lanes;
  if (!isInside(machine, array, offset,
                static_cast<int64_t>(lanes.size()) * step, op))
    return false;
  for (auto [i, lane] : llvm::enumerate(lanes))
    array.element.store(array.memory->data() + offset + i * step, lane);
  return true;
}

static bool runMaskedLoad(Machine &machine, Cell *slots,
                          const Instruction &op) {
  const Array &array = slots[op.in[0]].array;
  unsigned rank = array.shape.size();
  int64_t offset = locate(slots, array, op, 1);
  int64_t step = array.element.bytes;
  const std::vector<Scalar> &mask = slots[op.in[1 + rank]].lanes,
                            &other = slots[op.in[2 + rank]].lanes;
  Cell &to = slots[op.out[0]];
  to.lanes.resize(mask.size());
  for (auto [i, isWanted] : llvm::enumerate(mask)) {
    if (!isWanted.i) {
      to.lanes[i] = other[i];
      continue;
    }
    if (!isInside(machine, array, offset + i * step, step, op))
      return false;
    to.lanes[i] = array.element.load(array.memory->data() + offset + i * step);
  }
  return true;
}

static bool runMaskedStore(Machine &machine, Cell *slots,
                           const Instruction &op) {
  Array &array = slots[op.in[0]].array;
  unsigned rank = array.shape.size();
  int64_t offset = locate(slots, array, op, 1);
  int64_t step = array.element.bytes;
  const std::vector<Scalar> &mask = slots[op.in[1 + rank]].lanes,
                            &value = slots[op.in[2 + rank]].lanes;
  for (auto [i, isWanted] : llvm::enumerate(mask)) {
    if (!isWanted.i)
      continue;
    if (!isInside(machine, array, offset + i * step, step, op))
      return false;
    array.element.store(array.memory->data() + offset + i * step, value[i]);
  }
  return true;
}

/// base, offsets, places (vector), mask, other.
static bool runGather(Machine &machine, Cell *slots, const Instruction &op) {
  const Array &array = slots[op.in[0]].array;
  unsigned rank = array.shape.size();
  int64_t offset = locate(slots, array, op, 1);
  int64_t step = array.element.bytes;
  int64_t stride = rank == 0 ? 1 : array.strides.back();
  const std::vector<Scalar> &places = slots[op.in[1 + rank]].lanes,
                            &mask = slots[op.in[2 + rank]].lanes,
                            &other = slots[op.in[3 + rank]].lanes;
  Cell &to = slots[op.out[0]];
  to.lanes.resize(places.size());
  for (auto [i, place] : llvm::enumerate(places)) {
    if (!mask[i].i) {
      to.lanes[i] = other[i];
      continue;
    }
    int64_t at = offset + place.i * stride * step;
    if (!isInside(machine, array, at, step, op))
      return false;
    to.lanes[i] = array.element.load(array.memory->data() + at);
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Lanes
//===----------------------------------------------------------------------===//

/// Source lane of each lane of the result, as broadcasts and transpositions
/// have it.
static bool runPermuted(Machine &, Cell *slots, const Instruction &op) {
  const Cell &from = slots[op.in[0]];
  bool isScalar = !isa<VectorType>(op.op->getOperand(0).getType());
  Cell &to = slots[op.out[0]];
  to.lanes.resize(op.lanes);
  for (unsigned i = 0; i < op.lanes; ++i)
    to.lanes[i] = isScalar ? from.scalar : from.lanes[op.constants[i].i];
  return true;
}

static bool prepareBroadcast(Instruction &op) {
  auto from = dyn_cast<VectorType>(op.op->getOperand(0).getType());
  auto to = cast<VectorType>(op.op->getResult(0).getType());
  if (!from)
    return true;
  for (int64_t i = 0, e = to.getNumElements(); i < e; ++i) {
    int64_t rest = i, place = 0, stride = 1;
    for (int64_t dim = 0; dim < from.getRank(); ++dim) {
      int64_t size = to.getDimSize(to.getRank() - 1 - dim),
              own = from.getDimSize(from.getRank() - 1 - dim);
      place += own == 1 ? 0 : rest % size * stride;
      rest /= size;
      stride *= own;
    }
    op.constants.push_back({.i = place});
  }
  return true;
}

static bool prepareTranspose(Instruction &op) {
  auto transpose = cast<vector::TransposeOp>(op.op);
  VectorType from = transpose.getSourceVectorType(),
             to = transpose.getResultVectorType();
  SmallVector<int64_t> strides(from.getRank(), 1);
  for (int64_t dim = from.getRank() - 1; dim-- > 0;)
    strides[dim] = strides[dim + 1] * from.getDimSize(dim + 1);
  for (int64_t i = 0, e = to.getNumElements(); i < e; ++i) {
    int64_t rest = i, place = 0;
    for (int64_t dim = to.getRank(); dim-- > 0;) {
      place +=
          rest % to.getDimSize(dim) * strides[transpose.getPermutation()[dim]];
      rest /= to.getDimSize(dim);
    }
    op.constants.push_back({.i = place});
  }
  return true;
}

static bool runShapeCast(Machine &, Cell *slots, const Instruction &op) {
  slots[op.out[0]].lanes = slots[op.in[0]].lanes;
  return true;
}

static bool prepareShuffle(Instruction &op) {
  auto shuffle = cast<vector::ShuffleOp>(op.op);
  // A shuffle of vectors of vectors moves rows.
  if (shuffle.getV1VectorType().getRank() > 1)
    return false;
  op.number = lanesOf(shuffle.getV1VectorType());
  for (int64_t lane : shuffle.getMask())
    op.constants.push_back({.i = lane});
  return true;
}
static bool runShuffle(Machine &, Cell *slots, const Instruction &op) {
  const std::vector<Scalar> &a = slots[op.in[0]].lanes,
                            &b = slots[op.in[1]].lanes;
  Cell &to = slots[op.out[0]];
  to.lanes.resize(op.constants.size());
  for (auto [i, lane] : llvm::enumerate(op.constants))
    to.lanes[i] = lane.i < 0           ? Scalar{.i = 0}
                  : lane.i < op.number ? a[lane.i]
                                       : b[lane.i - op.number];
  return true;
}

static bool runFromElements(Machine &, Cell *slots, const Instruction &op) {
  Cell &to = slots[op.out[0]];
  to.lanes.resize(op.in.size());
  for (auto [i, slot] : llvm::enumerate(op.in))
    to.lanes[i] = slots[slot].scalar;
  return true;
}
static bool runToElements(Machine &, Cell *slots, const Instruction &op) {
  for (auto [i, slot] : llvm::enumerate(op.out))
    slots[slot].scalar = slots[op.in[0]].lanes[i];
  return true;
}

/// Where the sub-vector at `positions` begins, and how long it is.
static std::optional<std::array<int64_t, 2>>
findPart(VectorType type, ArrayRef<int64_t> positions) {
  int64_t begin = 0, count = type.getNumElements();
  for (auto [dim, place] : llvm::enumerate(positions)) {
    int64_t size = type.getDimSize(dim);
    if (place < 0 || place >= size)
      return std::nullopt;
    count /= size;
    begin += place * count;
  }
  return std::array<int64_t, 2>{begin, count};
}

static bool runExtract(Machine &machine, Cell *slots, const Instruction &op) {
  auto extract = cast<vector::ExtractOp>(op.op);
  unsigned next = 1;
  auto part = findPart(extract.getSourceVectorType(),
                       getMixed(extract.getStaticPosition(), slots, op, next));
  if (!part)
    return machine.fail(op.op, "extracts a lane that is not there");
  const std::vector<Scalar> &from = slots[op.in[0]].lanes;
  Cell &to = slots[op.out[0]];
  if (!isa<VectorType>(extract.getResult().getType()))
    to.scalar = from[(*part)[0]];
  else
    to.lanes.assign(from.begin() + (*part)[0],
                    from.begin() + (*part)[0] + (*part)[1]);
  return true;
}

static bool runInsert(Machine &machine, Cell *slots, const Instruction &op) {
  auto insert = cast<vector::InsertOp>(op.op);
  unsigned next = 2;
  auto part = findPart(insert.getDestVectorType(),
                       getMixed(insert.getStaticPosition(), slots, op, next));
  if (!part)
    return machine.fail(op.op, "inserts at a lane that is not there");
  std::vector<Scalar> lanes = slots[op.in[1]].lanes;
  const Cell &value = slots[op.in[0]];
  if (!isa<VectorType>(insert.getValueToStore().getType()))
    lanes[(*part)[0]] = value.scalar;
  else
    llvm::copy(value.lanes, lanes.begin() + (*part)[0]);
  slots[op.out[0]].lanes = std::move(lanes);
  return true;
}

static bool prepareStridedSlice(Instruction &op) {
  auto slice = cast<vector::ExtractStridedSliceOp>(op.op);
  VectorType from = slice.getSourceVectorType();
  auto to = cast<VectorType>(slice.getResult().getType());
  for (int64_t i = 0, e = to.getNumElements(); i < e; ++i) {
    int64_t rest = i, place = 0, stride = 1;
    for (int64_t dim = to.getRank(); dim-- > 0;) {
      int64_t at = rest % to.getDimSize(dim);
      rest /= to.getDimSize(dim);
      if (dim < static_cast<int64_t>(slice.getOffsets().size()))
        at = cast<IntegerAttr>(slice.getOffsets()[dim]).getInt() +
             at * cast<IntegerAttr>(slice.getStrides()[dim]).getInt();
      place += at * stride;
      stride *= from.getDimSize(dim);
    }
    op.constants.push_back({.i = place});
  }
  return true;
}

static bool runStep(Machine &, Cell *slots, const Instruction &op) {
  Cell &to = slots[op.out[0]];
  to.lanes.resize(op.lanes);
  for (unsigned i = 0; i < op.lanes; ++i)
    to.lanes[i].i = i;
  return true;
}

/// A mask over a vector of one or several dimensions.
static void makeMask(VectorType type, ArrayRef<int64_t> sizes,
                     std::vector<Scalar> &lanes) {
  lanes.resize(type.getNumElements());
  for (auto [i, lane] : llvm::enumerate(lanes)) {
    int64_t rest = i;
    lane.i = 1;
    for (int64_t dim = type.getRank(); dim-- > 0;) {
      lane.i &= rest % type.getDimSize(dim) < sizes[dim];
      rest /= type.getDimSize(dim);
    }
  }
}
static bool runCreateMask(Machine &, Cell *slots, const Instruction &op) {
  SmallVector<int64_t> sizes;
  for (unsigned slot : op.in)
    sizes.push_back(slots[slot].scalar.i);
  makeMask(cast<VectorType>(op.op->getResult(0).getType()), sizes,
           slots[op.out[0]].lanes);
  return true;
}
static bool runConstantMask(Machine &, Cell *slots, const Instruction &op) {
  makeMask(cast<VectorType>(op.op->getResult(0).getType()),
           cast<vector::ConstantMaskOp>(op.op).getMaskDimSizes(),
           slots[op.out[0]].lanes);
  return true;
}

static bool runBitcast(Machine &, Cell *slots, const Instruction &op) {
  const std::vector<Scalar> &from = slots[op.in[0]].lanes;
  std::vector<char> bytes(from.size() * op.from.bytes);
  for (auto [i, lane] : llvm::enumerate(from))
    op.from.store(bytes.data() + i * op.from.bytes, lane);
  Cell &to = slots[op.out[0]];
  to.lanes.resize(bytes.size() / op.to.bytes);
  for (auto [i, lane] : llvm::enumerate(to.lanes))
    lane = op.to.load(bytes.data() + i * op.to.bytes);
  return true;
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

static double combineFloats(vector::CombiningKind kind, double a, double b) {
  switch (kind) {
  case vector::CombiningKind::ADD:
    return a + b;
  case vector::CombiningKind::MUL:
    return a * b;
  case vector::CombiningKind::MAXIMUMF:
    return std::isnan(a) || std::isnan(b) ? std::nan("") : std::max(a, b);
  case vector::CombiningKind::MINIMUMF:
    return std::isnan(a) || std::isnan(b) ? std::nan("") : std::min(a, b);
  case vector::CombiningKind::MAXNUMF:
    return std::fmax(a, b);
  default:
    return std::fmin(a, b);
  }
}

static int64_t combineInts(vector::CombiningKind kind, int64_t a, int64_t b,
                           const Element &type) {
  switch (kind) {
  case vector::CombiningKind::ADD:
    return static_cast<int64_t>(static_cast<uint64_t>(a) + b);
  case vector::CombiningKind::MUL:
    return static_cast<int64_t>(static_cast<uint64_t>(a) * b);
  case vector::CombiningKind::AND:
    return a & b;
  case vector::CombiningKind::OR:
    return a | b;
  case vector::CombiningKind::XOR:
    return a ^ b;
  case vector::CombiningKind::MAXSI:
    return std::max(toSigned(a, type), toSigned(b, type));
  case vector::CombiningKind::MINSI:
    return std::min(toSigned(a, type), toSigned(b, type));
  case vector::CombiningKind::MAXUI:
    return toUnsigned(a, type) > toUnsigned(b, type) ? a : b;
  default:
    return toUnsigned(a, type) < toUnsigned(b, type) ? a : b;
  }
}

/// In pairs, as hardware does it, which is also what its rounding is like.
static bool runReduction(Machine &, Cell *slots, const Instruction &op) {
  vector::CombiningKind kind = cast<vector::ReductionOp>(op.op).getKind();
  std::vector<Scalar> lanes = slots[op.in[0]].lanes;
  auto combine = [&](Scalar a, Scalar b) {
    return op.to.isFloat()
               ? Scalar{.f = op.to.round(combineFloats(kind, a.f, b.f))}
               : Scalar{.i = op.to.wrap(combineInts(kind, a.i, b.i, op.to))};
  };
  while (lanes.size() > 1) {
    size_t half = lanes.size() / 2;
    for (size_t i = 0; i < half; ++i)
      lanes[i] = combine(lanes[i], lanes[i + half]);
    if (lanes.size() % 2 != 0)
      lanes[half++] = lanes.back();
    lanes.resize(half);
  }
  Scalar result = lanes.front();
  if (op.in.size() > 1)
    result = combine(slots[op.in[1]].scalar, result);
  slots[op.out[0]].scalar = result;
  return true;
}

void interpreter::addVector(Table &table) {
  using namespace vector;
  table[LoadOp::getOperationName()] = {runLoad};
  table[StoreOp::getOperationName()] = {runStore};
  table[MaskedLoadOp::getOperationName()] = {runMaskedLoad};
  table[MaskedStoreOp::getOperationName()] = {runMaskedStore};
  table[GatherOp::getOperationName()] = {runGather, [](Instruction &op) {
                                           return isa<MemRefType>(
                                               op.op->getOperand(0).getType());
                                         }};
  table[BroadcastOp::getOperationName()] = {runPermuted, prepareBroadcast};
  table[TransposeOp::getOperationName()] = {runPermuted, prepareTranspose};
  table[ExtractStridedSliceOp::getOperationName()] = {runPermuted,
                                                      prepareStridedSlice};
  table[ShapeCastOp::getOperationName()] = {runShapeCast};
  table[ShuffleOp::getOperationName()] = {runShuffle, prepareShuffle};
  table[FromElementsOp::getOperationName()] = {runFromElements};
  table[ToElementsOp::getOperationName()] = {runToElements};
  table[ExtractOp::getOperationName()] = {runExtract};
  table[InsertOp::getOperationName()] = {runInsert};
  table[StepOp::getOperationName()] = {runStep};
  table[CreateMaskOp::getOperationName()] = {runCreateMask};
  table[ConstantMaskOp::getOperationName()] = {runConstantMask};
  table[BitCastOp::getOperationName()] = {runBitcast};
  table[ReductionOp::getOperationName()] = {runReduction};
}
