# RUN: not graphc %s --emit=graph 2>&1 | FileCheck %s
# RUN: %python -c "import subprocess, sys; sys.exit(subprocess.run(['graphc', '%s', '--emit=graph'], stderr=subprocess.DEVNULL).returncode != 3)"

# All operators that are missing are named at once, each with its uses and the
# first place.
# CHECK: error[unsupported-op]: {{.*}}: line 14 'pdist': 2 operators are not supported, the first aten._pdist_forward.default
# CHECK-NEXT: note: aten._pdist_forward.default: 2 uses, first at line 14 'pdist'
# CHECK-NEXT: note: aten.linalg_eigh.default: 1 use, line 16 'eigh'
# CHECK-NEXT: help: graphc --list-ops

class unsupported(torch.nn.Module):
    def forward(self, x: "f32[4, 4]"):
        neg = torch.ops.aten.neg.default(x)
        pdist = torch.ops.aten._pdist_forward.default(x)
        pdist_1 = torch.ops.aten._pdist_forward.default(x)
        eigh = torch.ops.aten.linalg_eigh.default(x)
        return (neg, pdist, pdist_1, eigh)
