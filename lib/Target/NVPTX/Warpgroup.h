//===- Warpgroup.h - Instructions of warpgroups and copies ------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For chips with warpgroups (sm_90a): matrix products of four warps over shared
// memory (wgmma), the copy engine that fills it (TMA), and the barriers in
// memory between the two.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_WARPGROUP_H
#define GRAPHC_LIB_TARGET_NVPTX_WARPGROUP_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"

namespace graphc::nvptx {

inline constexpr std::int64_t warpgroupThreads = 128;
/// Rows of a product of one warpgroup.
inline constexpr std::int64_t warpgroupRows = 64;
/// Bytes of a line in shared memory, permuted in pieces of 16; eight lines make
/// an atom, and atoms start at multiples of their size.
inline constexpr std::int64_t lineBytes = 128;
inline constexpr std::int64_t atomBytes = 8 * lineBytes;
/// Bytes of the depth that one instruction takes.
inline constexpr std::int64_t stepBytes = 32;

/// Which dimension of an operand is contiguous in shared memory. Along the
/// depth: lines of 128 bytes of it, line after line. Along the lines (rows or
/// columns), for elements of 16 bits alone: blocks of 64 lines, in each a line
/// of 128 bytes for every step of the depth.
enum class Major { Depth, Lines };

/// The stage of a ring of buffers that is next, and the parity of its barriers;
/// both i32.
struct Ring {
  mlir::Value stage, parity;
};

class WarpgroupEmitter {
public:
  WarpgroupEmitter(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  /// Arithmetic on i32, which is folded.
  mlir::Value number(std::int64_t value);
  mlir::Value toI32(mlir::Value index);
  mlir::Value toIndex(mlir::Value number);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value add(mlir::Value a, std::int64_t b) { return add(a, number(b)); }
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, std::int64_t b) { return mul(a, number(b)); }
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, std::int64_t b) { return div(a, number(b)); }
  mlir::Value rem(mlir::Value a, mlir::Value b);
  mlir::Value rem(mlir::Value a, std::int64_t b) { return rem(a, number(b)); }
  mlir::Value bitXor(mlir::Value a, mlir::Value b);
  mlir::Value isEqual(mlir::Value a, std::int64_t b);
  /// Threads of a warp all have the value of the first: lets the compiler see
  /// that they branch together.
  mlir::Value uniform(mlir::Value value);
  /// The same value, of which the compiler does not know that it is: what is
  /// computed of it stays behind this place. All threads of a warp come here.
  mlir::Value opaque(mlir::Value value);

  /// The shared memory that the launch asks for, a pointer.
  mlir::Value getShared();
  mlir::Value offset(mlir::Value pointer, mlir::Value bytes);
  mlir::Value offset(mlir::Value pointer, std::int64_t bytes);

  /// A barrier of 8 bytes in shared memory, which `count` arrivals complete.
  void initBarrier(mlir::Value barrier, std::int64_t count);
  /// Makes barriers known to the copy engine; a barrier of the block follows.
  void publishBarriers();
  /// Waits until the phase of that parity is over.
  void wait(mlir::Value barrier, mlir::Value parity);
  void arrive(mlir::Value barrier);
  /// Arrives, and lets the phase end after so many copied bytes only.
  void expect(mlir::Value barrier, std::int64_t bytes);
  /// Waits for `threads` threads of the block, which all name barrier `id`.
  void synchronize(mlir::Value id, std::int64_t threads);
  /// Counts as a thread that waits there, and goes on.
  void announce(mlir::Value id, std::int64_t threads);
  void synchronizeBlock();
  /// Counts as a thread of the cluster that waits, and goes on; waits for all
  /// that are not over. Each thread does both in turns.
  void arriveInCluster();
  void waitForCluster();
  /// The place of `shared` in the block of the cluster with the number `block`.
  mlir::Value inCluster(mlir::Value shared, mlir::Value block);
  /// Of `count` buffers, each with a barrier.
  Ring startRing() { return {number(0), number(0)}; }
  Ring advance(Ring ring, std::int64_t count);
  /// Past so many stages.
  Ring skip(Ring ring, mlir::Value stages, std::int64_t count);

  /// Starts copies of the box of `map` (kernel.tensor_map) at the coordinates
  /// `at`, innermost first.
  void load(mlir::Value shared, mlir::Value map, mlir::Value barrier,
            mlir::ValueRange at);
  /// Likewise for kernel.window_map; what is read is moved by `offsets` (i32),
  /// innermost dimension of space first.
  void loadWindow(mlir::Value shared, mlir::Value map, mlir::Value barrier,
                  mlir::ValueRange at, mlir::ValueRange offsets);
  void store(mlir::Value map, mlir::Value shared, mlir::ValueRange at);
  /// The stores of a thread: closes a group; waits until shared memory was
  /// read, or all was written.
  void commitStores();
  void waitForStores(bool onlyRead);
  /// Makes what threads wrote to shared memory known to the copy engine.
  void publishShared();

  /// Registers that each thread of the warpgroup has from here on.
  void setRegisters(std::int64_t count, bool isMore);

  /// An operand in shared memory, an i64: `start` is a pointer at an atom;
  /// `blockBytes` apart are blocks of 64 lines (for Major::Lines).
  mlir::Value describe(mlir::Value start, Major major,
                       std::int64_t blockBytes = 0);
  /// The descriptor for `bytes` further.
  mlir::Value advance(mlir::Value descriptor, std::int64_t bytes);
  /// Bytes from one instruction's part of the depth to the next.
  static std::int64_t stepOf(Major major) {
    return major == Major::Depth ? stepBytes : 16 * lineBytes;
  }

  /// The sums of a thread, `columns` / 2 of f32 in a struct: of four in a row,
  /// the first two are of row 16 * warp + lane / 4, the others 8 rows below;
  /// columns 2 * (lane % 4) and the next, of 8 for every four sums.
  mlir::Value makeSums(std::int64_t columns);
  /// Adds the product of an instruction's depth (stepBytes of it): `left` is a
  /// descriptor, or four i32 with elements of the thread's rows in the order
  /// of sums; `keeps` (i32) is 0 to begin with zero. `type` is f16, bf16, tf32
  /// as f32, or an f8. Asynchronous: see below.
  mlir::Value multiply(mlir::Value sums, mlir::ValueRange left,
                       mlir::Value right, mlir::Value keeps, mlir::Type type,
                       Major leftMajor, Major rightMajor);
  /// Before products that read registers or shared memory just written.
  void beginProducts();
  void commitProducts();
  /// Waits until at most `pending` groups are open. The sums are to be read
  /// after `finish` only.
  void waitForProducts(std::int64_t pending);
  /// Waits until at most `pending` groups are open; the result is what the
  /// others made of `sums`.
  mlir::Value finish(mlir::Value sums, std::int64_t pending = 0);
  llvm::SmallVector<mlir::Value> unpackSums(mlir::Value sums);
  mlir::Value packSums(mlir::ValueRange values);

  /// Stores four 8x8 matrices of 16-bit elements: `pieces` are four i32, lane l
  /// having columns 2 * (l % 4) and the next of row l / 4 of each; `line` says
  /// where line l % 8 of matrix l / 8 goes.
  void storeMatrices(mlir::Value line, mlir::ValueRange pieces);

private:
  template <typename Op>
  mlir::Value fold(mlir::Value a, mlir::Value b) {
    return builder.createOrFold<Op>(loc, a, b);
  }

  mlir::OpBuilder &builder;
  mlir::Location loc;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_WARPGROUP_H
