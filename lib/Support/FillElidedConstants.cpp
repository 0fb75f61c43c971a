//===- FillElidedConstants.cpp - Zeros for left-out values ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Import/ExternWeight.h"
#include "graphc/Support/Passes.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"

#include <sys/mman.h>

namespace graphc {
#define GEN_PASS_DEF_FILLELIDEDCONSTANTS
#include "graphc/Support/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// Bytes of the values of `type` in a resource; nothing when it has no size.
static std::optional<size_t> byteSize(ShapedType type) {
  if (!type.hasStaticShape())
    return std::nullopt;
  Type element = type.getElementType();
  size_t parts = 1;
  if (auto complex = dyn_cast<ComplexType>(element)) {
    element = complex.getElementType();
    parts = 2;
  }
  if (!element.isIntOrIndexOrFloat())
    return std::nullopt;
  size_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  size_t bytes = llvm::divideCeil(bits, 8) * parts;
  size_t count = type.getNumElements();
  if (count > (size_t(1) << 40) / bytes)
    return std::nullopt;
  return count * bytes;
}

/// Pages of zeros, which take no memory until they are written.
static std::optional<AsmResourceBlob> zeros(size_t size) {
  size_t mapped = std::max<size_t>(size, 1);
  void *data = mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED)
    return std::nullopt;
  return AsmResourceBlob(
      ArrayRef(static_cast<char *>(data), size), /*dataAlignment=*/64,
      [mapped](void *data, size_t, size_t) { munmap(data, mapped); },
      /*dataIsMutable=*/true);
}

namespace {
struct FillElidedConstants
    : graphc::impl::FillElidedConstantsBase<FillElidedConstants> {
  using Base::Base;

  void runOnOperation() override {
    AttrTypeReplacer replacer;
    replacer.addReplacement([&](DenseResourceElementsAttr attr) -> Attribute {
      // A weights file has what was never here.
      if (isExternal(attr))
        return attr;
      return isElided(attr) ? splat(attr) : fill(attr);
    });
    replacer.recursivelyReplaceElementsIn(getOperation());
  }

private:
  /// MLIR's printer gives all inline constants one name, which cannot have
  /// values of several types.
  static bool isElided(DenseResourceElementsAttr attr) {
    return attr.getRawHandle().getKey().starts_with("__elided__");
  }

  static Attribute splat(DenseResourceElementsAttr attr) {
    ShapedType type = attr.getType();
    Type element = type.getElementType();
    if (!element.isIntOrIndexOrFloat() || !type.hasStaticShape())
      return attr;
    Attribute zero = Builder(attr.getContext()).getZeroAttr(element);
    return zero ? DenseElementsAttr::get(type, zero) : Attribute(attr);
  }

  Attribute fill(DenseResourceElementsAttr attr) {
    DenseResourceElementsHandle handle = attr.getRawHandle();
    std::optional<size_t> size = byteSize(attr.getType());
    if (handle.getBlob() || !size)
      return attr;
    if (std::optional<AsmResourceBlob> blob = zeros(*size)) {
      handle.getResource()->setBlob(std::move(*blob));
      ++numFilled;
    }
    return attr;
  }
};
} // namespace
