"""Tensors in a folder, as graphc-run reads and writes them."""

import json

import torch


def get_bytes(tensor):
    """From the first to the last element of a strided tensor."""
    if not tensor.numel():
        return b""
    span = 1 + sum((size - 1) * stride for size, stride
                   in zip(tensor.shape, tensor.stride()))
    flat = torch.as_strided(tensor.detach(), (span,), (1,),
                            tensor.storage_offset())
    return flat.contiguous().view(torch.uint8).numpy().tobytes()


def write(values, folder):
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for index, tensor in enumerate(values):
        name = f"{index:03}.bin"
        (folder / name).write_bytes(get_bytes(tensor))
        entries.append({"file": name,
                        "dtype": str(tensor.dtype).removeprefix("torch."),
                        "shape": list(tensor.shape),
                        "stride": list(tensor.stride())})
    (folder / "manifest.json").write_text(json.dumps(entries))


def read(folder):
    values = []
    for entry in json.loads((folder / "manifest.json").read_text()):
        if "file" not in entry:
            values.append(entry["value"])
            continue
        data = (folder / entry["file"]).read_bytes()
        dtype = getattr(torch, entry["dtype"])
        flat = torch.frombuffer(bytearray(data), dtype=torch.uint8) \
            if data else torch.empty(0, dtype=torch.uint8)
        values.append(torch.as_strided(flat.view(dtype), entry["shape"],
                                       entry["stride"]))
    return values


# Relative and absolute, of torch.testing.
TOLERANCES = {torch.float64: (1e-7, 1e-7), torch.float32: (1.3e-5, 1.5e-5),
              torch.float16: (1e-3, 1e-5), torch.bfloat16: (1.6e-2, 1e-5)}


def differ(got, want, exact=None, signed_zeros=False):
    """Why two tensors are not the same, or None. Floats may be as far from
    `exact` as twice `want`, plus the tolerance of their type."""
    if not isinstance(got, torch.Tensor):
        return f"no tensor but {got!r}"
    if got.dtype != want.dtype:
        return f"dtype {got.dtype} for {want.dtype}"
    if got.shape != want.shape:
        return f"shape {list(got.shape)} for {list(want.shape)}"
    strides = [(a, b) for a, b, size
               in zip(got.stride(), want.stride(), want.shape) if size > 1]
    if want.numel() and any(a != b for a, b in strides):
        return f"strides {list(got.stride())} for {list(want.stride())}"
    if want.is_complex():
        got, want = torch.view_as_real(got), torch.view_as_real(
            want.resolve_conj())
        exact = None if exact is None else torch.view_as_real(
            exact.resolve_conj())
    if not want.is_floating_point():
        count = int((got != want).sum())
        return f"{count} of {want.numel()} elements differ" if count else None
    if exact is None or exact.shape != want.shape:
        exact = want
    relative, absolute = TOLERANCES.get(want.dtype, (0.13, 1e-3))
    g, w, e = got.double(), want.double(), exact.double()
    good = (g - e).abs() <= (2 * (w - e).abs() + absolute + relative * e.abs())
    good |= (g == w) | (g.isnan() & w.isnan())
    good &= ~(w.isinf() & (g != w))
    if signed_zeros:
        good &= ~((w == 0) & (g == 0) & (g.signbit() != w.signbit()))
    if good.all():
        return None
    bad = (~good).nonzero()[0].tolist()
    at = tuple(bad)
    return (f"{int((~good).sum())} of {good.numel()} elements differ, "
            f"at {bad} {float(g[at])!r} for {float(w[at])!r}")
