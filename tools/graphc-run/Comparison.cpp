//===- Comparison.cpp - Compiled code beside the reference ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a kernel writes is a value of one of its nodes, but its shape may be
// another (dimensions are merged, split, or in another order) and a node may
// have several values. So a buffer is compared with every value that has as
// many elements, in every order of dimensions that fits, and the closest one
// counts. Outputs are what they are.
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"

#include "graphc/Support/CodedError.h"

#include "Elements.h"
#include "Layouts.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace graphc::run;

//===----------------------------------------------------------------------===//
// Distances
//===----------------------------------------------------------------------===//

static void addFloat(Distance &distance, const ReferenceValue &value,
                     const FloatFormat &format, int64_t index, double got,
                     double expected) {
  if (got == expected || (std::isnan(got) && std::isnan(expected)))
    return;
  double error = std::fabs(got - expected);
  double allowed =
      value.tolerance + value.relativeTolerance * std::fabs(expected);
  bool isNumber = std::isfinite(error);
  if (isNumber) {
    distance.maxAbsolute = std::max(distance.maxAbsolute, error);
    distance.maxUlp =
        std::max(distance.maxUlp, error / format.getUlp(expected));
    if (expected != 0)
      distance.maxRelative =
          std::max(distance.maxRelative, error / std::fabs(expected));
    if (error <= allowed)
      return;
  }
  ++distance.numBeyond;
  double excess = isNumber ? error / std::max(allowed, 1e-300) : INFINITY;
  if (distance.numBeyond > 1 && excess <= distance.excess)
    return;
  distance.excess = excess;
  distance.worst = index;
  distance.got = got;
  distance.expected = expected;
  distance.allowed = allowed;
}

static void addInteger(Distance &distance, int64_t index, unsigned bits,
                       uint64_t got, uint64_t expected) {
  uint64_t mask = bits >= 64 ? ~uint64_t(0) : (uint64_t(1) << bits) - 1;
  if (((got ^ expected) & mask) == 0)
    return;
  double error = std::fabs(static_cast<double>(static_cast<int64_t>(got)) -
                           static_cast<double>(static_cast<int64_t>(expected)));
  distance.maxAbsolute = std::max(distance.maxAbsolute, error);
  if (++distance.numBeyond > 1)
    return;
  distance.excess = INFINITY;
  distance.worst = index;
  distance.got = static_cast<double>(static_cast<int64_t>(got));
  distance.expected = static_cast<double>(static_cast<int64_t>(expected));
}

/// `tensor` beside `value`, whose elements are read by `strides`.
static Distance measure(const DLTensor &tensor, const ReferenceValue &value,
                        const char *elements, const Layout &layout) {
  Distance distance;
  LayoutWalk walk(layout);
  if (isFloat(tensor.dtype)) {
    const FloatFormat *format = FloatFormat::find(value.dtype);
    const auto *expected = reinterpret_cast<const double *>(elements);
    forEachFloat(tensor, [&](int64_t index, double got) {
      addFloat(distance, value, *format, index, got, expected[walk.next()]);
    });
  } else {
    const auto *expected = reinterpret_cast<const uint64_t *>(elements);
    forEachBits(tensor, [&](int64_t index, uint64_t got) {
      addInteger(distance, index, tensor.dtype.bits, got,
                 expected[walk.next()]);
    });
  }
  return distance;
}

/// Whether both are floats or both are not, so that they can be compared.
static bool fits(const DLTensor &tensor, const ReferenceValue &value) {
  if (countElements(tensor) != value.size())
    return false;
  return isFloat(tensor.dtype)
             ? FloatFormat::find(value.dtype) != nullptr
             : isInteger(tensor.dtype) && !FloatFormat::find(value.dtype) &&
                   !llvm::StringRef(value.dtype).starts_with("complex");
}

//===----------------------------------------------------------------------===//
// Buffers of kernels
//===----------------------------------------------------------------------===//

/// Those of the operand's own node first, later ones before earlier ones.
std::vector<const ReferenceValue *>
Comparison::findCandidates(const graphc_kernel &kernel, size_t operand,
                           const DLTensor &tensor) const {
  const char *own = kernel.operands[operand].node;
  std::vector<const ReferenceValue *> first, others;
  for (const ReferenceValue &value : llvm::reverse(reference.values)) {
    if (!fits(tensor, value))
      continue;
    if (own && value.node == own)
      first.push_back(&value);
    else if (llvm::any_of(
                 llvm::ArrayRef<const char *>(kernel.nodes, kernel.num_nodes),
                 [&](const char *node) { return value.node == node; }))
      others.push_back(&value);
  }
  llvm::append_range(first, others);
  return first;
}

Comparison::Row Comparison::compareBuffer(const graphc_kernel &kernel,
                                          size_t operand,
                                          const DLTensor &tensor) {
  Row row;
  row.shape.assign(tensor.shape, tensor.shape + tensor.ndim);
  const char *node = kernel.operands[operand].node;
  row.name = node ? node : kernel.name;
  std::vector<const ReferenceValue *> candidates =
      findCandidates(kernel, operand, tensor);
  if (candidates.empty()) {
    row.reason = "no value of its nodes has as many elements of its kind";
    return row;
  }
  for (const ReferenceValue *value : candidates) {
    llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> elements =
        reference.read(*value);
    if (!elements) {
      row.reason = llvm::toString(elements.takeError());
      return row;
    }
    for (const Layout &layout : findLayouts(row.shape, value->shape)) {
      Distance distance =
          measure(tensor, *value, (*elements)->getBufferStart(), layout);
      bool isBetter = !row.value || distance.numBeyond < row.distance.numBeyond;
      if (!isBetter)
        continue;
      row.value = value;
      row.last = value != candidates[0] && value->node == candidates[0]->node
                     ? candidates[0]
                     : nullptr;
      row.distance = distance;
      row.status = value->isUnstable    ? Status::Unstable
                   : distance.numBeyond ? Status::Beyond
                                        : Status::Right;
      if (!distance.numBeyond)
        return row;
    }
  }
  return row;
}

