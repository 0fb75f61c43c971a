# RUN: not graphc %s --emit=graph 2>&1 | FileCheck %s
# RUN: %python -c "import subprocess, sys; sys.exit(subprocess.run(['graphc', '%s', '--emit=graph'], stderr=subprocess.DEVNULL).returncode != 3)"

# All operators that are missing are named at once, each with its uses and the
# first place.
# CHECK: error[unsupported-op]: {{.*}}: line 14 'qr': 2 operators are not supported, the first aten.geqrf.default
# CHECK-NEXT: note: aten.geqrf.default: 2 uses, first at line 14 'qr'
# CHECK-NEXT: note: aten.linalg_eigh.default: 1 use, line 16 'eigh'
# CHECK-NEXT: help: graphc --list-ops

class unsupported(torch.nn.Module):
    def forward(self, x: "f32[4, 4]"):
        neg = torch.ops.aten.neg.default(x)
        qr = torch.ops.aten.geqrf.default(x)
        qr_1 = torch.ops.aten.geqrf.default(x)
        eigh = torch.ops.aten.linalg_eigh.default(x)
        return (neg, qr, qr_1, eigh)
