//===- FourierOperators.cpp - torch.fft and short-time transforms ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fourier.h"

#include "Reductions.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

//===----------------------------------------------------------------------===//
// What the other operators are made of
//===----------------------------------------------------------------------===//

static Fourier readPrimitive(Call &call, Value self) {
  Emitter &e = call.e;
  Fourier fourier{e, {}, FourierScale::None};
  for (int64_t dim : call.integers("dim")) {
    int64_t wrapped = e.wrapDim(dim, e.rank(self));
    if (e.rank(self) == 0 || llvm::is_contained(fourier.dims, wrapped))
      e.fail("op-argument", "dimensions of a transform must be unique");
    fourier.dims.push_back(wrapped);
  }
  int64_t scale = call.integer("normalization");
  if (scale < 0 || scale > 2)
    e.fail("op-argument", "normalization must be 0, 1 or 2");
  else
    fourier.scale = static_cast<FourierScale>(scale);
  return fourier;
}

/// Whether there is something to transform and of the right kind.
static bool check(Emitter &e, Value x, const Fourier &fourier,
                  bool isComplexed) {
  if (!e.hasFailed() && isComplex(e.elementType(x)) != isComplexed)
    e.fail("op-argument",
           isComplexed ? "expected complex numbers" : "expected real numbers");
  if (!isComplexed && fourier.dims.empty())
    e.fail("op-argument", "expected a dimension");
  return !e.hasFailed();
}

/// Where torch is built without MKL all results are contiguous.
static void resultOf(Call &call, Value x) {
  std::optional<StridedTensorType> recorded = call.getRecordedType(0);
  call.result(recorded && recorded->isContiguous() ? call.e.contiguous(x) : x);
}

static void importC2c(Call &call) {
  Value self = call.tensor("self");
  Fourier fourier = readPrimitive(call, self);
  if (check(call.e, self, fourier, true))
    resultOf(call, fourier.complexToComplex(self, call.flag("forward")));
}

static void importR2c(Call &call) {
  Value self = call.tensor("self");
  Fourier fourier = readPrimitive(call, self);
  if (check(call.e, self, fourier, false))
    resultOf(call, fourier.realToComplex(self, call.flag("onesided")));
}

static void importC2r(Call &call) {
  Value self = call.tensor("self");
  Fourier fourier = readPrimitive(call, self);
  if (fourier.dims.empty())
    call.e.fail("op-argument", "expected a dimension");
  if (check(call.e, self, fourier, true))
    resultOf(call, fourier.complexToReal(self, call.size("last_dim_size")));
}

//===----------------------------------------------------------------------===//
// torch.fft
//===----------------------------------------------------------------------===//

static FourierScale readNorm(Call &call, bool isForward) {
  std::string norm = call.text("norm");
  if (norm == "ortho")
    return FourierScale::ByRoot;
  if (!norm.empty() && norm != "backward" && norm != "forward")
    call.e.fail("op-argument", "norm is '" + norm + "'");
  return isForward == (norm == "forward") ? FourierScale::BySize
                                          : FourierScale::None;
}

/// Real numbers as floats, complex ones as they are.
static Value readNumbers(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Type type = e.elementType(self);
  if (isReducedFloat(type))
    return e.unsupported("Fourier transforms of " + getDTypeName(type));
  return isComplex(type) || isFloat(type) ? self : e.cast(self, e.f32());
}

static Value toComplex(Emitter &e, Value x) {
  Type type = e.elementType(x);
  return isComplex(type) ? x : e.cast(x, ComplexType::get(type));
}

static Value conjugate(Emitter &e, Value x) {
  return e.emit<graph::ComplexOp>(e.emit<graph::RealOp>(x),
                                  e.neg(e.emit<graph::ImagOp>(x)));
}

namespace {
/// The dimensions of a call and the sizes that it asks for.
struct Axes {
  SmallVector<int64_t> dims;
  SmallVector<Expr> sizes;
  /// Whether the last size was given.
  bool hasLast = false;
};
} // namespace