/// Copies have no node of their own: they must be what they copy.
Comparison::Row Comparison::compareCopy(const DLTensor &from,
                                        const DLTensor &to) {
  Row row;
  row.shape.assign(to.shape, to.shape + to.ndim);
  std::vector<uint64_t> expected;
  forEachBits(from, [&](int64_t, uint64_t bits) { expected.push_back(bits); });
  forEachBits(to, [&](int64_t index, uint64_t bits) {
    if (static_cast<size_t>(index) < expected.size() &&
        bits != expected[index] && row.distance.numBeyond++ == 0)
      row.distance.worst = index;
  });
  row.status = row.distance.numBeyond ? Status::Beyond : Status::Right;
  if (row.distance.numBeyond)
    row.reason = "is not what it copies";
  return row;
}

static std::pair<uintptr_t, uintptr_t> getExtent(const DLTensor &tensor) {
  auto begin = reinterpret_cast<uintptr_t>(tensor.data) + tensor.byte_offset;
  if (countElements(tensor) == 0)
    return {begin, begin};
  int64_t last = 0;
  for (int32_t dim = 0; dim < tensor.ndim; ++dim)
    last += (tensor.shape[dim] - 1) * tensor.strides[dim];
  return {begin, begin + static_cast<uintptr_t>(last + 1) *
                             ((tensor.dtype.bits + 7) / 8)};
}

/// What is written to before anything reads it was the beginning of a value: a
/// filled border, or what elements are scattered into.
void Comparison::forgetOverwritten(const graphc_kernel &kernel,
                                   const DLTensor *operands) {
  for (bool isWrite : {false, true})
    for (size_t i = 0; i < kernel.num_operands; ++i) {
      if (bool(kernel.operands[i].is_written) != isWrite)
        continue;
      auto [begin, end] = getExtent(operands[i]);
      llvm::erase_if(unread, [&, begin = begin, end = end](const Range &range) {
        if (end <= range.begin || range.end <= begin)
          return false;
        Row &row = rows[range.row];
        if (isWrite && row.status == Status::Beyond) {
          row.status = Status::NotCompared;
          row.reason = "written again before it is read";
        }
        return true;
      });
    }
}

void Comparison::see(const graphc_event &event) {
  const graphc_kernel &kernel = module.kernels[event.kernel];
  if (!event.is_done)
    return forgetOverwritten(kernel, event.operands);
  bool isCopy = kernel.num_operands == 2 &&
                llvm::StringRef(kernel.form) == "copy" &&
                !kernel.operands[0].is_written;
  for (size_t i = 0; i < kernel.num_operands; ++i) {
    if (!kernel.operands[i].is_written)
      continue;
    const DLTensor &tensor = event.operands[i];
    Row row = isCopy ? compareCopy(event.operands[0], tensor)
                     : compareBuffer(kernel, i, tensor);
    if (isCopy)
      row.name = kernel.operands[i].node ? kernel.operands[i].node : "copy";
    row.kernel = event.kernel;
    auto [begin, end] = getExtent(tensor);
    unread.push_back({begin, end, rows.size()});
    rows.push_back(std::move(row));
  }
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

/// What the caller knows a result of the code by.
static std::string getResultName(const graphc_module &module, size_t result) {
  int32_t output = module.results[result].output;
  if (output >= 0)
    return "output " + std::to_string(output) + " '" +
           module.outputs[output].name + "'";
  for (size_t i = 0; i < module.num_mutations; ++i) {
    const graphc_mutation &mutation = module.mutations[i];
    if (mutation.result != static_cast<int32_t>(result))
      continue;
    graphc_place place = mutation.place;
    return std::string("changed ") + (place.is_state ? "state '" : "input '") +
           (place.is_state ? module.states[place.index].name
                           : module.inputs[place.index].name) +
           "'";
  }
  return "result " + std::to_string(result);
}

llvm::Error Comparison::compareOutputs(llvm::ArrayRef<DLTensor> results) {
  if (results.size() != reference.outputs.size())
    return graphc::makeError("reference-run",
                             "the module has " + llvm::Twine(results.size()) +
                                 " results, the model has " +
                                 llvm::Twine(reference.outputs.size()) +
                                 ": it was compiled from another one");
  for (size_t i = 0; i < results.size(); ++i) {
    const DLTensor &tensor = results[i];
    const ReferenceValue &value = reference.outputs[i];
    Row row;
    row.name = getResultName(module, i);
    row.value = &value;
    row.shape.assign(tensor.shape, tensor.shape + tensor.ndim);
    if (row.shape != value.shape) {
      row.status = value.isUnstable ? Status::Unstable : Status::Beyond;
      row.reason = "has another shape than the reference's";
    } else if (!fits(tensor, value)) {
      row.reason = "elements of type " + value.dtype + " are not compared";
    } else {
      llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> elements =
          reference.read(value);
      if (!elements)
        return elements.takeError();
      row.distance = measure(tensor, value, (*elements)->getBufferStart(),
                             Layout::rowMajor(value.shape));
      row.status = value.isUnstable         ? Status::Unstable
                   : row.distance.numBeyond ? Status::Beyond
                                            : Status::Right;
    }
    outputRows.push_back(std::move(row));
  }
  return llvm::Error::success();
}
