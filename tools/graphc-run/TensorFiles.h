//===- TensorFiles.h - Tensors in a folder -----------------------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A folder with `manifest.json`, a list in order of
//
//   {"file": "000.bin", "dtype": "float32", "shape": [2, 3], "stride": [3, 1]}
//   {"kind": "int", "value": 3}          (float, bool, str, none)
//
// where a file holds the bytes of a tensor from its first to its last element,
// little-endian.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_RUN_TENSORFILES_H
#define GRAPHC_TOOLS_GRAPHC_RUN_TENSORFILES_H

#include "graphc/Runtime/Runtime.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace graphc::run {

/// Memory for a tensor, aligned to 64 bytes.
class Buffer {
public:
  Buffer() = default;
  explicit Buffer(size_t size);
  char *data() const { return memory.get(); }
  size_t size() const { return length; }

private:
  struct Free {
    void operator()(char *pointer) const { std::free(pointer); }
  };
  std::unique_ptr<char, Free> memory;
  size_t length = 0;
};

struct Tensor {
  DLDataType dtype = {kDLFloat, 32, 1};
  std::vector<int64_t> shape, strides;
  Buffer buffer;
  DLTensor view();
};

/// An entry of a manifest: a tensor, or a value of another kind.
struct Value {
  graphc_kind kind = GRAPHC_KIND_NONE;
  Tensor tensor;
  int64_t integer = 0; ///< INT, BOOL
  double real = 0;     ///< FLOAT
  std::string text;    ///< STRING
  /// What else is said of an output.
  std::string spec, target;
  std::optional<int64_t> input;
};

/// PyTorch's name of a dtype; "" for one it does not have.
llvm::StringRef getDtypeName(DLDataType dtype);
std::optional<DLDataType> findDtype(llvm::StringRef name);

/// Bytes from the first to the last element; nothing for negative sizes or
/// strides and for what does not fit memory.
std::optional<size_t> getSpan(DLDataType dtype, llvm::ArrayRef<int64_t> shape,
                              llvm::ArrayRef<int64_t> strides);

llvm::Expected<std::vector<Value>> readValues(llvm::StringRef folder);

/// Writes every file under a temporary name first and the manifest last.
llvm::Error writeValues(llvm::StringRef folder,
                        const std::vector<Value> &values);

} // namespace graphc::run

#endif // GRAPHC_TOOLS_GRAPHC_RUN_TENSORFILES_H