static Axes readAxes(Call &call, Value x) {
  Emitter &e = call.e;
  Axes axes;
  int64_t rank = e.rank(x);
  bool isSingle = llvm::any_of(call.schema->parameters, [](const auto &p) {
    return StringRef(p.name) == "n";
  });
  SmallVector<Expr> given = call.sizes(isSingle ? "n" : "s");
  SmallVector<int64_t> dims = call.integers("dim");
  if (call.isNone("dim"))
    for (int64_t i = given.empty() ? 0 : rank - int64_t(given.size()); i < rank;
         ++i)
      dims.push_back(i);
  if (!given.empty() && given.size() != dims.size())
    e.fail("op-argument", "expected a size for each dimension");
  for (auto [i, dim] : llvm::enumerate(dims)) {
    int64_t wrapped = e.wrapDim(dim, rank);
    if (llvm::is_contained(axes.dims, wrapped) || rank == 0)
      e.fail("op-argument", "dimensions of a transform must be unique");
    bool isGiven = i < given.size() && given[i] != -1;
    axes.dims.push_back(wrapped);
    axes.sizes.push_back(isGiven ? given[i] : e.size(x, wrapped));
    axes.hasLast = isGiven;
  }
  if (axes.dims.empty())
    e.fail("op-argument", "expected a dimension");
  return axes;
}

/// `x` cut or filled with zeros at its end to the sizes.
static Value resize(Emitter &e, Value x, const Axes &axes) {
  for (auto [dim, size] : llvm::zip(axes.dims, axes.sizes)) {
    Expr present = e.size(x, dim);
    if (e.hasFailed() || present == size)
      continue;
    int64_t from = e.constantOf(present, "size of the transform");
    int64_t to = e.constantOf(size, "size of the transform");
    SmallVector<Expr> low(e.rank(x), e.expr(0)), high = low;
    high[dim] = e.expr(to - from);
    x = from < to ? e.pad(x, low, high, Item(0.0))
                  : e.slice(x, dim, 0, e.expr(to));
  }
  return x;
}

template <bool isForward>
static void importComplex(Call &call) {
  Emitter &e = call.e;
  Value x = toComplex(e, readNumbers(call));
  Axes axes = readAxes(call, x);
  if (e.hasFailed())
    return;
  Fourier fourier{e, axes.dims, readNorm(call, isForward)};
  resultOf(call, fourier.complexToComplex(resize(e, x, axes), isForward));
}

/// rfft, and ihfft, whose result is the conjugate one.
template <bool isForward>
static void importFromReal(Call &call) {
  Emitter &e = call.e;
  Value x = readNumbers(call);
  Axes axes = readAxes(call, x);
  Fourier fourier{e, axes.dims, readNorm(call, isForward)};
  if (!check(e, x, fourier, false))
    return;
  x = resize(e, x, axes);
  if (isForward)
    return resultOf(call, fourier.realToComplex(x, true));
  Fourier last{e, {axes.dims.back()}, fourier.scale};
  fourier.dims.pop_back();
  x = conjugate(e, last.realToComplex(x, true));
  resultOf(call, fourier.complexToComplex(x, false));
}

/// irfft, and hfft, which takes the conjugate.
template <bool isForward>
static void importToReal(Call &call) {
  Emitter &e = call.e;
  Value x = toComplex(e, readNumbers(call));
  Axes axes = readAxes(call, x);
  if (e.hasFailed())
    return;
  Expr size = axes.hasLast ? axes.sizes.back() : (axes.sizes.back() - 1) * 2;
  axes.sizes.back() = size.floorDiv(2) + 1;
  x = resize(e, x, axes);
  Fourier fourier{e, axes.dims, readNorm(call, isForward)};
  if (!isForward)
    return resultOf(call, fourier.complexToReal(x, size));
  Fourier last{e, {axes.dims.back()}, fourier.scale};
  fourier.dims.pop_back();
  x = fourier.complexToComplex(x, true);
  if (!e.hasFailed())
    resultOf(call, last.complexToReal(conjugate(e, x), size));
}

//===----------------------------------------------------------------------===//
// Short-time transforms
//===----------------------------------------------------------------------===//

namespace {
/// What stft and istft share. The window is null for one of ones.
struct Frames {
  explicit Frames(Call &call);

