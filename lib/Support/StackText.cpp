//===- StackText.cpp - The stack of a failure -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StackText.h"

#include "DumpFolder.h"

#include "llvm/DebugInfo/Symbolize/Symbolize.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <dlfcn.h>
#include <link.h>

using namespace graphc;

namespace {
/// Names what is at addresses of this process.
class Names {
public:
  void print(std::uintptr_t address, llvm::raw_ostream &os) {
    Dl_info info;
    void *map = nullptr;
    if (!dladdr1(reinterpret_cast<void *>(address), &info, &map,
                 RTLD_DL_LINKMAP))
      return;
    auto base = reinterpret_cast<std::uintptr_t>(info.dli_fbase);
    auto bias = static_cast<link_map *>(map)->l_addr;
    if (info.dli_sname)
      os << ' ' << llvm::demangle(info.dli_sname);
    // The dynamic symbols are all that LLVM's libraries have.
    bool isProgram = static_cast<link_map *>(map)->l_name[0] == 0;
    if (isProgram)
      printFromFile(info, address - bias, os);
    os << " (" << info.dli_fname << llvm::format("+0x%zx)", address - base);
  }

private:
  /// Names of static functions of the program, and lines if there is debug
  /// information.
  void printFromFile(const Dl_info &info, std::uintptr_t offset,
                     llvm::raw_ostream &os) {
    auto line = symbolizer.symbolizeCode(
        "/proc/self/exe",
        {offset, llvm::object::SectionedAddress::UndefSection});
    if (!line)
      return llvm::consumeError(line.takeError());
    if (!info.dli_sname && line->FunctionName != llvm::DILineInfo::BadString)
      os << ' ' << line->FunctionName;
    if (line->Line)
      os << " at " << line->FileName << ':' << line->Line;
  }

  llvm::symbolize::LLVMSymbolizer symbolizer;
};
} // namespace

void graphc::writeStack(const BlackBox &box, llvm::raw_ostream &os) {
  os << "stage: " << box.stage.get() << '\n';
  if (box.isInPass())
    os << "pass: " << box.culprit.pass.get() << " on " << box.culprit.op.get()
       << ", run " << box.culprit.occurrence + 1 << " of it\n";
  Names names;
  for (std::uint32_t i = 0; i < box.frameCount; ++i) {
    auto address = reinterpret_cast<std::uintptr_t>(box.frames[i]);
    os << llvm::format("#%-2u 0x%016zx", i, address);
    names.print(address, os);
    os << '\n';
  }
}
