//===- Mma.h - Instructions of tensor cores since sm_80 ---------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mma.sync, ldmatrix and cp.async. A warp multiplies fragments: the 16 rows of
// A and the 8 columns of B have a depth of 32 bytes each, two pieces of 16, so
// that the layouts are the same for all element types. Lane l holds, with
// g = l / 4, t = l % 4 and a word being 4 bytes:
//
//   A (4 words)  row g piece 0, row g+8 piece 0, row g piece 1, row g+8 piece 1
//   B (2 words)  column g piece 0, column g piece 1; of a piece its word t
//   C (4 floats) row g columns 2t and 2t+1, row g+8 columns 2t and 2t+1
//
// ldmatrix brings lane l the word t of line g of each of four matrices of 8
// lines of 16 bytes. Lanes 8i to 8i+7 say where the lines of matrix i are.
// Transposed, for elements of 16 bits, lane l gets element g of the lines 2t
// and 2t+1: what is stored with the depth outermost.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_MMA_H
#define GRAPHC_LIB_TARGET_NVPTX_MMA_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace graphc::nvptx {

/// Of a warp's product of fragments.
inline constexpr std::int64_t mmaRows = 16, mmaColumns = 8;
/// Bytes of a line that ldmatrix reads and that cp.async can copy at once.
inline constexpr std::int64_t pieceBytes = 16;
/// Bytes of the depth of a product of fragments.
inline constexpr std::int64_t mmaDepthBytes = 2 * pieceBytes;

/// What tensor cores multiply; sums are f32.
enum class MmaType { F16, BF16, TF32, E4M3, E5M2 };

/// How elements of `type` are multiplied: f16, bf16, the two kinds of f8, and
/// f32 as TF32 where that is allowed. None for others.
std::optional<MmaType> getMmaType(mlir::Type type, bool allowsTF32);

/// C + A * B of a warp, four f32, given as words (i32) and f32. All lanes must
/// get here.
llvm::SmallVector<mlir::Value>
multiplyFragments(mlir::OpBuilder &builder, mlir::Location loc, MmaType type,
                  mlir::ValueRange a, mlir::ValueRange b, mlir::ValueRange c);

/// The word of each of `count` (1, 2 or 4) matrices whose lines are at `line`,
/// a pointer to shared memory. All lanes of the warp must get here.
llvm::SmallVector<mlir::Value>
loadMatrices(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value line,
             std::int64_t count, bool isTransposed);

/// The word of an f32 as that of the nearest tf32; tensor cores alone would cut
/// it off.
mlir::Value roundToTF32(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value word);

/// Where element `indices` of `memref` is: a pointer to shared memory or, for
/// any other buffer, a generic one.
mlir::Value getPointer(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value memref, mlir::ValueRange indices);
/// `pointer` and so many bytes (an i32 or i64).
mlir::Value advance(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value pointer, mlir::Value bytes);

/// Begins to copy 4, 8 or 16 bytes to shared memory; `valid` (an i32) are read
/// and the rest is zero, all when it is null. Both pointers are aligned to so
/// many bytes.
void copyAsync(mlir::OpBuilder &builder, mlir::Location loc,
               mlir::Value toShared, mlir::Value from, std::int64_t bytes,
               mlir::Value valid = {});
/// The same of 16 bytes from lines of 128 that are soon read as a whole: the
/// cache gets them at once.
void copyLineAsync(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value toShared, mlir::Value from,
                   mlir::Value valid = {});
/// Ends a group of copies of this thread.
void commitCopies(mlir::OpBuilder &builder, mlir::Location loc);
/// Waits until at most so many groups of this thread are on their way. Others
/// see what has come after a barrier.
void waitForCopies(mlir::OpBuilder &builder, mlir::Location loc,
                   std::int64_t mayBeMissing);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_MMA_H