  int64_t size, hop;
  Value window;
  FourierScale scale;
};
} // namespace

Frames::Frames(Call &call)
    : size(call.integer("n_fft")), hop(call.integer("hop_length", size / 4)),
      window(call.optionalTensor("window")),
      scale(call.flag("normalized") ? FourierScale::ByRoot
                                    : FourierScale::None) {
  Emitter &e = call.e;
  int64_t length = call.integer("win_length", size);
  if (size < 1 || hop < 1 || length < 1 || length > size) {
    e.fail("op-argument", "sizes of frames must be positive and "
                          "windows no longer than frames");
    return;
  }
  if (window && (e.rank(window) != 1 || e.size(window, 0) != length))
    e.fail("shape-mismatch",
           "expected a window of " + Twine(length) + " elements");
  if (length == size || e.hasFailed())
    return;
  Type type =
      window ? e.elementType(window) : e.elementType(call.tensor("self"));
  if (isComplex(type) && !window)
    type = cast<ComplexType>(type).getElementType();
  if (!window)
    window = e.full({e.expr(length)}, e.number(1, type));
  int64_t left = (size - length) / 2;
  window =
      e.pad(window, {e.expr(left)}, {e.expr(size - length - left)}, Item(0.0));
}

static Item::List integerList(Emitter &e, ArrayRef<int64_t> values) {
  Item::List list;
  for (int64_t value : values)
    list.push_back(e.expr(value));
  return list;
}

static void importStft(Call &call) {
  Emitter &e = call.e;
  Value x = call.tensor("self");
  Frames frames(call);
  bool isSingle = e.rank(x) == 1;
  if (call.flag("align_to_window"))
    return (void)e.unsupported("frames that are aligned to the window");
  if (!isSingle && e.rank(x) != 2)
    return (void)e.fail("shape-mismatch", "expected one or two dimensions");
  if (e.hasFailed())
    return;
  if (isSingle)
    x = e.unsqueeze(x, 0);
  if (call.flag("center")) {
    x = call.invokeValue(
        "aten.pad.default",
        {{"self", std::make_shared<Tensor>(e.unsqueeze(x, 1))},
         {"pad", integerList(e, {frames.size / 2, frames.size / 2})},
         {"mode", call.text("pad_mode")}});
    x = e.squeeze(x, {1});
  }
  x = call.invokeValue("aten.unfold.default",
                       {{"self", std::make_shared<Tensor>(x)},
                        {"dimension", e.expr(1)},
                        {"size", e.expr(frames.size)},
                        {"step", e.expr(frames.hop)}});
  if (frames.window) {
    Type type = promoteTypes(e.elementType(x), e.elementType(frames.window));
    if (type)
      x = e.mul(e.cast(x, type), e.cast(frames.window, type));
  }
  if (e.hasFailed())
    return;
  bool isWhole = isComplex(e.elementType(x));
  bool isHalf = call.isNone("onesided") ? !isWhole : call.flag("onesided");
  if (isHalf && isWhole)
    return (void)e.fail("op-argument", "half a spectrum of complex numbers");
  if (isReducedFloat(e.elementType(x)))
    return (void)e.unsupported("Fourier transforms of " +
                               getDTypeName(e.elementType(x)));
  Fourier fourier{e, {2}, frames.scale};
  x = isWhole ? fourier.complexToComplex(x, true)
              : fourier.realToComplex(x, isHalf);
  x = e.transpose(x, 1, 2);
  if (isSingle)
    x = e.squeeze(x, {0});
  if (e.hasFailed())
    return;
  call.result(call.flag("return_complex")
                  ? x
                  : call.invokeValue("aten.view_as_real.default",
                                     {{"self", std::make_shared<Tensor>(x)}}));
}

