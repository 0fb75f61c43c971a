// RUN: graphc-opt %s -split-input-file -verify-diagnostics -graphc-nvptx-check-chips="chips=sm_80,sm_89,sm_90a,sm_100a"

// What all chips have, and what a launch says that only some have.
module attributes {gpu.container_module} {
  gpu.module @device {
    gpu.func @all(%p: !llvm.ptr<3>, %q: !llvm.ptr<1>) kernel {
      nvvm.cp.async.shared.global %p, %q, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
      nvvm.cp.async.commit.group
      %m = nvvm.ldmatrix %p {num = 1 : i32, layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> i32
      gpu.return
    }
    gpu.func @some() kernel attributes {graphc.requires = ["warpgroups"]} {
      nvvm.wgmma.fence.aligned
      nvvm.setmaxregister decrease 40
      gpu.return
    }
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @device {
    gpu.func @wgmma() kernel {
      // expected-error @below {{'nvvm.wgmma.fence.aligned' in kernel 'wgmma' is not for sm_80, it needs one of sm_90a}}
      // expected-error @below {{is not for sm_89, it needs one of sm_90a}}
      // expected-error @below {{is not for sm_100a, it needs one of sm_90a}}
      nvvm.wgmma.fence.aligned
      // Told once for each chip.
      nvvm.wgmma.commit.group.sync.aligned
      gpu.return
    }
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @device {
    gpu.func @setmaxnreg() kernel {
      // expected-error @below {{'nvvm.setmaxregister' in kernel 'setmaxnreg' is not for sm_80, it needs one of sm_90a, sm_100a}}
      // expected-error @below {{is not for sm_89}}
      nvvm.setmaxregister decrease 40
      gpu.return
    }
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @device {
    gpu.func @bulk() kernel {
      // expected-error @below {{'nvvm.cp.async.bulk.commit.group' in kernel 'bulk' is not for sm_80}}
      // expected-error @below {{is not for sm_89}}
      nvvm.cp.async.bulk.commit.group
      gpu.return
    }
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @device {
    gpu.func @stmatrix(%p: !llvm.ptr<3>, %v: i32) kernel {
      // expected-error @below {{'nvvm.stmatrix' in kernel 'stmatrix' is not for sm_80}}
      // expected-error @below {{is not for sm_89}}
      nvvm.stmatrix %p, %v {layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : !llvm.ptr<3>, i32
      gpu.return
    }
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @device {
    gpu.func @mma(%a: i32, %c: f32) kernel {
      // expected-error @below {{'llvm.nvvm.mma.m16n8k32.row.col.e4m3.e4m3.f32' in kernel 'mma' is not for sm_80, it needs one of sm_89, sm_90a, sm_100a}}
      %d = llvm.call_intrinsic "llvm.nvvm.mma.m16n8k32.row.col.e4m3.e4m3.f32"(%a, %a, %a, %a, %a, %a, %c, %c, %c, %c) : (i32, i32, i32, i32, i32, i32, f32, f32, f32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
      gpu.return
    }
  }
}

// -----

// Text counts, too.
module attributes {gpu.container_module} {
  gpu.module @device {
    gpu.func @text(%a: f32) kernel {
      // expected-error @below {{'cvt.rn.satfinite.e4m3x2.f32' in kernel 'text' is not for sm_80, it needs one of sm_89, sm_90a, sm_100a}}
      %r = llvm.inline_asm "cvt.rn.satfinite.e4m3x2.f32 $0, $1, $1;", "=h,f" %a : (f32) -> i16
      // expected-error @below {{'tcgen05.fence::before_thread_sync;' in kernel 'text' is not for sm_80, it needs one of sm_100a}}
      // expected-error @below {{is not for sm_89}}
      // expected-error @below {{is not for sm_90a}}
      llvm.inline_asm has_side_effects "tcgen05.fence::before_thread_sync;", "" : () -> ()
      gpu.return
    }
  }
}

// -----

// A block may have 163 KiB on sm_80, 99 on sm_89, 227 on the others.
module attributes {gpu.container_module} {
  gpu.module @device {
    gpu.func @shared() workgroup(%m : memref<1024xf32, 3>) kernel {
      gpu.return
    }
    gpu.func @declared() workgroup(%m : memref<4x4096xf32, 3>) kernel {
      gpu.return
    }
  }
  func.func @main() {
    %c1 = arith.constant 1 : index
    %c1024 = arith.constant 1024 : index
    %c2 = arith.constant 2 : index
    %fits = arith.constant 97280 : i32
    %large = arith.constant 200000 : i32
    gpu.launch_func @device::@shared blocks in (%c1, %c1, %c1) threads in (%c1024, %c1, %c1) dynamic_shared_memory_size %fits
    // expected-error @below {{kernel 'shared' asks for 204096 bytes of shared memory, sm_80 has 166912}}
    // expected-error @below {{kernel 'shared' asks for 204096 bytes of shared memory, sm_89 has 101376}}
    gpu.launch_func @device::@shared blocks in (%c1, %c1, %c1) threads in (%c1024, %c1, %c1) dynamic_shared_memory_size %large
    // expected-error @below {{kernel 'shared' asks for 2048 threads in a block, sm_80 has 1024}}
    // expected-error @below {{sm_89 has 1024}}
    // expected-error @below {{sm_90a has 1024}}
    // expected-error @below {{sm_100a has 1024}}
    gpu.launch_func @device::@shared blocks in (%c1, %c1, %c1) threads in (%c1024, %c2, %c1)
    // expected-error @below {{kernel 'declared' asks for 65536 bytes of declared shared memory, sm_80 has 49152}}
    // expected-error @below {{sm_89 has 49152}}
    // expected-error @below {{sm_90a has 49152}}
    // expected-error @below {{sm_100a has 49152}}
    gpu.launch_func @device::@declared blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
}
