//===- Interpreter.h - What IR of any stage computes ------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Evaluates functions of a module at any stage from graph to the LLVM dialect.
// Numbers are rounded to their types after every operation. Parallel
// loops run in order. What is not known is an error that names the op.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_INTERPRETER_INTERPRETER_H
#define GRAPHC_INTERPRETER_INTERPRETER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <vector>

namespace graphc::interpreter {

/// A number: floats as a double that their type holds, integers sign-extended
/// to 64 bits, i1 as 0 or 1.
union Scalar {
  double f;
  int64_t i;
};

/// How an element type is computed and lies in memory.
struct Element {
  enum Kind : uint8_t { None, F64, F32, F16, BF16, SmallFloat, Int };
  Kind kind = None;
  uint8_t bytes = 0;
  /// Bits of an integer; 1 for bool, which takes a byte of memory.
  uint8_t width = 0;
  const llvm::fltSemantics *semantics = nullptr;

  /// None for what is not supported.
  static Element get(mlir::Type type);
  explicit operator bool() const { return kind != None; }
  bool isFloat() const { return kind != Int; }
  Scalar load(const char *from) const;
  void store(char *to, Scalar value) const;
  /// `value` in this type.
  double round(double value) const;
  int64_t wrap(int64_t value) const;
  /// Distance from 1 to the next number.
  double epsilon() const;
};

/// Memory that may be seen as elements of several types.
template <typename T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <typename U>
  AlignedAllocator(const AlignedAllocator<U> &) {}
  T *allocate(size_t count) {
    return static_cast<T *>(
        ::operator new(count * sizeof(T), std::align_val_t(64)));
  }
  void deallocate(T *pointer, size_t) {
    ::operator delete(pointer, std::align_val_t(64));
  }
  bool operator==(const AlignedAllocator &) const { return true; }
  bool operator!=(const AlignedAllocator &) const { return false; }
};
/// As the runtime promises it to code.
using Bytes = std::vector<char, AlignedAllocator<char>>;
using Memory = std::shared_ptr<Bytes>;
/// Bytes of 0xff: floats in it are NaN, so that reading what nobody wrote
/// shows.
Memory allocate(int64_t bytes);

/// A tensor or memref: a strided view of memory. Graph tensors are row-major
/// whatever the strides of their type.
struct Array {
  Memory memory;
  Element element;
  /// In bytes: the first element, and where offsets of a memref count from.
  int64_t offset = 0, base = 0;
  /// In elements.
  llvm::SmallVector<int64_t, 4> shape, strides;

  Array() = default;
  /// Fresh, row-major and not filled.
  Array(llvm::ArrayRef<int64_t> shape, Element element);
  int64_t size() const;
  bool isContiguous() const;
  /// The element number `index` in row-major order.
  Scalar get(int64_t index) const;
  void set(int64_t index, Scalar value);
  /// Whether every element lies in the memory.
  bool isInside() const;
  /// Copies the elements of `from`, which has the same shape.
  void assign(const Array &from);
  /// A copy of its own.
  Array clone() const;
  /// Byte offset of the row-major element `index`.
  int64_t locate(int64_t index) const;
};

/// The values of a constant; false when they are missing or not supported.
bool readElements(mlir::ElementsAttr elements, Array &array);

struct Cell {
  Scalar scalar = {0};
  Array array;
  /// Lanes of a vector, row-major.
  std::vector<Scalar> lanes;
  /// Of a struct or an array of the LLVM dialect, whose pointers are arrays: a
  /// memory and an offset in it.
  std::vector<Cell> fields;
};

/// Sees what ops on whole tensors and buffers compute.
class Observer {
public:
  virtual ~Observer() = default;
  /// `results` are those of the op, or the buffers that it wrote. They may be
  /// changed.
  virtual void seen(mlir::Operation *op, llvm::ArrayRef<const Array *> operands,
                    llvm::ArrayRef<Array *> results) = 0;
};

struct Options {
  Observer *observer = nullptr;
  /// Memory that other memory holds the addresses of.
  std::vector<Memory> addressed;
  /// Calls machine code of a function on addresses and integers, which gives
  /// its result or 0; nothing for a function that is to be interpreted. May be
  /// empty.
  std::function<std::optional<int64_t>(llvm::StringRef,
                                       llvm::ArrayRef<int64_t>)>
      callCode;
  /// Gives up after so many operations on numbers.
  int64_t maxSteps = int64_t(1) << 34;
  /// Lowers the one graph op in a function `@main` of the module to linalg, for
  /// ops without an evaluator; may be null.
  mlir::LogicalResult (*lower)(mlir::ModuleOp) = nullptr;
};

/// Why there is no result.
struct Error {
  /// The op at fault, or null.
  mlir::Operation *op = nullptr;
  std::string message;
  /// The op is not known, as opposed to a run that went wrong.
  bool isUnsupported = false;
};

class Machine;

/// Runs functions of one module, which must not change meanwhile.
class Interpreter {
public:
  Interpreter(mlir::ModuleOp module, Options options);
  ~Interpreter();

  /// Runs `function`; sizes named in graph types are looked up in `symbols`,
  /// where those that depend on data are added.
  /// It is a `func.func` or an `llvm.func`.
  mlir::FailureOr<std::vector<Cell>> run(mlir::Operation *function,
                                         std::vector<Cell> arguments,
                                         llvm::StringMap<int64_t> &symbols);
  const Error &getError() const;
  /// The graph ops that were evaluated through their lowering.
  llvm::ArrayRef<std::string> getLowered() const;

private:
  std::unique_ptr<Machine> machine;
};

} // namespace graphc::interpreter

#endif // GRAPHC_INTERPRETER_INTERPRETER_H