/// Frames added up where they overlap, over the sum of the squared windows.
static void importIstft(Call &call) {
  Emitter &e = call.e;
  Value x = call.tensor("self");
  Frames frames(call);
  bool isSingle = e.rank(x) == 2;
  if (!isSingle && e.rank(x) != 3)
    e.fail("shape-mismatch", "expected two or three dimensions");
  if (!e.hasFailed() && !isComplex(e.elementType(x)))
    e.fail("op-argument", "expected complex numbers");
  if (e.hasFailed())
    return;
  if (isSingle)
    x = e.unsqueeze(x, 0);
  x = e.transpose(x, 1, 2);
  Fourier fourier{e,
                  {2},
                  frames.scale == FourierScale::None ? FourierScale::BySize
                                                     : frames.scale};
  Expr half = e.expr(frames.size / 2 + 1);
  x = call.flag("return_complex")
          ? fourier.complexToComplex(x, false)
          : fourier.complexToReal(e.slice(x, 2, 0, half), e.expr(frames.size));
  if (e.hasFailed())
    return;
  if (e.size(x, 2) != frames.size)
    return (void)e.fail("shape-mismatch", "a spectrum of another size");

  Type type = e.elementType(x);
  Expr count = e.size(x, 1), size = e.expr(frames.size);
  Value window = frames.window ? e.cast(frames.window, type)
                               : e.full({size}, e.number(1, type));
  Expr total = size + (count - 1) * frames.hop;
  Value place = e.add(
      e.mul(e.iota({count, e.expr(1)}, 0), static_cast<double>(frames.hop)),
      e.iota({e.expr(1), size}, 1));
  auto addUp = [&](Value values, ArrayRef<Expr> shape, int64_t dim) {
    return e.emit<graph::IndexPutOp>(e.full(shape, e.number(0, type)),
                                     ValueRange(place), values,
                                     ArrayRef<int64_t>{dim},
                                     /*accumulate=*/true);
  };
  Value sum = addUp(e.mul(x, window), {e.size(x, 0), total}, 1);
  Value weight =
      addUp(e.expand(e.mul(window, window), {count, size}), {total}, 0);

  int64_t start = call.flag("center") ? frames.size / 2 : 0;
  Expr end = total - start, missing = e.expr(0);
  if (!call.isNone("length")) {
    Expr wanted = call.size("length") + start;
    end = e.ranges.min(wanted, total);
    missing = wanted - end;
  }
  sum = e.slice(sum, 1, start, end);
  weight = e.slice(weight, 0, start, end);
  Value size2 = e.emit<graph::AbsOp>(weight);
  if (e.hasFailed())
    return;
  graph::AssertTensorOp::create(
      e.builder, e.loc,
      e.compare(ComparePredicate::Gt, emitExtremum(e, false, size2, {0}, false),
                1e-11),
      "windows of istft leave a gap between them");
  x = e.div(sum, weight);
  if (missing != 0)
    x = e.pad(x, {e.expr(0), e.expr(0)}, {e.expr(0), missing}, Item(0.0));
  call.result(isSingle ? e.squeeze(x, {0}) : x);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._fft_c2c.default", importC2c},
    {"aten._fft_c2r.default", importC2r},
    {"aten._fft_r2c.default", importR2c},
    {"aten.fft_fft.default", importComplex<true>},
    {"aten.fft_fft2.default", importComplex<true>},
    {"aten.fft_fftn.default", importComplex<true>},
    {"aten.fft_hfft.default", importToReal<true>},
    {"aten.fft_hfft2.default", importToReal<true>},
    {"aten.fft_hfftn.default", importToReal<true>},
    {"aten.fft_ifft.default", importComplex<false>},
    {"aten.fft_ifft2.default", importComplex<false>},
    {"aten.fft_ifftn.default", importComplex<false>},
    {"aten.fft_ihfft.default", importFromReal<false>},
    {"aten.fft_ihfft2.default", importFromReal<false>},
    {"aten.fft_ihfftn.default", importFromReal<false>},
    {"aten.fft_irfft.default", importToReal<false>},
    {"aten.fft_irfft2.default", importToReal<false>},
    {"aten.fft_irfftn.default", importToReal<false>},
    {"aten.fft_rfft.default", importFromReal<true>},
    {"aten.fft_rfft2.default", importFromReal<true>},
    {"aten.fft_rfftn.default", importFromReal<true>},
    {"aten.istft.default", importIstft},
    {"aten.stft.center", importStft},
    {"aten.stft.default", importStft},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::fourierOverloads() { return table; }
