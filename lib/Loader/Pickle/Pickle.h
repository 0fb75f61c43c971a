//===- Pickle.h - Pickle streams to inert values ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The stack machine of pickle protocols 2 to 5. Nothing is imported and nothing
// is called: a global is a pair of names, and a call is a record of what would
// have been called. Values are shared as the stream shares them, so a value may
// have many parents and lists, dicts and objects may reach themselves; whoever
// walks deeper than one level watches for that.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PICKLE_PICKLE_H
#define GRAPHC_LIB_LOADER_PICKLE_PICKLE_H

#include "graphc/Loader/Program.h"
#include "graphc/Loader/Result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace graphc::loader {

/// One value of a stream. Lives as long as the Pickle it came from; text and
/// bytes are views into the stream's memory.
class PickleValue {
public:
  enum class Kind : std::uint8_t {
    None,
    Bool,
    Int,
    BigInt, ///< Outside 64 bits: text() holds the little-endian bytes.
    Float,
    Text,
    Bytes,
    Tuple,
    List,
    Set, ///< Also frozenset.
    Dict,
    Global,      ///< module() and name(); never looked up.
    Object,      ///< callable() applied to items(); nothing is called.
    PersistentId ///< items()[0] is the id.
  };

  using Items = std::vector<const PickleValue *>;
  using Entry = std::pair<const PickleValue *, const PickleValue *>;

  /// What an Object gathered besides its arguments.
  struct Extras {
    const PickleValue *callable = nullptr; ///< A Global, else an Object.
    const PickleValue *kwargs = nullptr;   ///< Of NEWOBJ_EX: a Dict.
    Items states;                          ///< Of BUILD, in order.
    Items appended;                        ///< Of APPEND, APPENDS, ADDITEMS.
    std::vector<Entry> entries;            ///< Of SETITEM, SETITEMS.
  };

  Kind kind() const { return tag; }
  /// Where the opcode that made the value stands in the stream, in bytes.
  std::size_t offset() const { return position; }

  bool isNone() const { return tag == Kind::None; }
  bool isText() const { return tag == Kind::Text; }
  bool isInt() const { return tag == Kind::Int; }
  bool isBool() const { return tag == Kind::Bool; }

  bool boolean() const { return integerValue != 0; }
  std::int64_t integer() const { return integerValue; }
  double real() const { return realValue; }
  /// Of Text (valid UTF-8), Bytes and BigInt.
  std::string_view text() const { return {chars, size}; }

  /// Of Tuple, List and Set: the elements. Of Object: the arguments. Of
  /// PersistentId: the id alone. Empty for anything else.
  const Items &items() const;
  /// Of Dict: in stream order, later duplicates of a key behind earlier ones.
  const std::vector<Entry> &entries() const;
  /// Of Dict: the value of a text key (of duplicates the last), or null.
  const PickleValue *find(std::string_view key) const;

  /// Of Global, both empty for anything else.
  std::string_view module() const;
  std::string_view name() const;
  bool isGlobal(std::string_view module, std::string_view name) const;

  /// Of Object, null for anything else.
  const Extras *extras() const;
  /// An Object made by the global `module.name`, however it was called.
  bool isCall(std::string_view module, std::string_view name) const;
  /// Of Object: the value of `key` in the dicts that BUILD gave, or null.
  const PickleValue *attribute(std::string_view key) const;

  /// `dict of 3`, `int 7`, `posix.system(...)`: for messages.
  std::string describe() const;

  /// Defined by the reader only.
  struct Body;

private:
  friend class PickleMachine;
  static constexpr std::uint16_t inProgress = 0xffff;

  Kind tag = Kind::None;
  std::uint16_t height = 0; ///< While depth is checked; 0 before.
  std::size_t position = 0;
  std::size_t size = 0;
  union {
    std::int64_t integerValue = 0;
    double realValue;
    const char *chars;
    Body *body;
  };
};

/// The elements of a tuple, list, `torch.Size`, `immutable_list` or set; null
/// for anything else. Valid as long as the value.
const PickleValue::Items *pickleSequence(const PickleValue &value);
/// The entries of a dict, `collections.OrderedDict` or `immutable_dict`;
/// false for anything else. Keys may be of any kind.
bool pickleEntries(const PickleValue &value,
                   std::vector<PickleValue::Entry> &entries);
/// The value of a text key of what pickleEntries accepts, or null.
const PickleValue *pickleLookup(const PickleValue &value, std::string_view key);

/// "byte offset 17 (0x11)", the place of every error about a stream.
std::string pickleOffset(std::size_t offset);
Error pickleError(const char *errorClass, std::size_t offset,
                  std::string message);
inline Error pickleError(const char *errorClass, const PickleValue &at,
                         std::string message) {
  return pickleError(errorClass, at.offset(), std::move(message));
}

struct PickleOptions {
  /// Accept BINPERSID (tensor streams).
  bool persistentIds = false;
  std::size_t maxDepth = 1000;
  std::size_t maxStack = std::size_t(1) << 20;
  std::size_t maxMemo = std::size_t(1) << 22;
  std::size_t maxValues = std::size_t(1) << 24;
  /// Bytes that values take; small streams are held to less.
  std::size_t maxBytes = LoadOptions().maxPickleBytes;
};

/// One read pickle. Keeps the values alive, not the stream's memory.
struct Pickle {
  std::shared_ptr<const void> arena;
  const PickleValue *value = nullptr;
  /// Every distinct global that the stream names, in order of appearance.
  std::vector<const PickleValue *> globals;
  /// The offset behind STOP. Another pickle or raw bytes may follow there.
  std::size_t end = 0;
};

/// Reads the pickle that starts at `begin` of a stream of `size` bytes; offsets
/// in values and errors count from the start of the stream. The stream must
/// outlive the values. No path from the value downwards is longer than
/// `maxDepth`, cycles aside. Errors: `pickle-*` and `limit`.
Result<Pickle> readPickle(const std::uint8_t *data, std::size_t size,
                          std::size_t begin = 0,
                          const PickleOptions &options = {});

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PICKLE_PICKLE_H
