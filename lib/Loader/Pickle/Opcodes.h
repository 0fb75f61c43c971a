//===- Opcodes.h - The opcodes of pickle that are read ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PICKLE_OPCODES_H
#define GRAPHC_LIB_LOADER_PICKLE_OPCODES_H

#include <cstdint>

namespace graphc::loader {

enum class Opcode : std::uint8_t {
  Mark = '(',
  Stop = '.',
  Pop = '0',
  PopMark = '1',
  Dup = '2',
  BinFloat = 'G',
  BinInt = 'J',
  BinInt1 = 'K',
  BinInt2 = 'M',
  None = 'N',
  BinPersId = 'Q',
  Reduce = 'R',
  BinUnicode = 'X',
  BinBytes = 'B',
  ShortBinBytes = 'C',
  EmptyList = ']',
  Append = 'a',
  Build = 'b',
  Global = 'c',
  Appends = 'e',
  BinGet = 'h',
  LongBinGet = 'j',
  BinPut = 'q',
  LongBinPut = 'r',
  SetItem = 's',
  Tuple = 't',
  SetItems = 'u',
  EmptyDict = '}',
  EmptyTuple = ')',
  Proto = 0x80,
  NewObj = 0x81,
  Tuple1 = 0x85,
  Tuple2 = 0x86,
  Tuple3 = 0x87,
  NewTrue = 0x88,
  NewFalse = 0x89,
  Long1 = 0x8a,
  Long4 = 0x8b,
  ShortBinUnicode = 0x8c,
  BinUnicode8 = 0x8d,
  BinBytes8 = 0x8e,
  EmptySet = 0x8f,
  AddItems = 0x90,
  FrozenSet = 0x91,
  NewObjEx = 0x92,
  StackGlobal = 0x93,
  Memoize = 0x94,
  Frame = 0x95,
  ByteArray8 = 0x96
};

/// The name in upper case as Python's pickletools prints it; null for a byte
/// that is no opcode we read.
inline const char *opcodeName(Opcode opcode) {
  switch (opcode) {
  case Opcode::Mark:
    return "MARK";
  case Opcode::Stop:
    return "STOP";
  case Opcode::Pop:
    return "POP";
  case Opcode::PopMark:
    return "POP_MARK";
  case Opcode::Dup:
    return "DUP";
  case Opcode::BinFloat:
    return "BINFLOAT";
  case Opcode::BinInt:
    return "BININT";
  case Opcode::BinInt1:
    return "BININT1";
  case Opcode::BinInt2:
    return "BININT2";
  case Opcode::None:
    return "NONE";
  case Opcode::BinPersId:
    return "BINPERSID";
  case Opcode::Reduce:
    return "REDUCE";
  case Opcode::BinUnicode:
    return "BINUNICODE";
  case Opcode::BinBytes:
    return "BINBYTES";
  case Opcode::ShortBinBytes:
    return "SHORT_BINBYTES";
  case Opcode::EmptyList:
    return "EMPTY_LIST";
  case Opcode::Append:
    return "APPEND";
  case Opcode::Build:
    return "BUILD";
  case Opcode::Global:
    return "GLOBAL";
  case Opcode::Appends:
    return "APPENDS";
  case Opcode::BinGet:
    return "BINGET";
  case Opcode::LongBinGet:
    return "LONG_BINGET";
  case Opcode::BinPut:
    return "BINPUT";
  case Opcode::LongBinPut:
    return "LONG_BINPUT";
  case Opcode::SetItem:
    return "SETITEM";
  case Opcode::Tuple:
    return "TUPLE";
  case Opcode::SetItems:
    return "SETITEMS";
  case Opcode::EmptyDict:
    return "EMPTY_DICT";
  case Opcode::EmptyTuple:
    return "EMPTY_TUPLE";
  case Opcode::Proto:
    return "PROTO";
  case Opcode::NewObj:
    return "NEWOBJ";
  case Opcode::Tuple1:
    return "TUPLE1";
  case Opcode::Tuple2:
    return "TUPLE2";
  case Opcode::Tuple3:
    return "TUPLE3";
  case Opcode::NewTrue:
    return "NEWTRUE";
  case Opcode::NewFalse:
    return "NEWFALSE";
  case Opcode::Long1:
    return "LONG1";
  case Opcode::Long4:
    return "LONG4";
  case Opcode::ShortBinUnicode:
    return "SHORT_BINUNICODE";
  case Opcode::BinUnicode8:
    return "BINUNICODE8";
  case Opcode::BinBytes8:
    return "BINBYTES8";
  case Opcode::EmptySet:
    return "EMPTY_SET";
  case Opcode::AddItems:
    return "ADDITEMS";
  case Opcode::FrozenSet:
    return "FROZENSET";
  case Opcode::NewObjEx:
    return "NEWOBJ_EX";
  case Opcode::StackGlobal:
    return "STACK_GLOBAL";
  case Opcode::Memoize:
    return "MEMOIZE";
  case Opcode::Frame:
    return "FRAME";
  case Opcode::ByteArray8:
    return "BYTEARRAY8";
  }
  return nullptr;
}

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PICKLE_OPCODES_H
