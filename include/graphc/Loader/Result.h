//===- Result.h - Values or structured errors -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loader uses neither exceptions nor LLVM. Every function that can refuse
// its input returns a Result, and every refusal is an Error of a stable class.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LOADER_RESULT_H
#define GRAPHC_LOADER_RESULT_H

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace graphc::loader {

/// What a file was refused for. Printed as
///
///   graphc: error[weight-range]: model.pt2: data/weights/weight_0: tensor ...
///     note: sizes [3], strides [1], storage_offset 4, float32
///     help: the archive is damaged or was edited; export it again
struct Error {
  /// A class of docs/Usage.md, for example `zip-crc`. Stable.
  std::string errorClass;
  /// The file as the user named it; filled in by `load`.
  std::string file;
  /// Where in the file: a record, a JSON path, "byte offset 17", "line 5".
  std::string place;
  /// What was found and what was expected.
  std::string message;
  std::vector<std::string> notes;
  std::string help;

  static Error at(std::string errorClass, std::string place,
                  std::string message) {
    return {std::move(errorClass), "", std::move(place),
            std::move(message),    {}, ""};
  }

  /// True for what the format allows but graphc does not handle: exit status 3
  /// instead of 1.
  bool isUnsupported() const;
  /// The lines above, without a final newline; a warning says so.
  std::string format(const char *severity = "error") const;
};

/// A value or an Error.
template <typename T>
class [[nodiscard]] Result {
public:
  Result(T value) : value(std::move(value)) {}
  Result(Error error) : failure(std::move(error)) {}

  explicit operator bool() const { return value.has_value(); }
  T &operator*() { return *value; }
  const T &operator*() const { return *value; }
  T *operator->() { return &*value; }
  const T *operator->() const { return &*value; }
  Error &error() { return *failure; }
  const Error &error() const { return *failure; }

private:
  std::optional<T> value;
  std::optional<Error> failure;
};

/// Success or an Error.
template <>
class [[nodiscard]] Result<void> {
public:
  Result() = default;
  Result(Error error) : failure(std::move(error)) {}

  explicit operator bool() const { return !failure; }
  Error &error() { return *failure; }
  const Error &error() const { return *failure; }

private:
  std::optional<Error> failure;
};

/// Text from a file made fit for a message: control characters and invalid
/// UTF-8 escaped, cut after 200 characters.
std::string quoted(std::string_view text);

} // namespace graphc::loader

#endif // GRAPHC_LOADER_RESULT_H
