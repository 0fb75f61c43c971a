//===- Item.h - Values of a program while it is imported --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_ITEM_H
#define GRAPHC_LIB_IMPORT_ITEM_H

#include "dialects/Graph/IR/Graph.h"

#include "mlir/IR/Value.h"

#include <complex>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace graphc::aten {

//===----------------------------------------------------------------------===//
// Tensors and their storage
//===----------------------------------------------------------------------===//

/// What views share: the graph value that holds all of the elements, replaced
/// by every in-place write.
struct Storage {
  mlir::Value value;
  /// Counts writes, so that views know when they are out of date.
  unsigned generation = 0;
  /// Where in torch's storage the first element lies, if that is known.
  std::optional<int64_t> offset = 0;
};

/// How a view is computed from what it views, and how a new value of the view
/// changes what it views.
struct ViewStep {
  std::function<mlir::Value(mlir::Value base)> apply;
  std::function<mlir::Value(mlir::Value base, mlir::Value view)> writeBack;
};

/// A tensor of the program: a storage or a view of another tensor. The value
/// it has changes when anything that shares its storage is written; its type
/// never does.
class Tensor {
public:
  /// A tensor with a storage of its own.
  explicit Tensor(mlir::Value value)
      : storage(std::make_shared<Storage>()), cached(value) {
    storage->value = value;
  }
  /// A view of `base`, whose present value is `value`.
  Tensor(std::shared_ptr<Tensor> base, ViewStep step, mlir::Value value)
      : storage(base->storage), base(std::move(base)), step(std::move(step)),
        cached(value), generation(storage->generation) {}

  /// The present value, computed again after a write. Null on failure.
  mlir::Value read() {
    if (generation != storage->generation) {
      cached = base ? step.apply(base->read()) : storage->value;
      generation = storage->generation;
    }
    return cached;
  }
  /// Makes `value`, which has the tensor's type, the present value, and changes
  /// everything that shares the storage. Null, of a write that failed, leaves
  /// all as it was.
  void write(mlir::Value value) {
    if (!value)
      return;
    if (base) {
      base->write(step.writeBack(base->read(), value));
    } else {
      storage->value = value;
      ++storage->generation;
    }
    cached = value;
    generation = storage->generation;
  }

  /// The tensor that `tensor` is a view of, over all views between; `tensor`
  /// itself if it is none.
  static std::shared_ptr<Tensor> getRoot(std::shared_ptr<Tensor> tensor) {
    while (tensor->base)
      tensor = tensor->base;
    return tensor;
  }

  /// The value of an input turned out to be `after`, not `before`.
  void replaceCached(mlir::Value before, mlir::Value after) {
    if (cached == before)
      cached = after;
  }

  std::shared_ptr<Storage> storage;

private:
  std::shared_ptr<Tensor> base;
  ViewStep step;
  mlir::Value cached;
  unsigned generation = 0;
};
using TensorRef = std::shared_ptr<Tensor>;

//===----------------------------------------------------------------------===//
// Items
//===----------------------------------------------------------------------===//

/// A truth value over symbols, as an expression of value 0 or 1.
struct SymBool {
  graph::Expr value;
};

/// A Python float over symbols: a quotient where floating-point arithmetic on
/// it is exact, else a 0-d f64 value.
struct SymFloat {
  graph::Expr numerator;
  int64_t denominator = 1;
  mlir::Value tensor;
};

/// A truth value in a tensor: a 0-d i1 value.
struct TensorBool {
  mlir::Value tensor;
};

struct Device {
  std::string name;
};
struct Layout {
  std::string name;
};
struct MemoryFormat {
  std::string name;
};
struct GraphIndex {
  size_t index;
};
struct None {};

/// Whatever a name in a program or an argument may stand for. A Python int is
/// an Expr, also when it is constant; a dtype is an element type.
struct Item {
  using List = std::vector<Item>;
  std::variant<None, TensorRef, graph::Expr, SymBool, SymFloat, TensorBool,
               double, bool, std::complex<double>, std::string, mlir::Type,
               Device, Layout, MemoryFormat, GraphIndex, List>
      value;

  Item() = default;
  template <typename T>
  Item(T value) : value(std::move(value)) {}

  template <typename T>
  const T *as() const {
    return std::get_if<T>(&value);
  }
  bool isNone() const { return std::holds_alternative<None>(value); }
  /// A Python number or bool, symbolic or not.
  bool isNumber() const {
    return as<graph::Expr>() || as<SymBool>() || as<SymFloat>() ||
           as<TensorBool>() || as<double>() || as<bool>() ||
           as<std::complex<double>>();
  }
  /// The value of an int, float or bool that is known now.
  std::optional<double> getConstant() const;
};

/// `a tensor`, `a list of 3`, `a string`: for messages.
std::string describe(const Item &item);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_ITEM_H
