//===- SignatureTest.cpp - Which failures are the same --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Reduce/Signature.h"
#include "lib/Reduce/DumpReader.h"
#include "lib/Reduce/FileSubject.h"
#include "lib/Reduce/ZipRecords.h"

#include "gtest/gtest.h"

using namespace graphc;
using namespace graphc::reduce;

TEST(SignatureTest, SizesOfTypesGo) {
  EXPECT_EQ(normalizeReason("got 'tensor<4x16xf32>'"), "got 'tensor<f32>'");
  EXPECT_EQ(normalizeReason("'vector<[4]x2xi1>'"), "'vector<i1>'");
  EXPECT_EQ(normalizeReason("'memref<?x4xf32, strided<[?, 1], offset: ?>>'"),
            "'memref<f32>'");
  EXPECT_EQ(
      normalizeReason("'!graph.tensor<(2*s0 + 1)x8xbf16, strides = [1, 4]>'"),
      "'!graph.tensor<bf16>'");
  EXPECT_EQ(normalizeReason("tensor<2xcomplex<f32>>"), "tensor<complex<f32>>");
}

TEST(SignatureTest, ElementTypesStay) {
  EXPECT_NE(normalizeReason("'tensor<4xf16>'"),
            normalizeReason("'tensor<4xf32>'"));
}

TEST(SignatureTest, NamesNumbersAndPathsGo) {
  EXPECT_EQ(normalizeReason("%12 of @main_3, ^bb4."), "% of @, ^.");
  EXPECT_EQ(normalizeReason("expected 4 operands, got 12.5e3"),
            "expected N operands, got N");
  EXPECT_EQ(normalizeReason("f32 and i1 stay"), "f32 and i1 stay");
  EXPECT_EQ(normalizeReason("in /a/b-c/d.mlir: no"), "in /...: no");
}

TEST(SignatureTest, EqualTypesInARowAreOne) {
  EXPECT_EQ(normalizeReason("of 'tensor<2xf32>', 'tensor<4x4xf32>', 'i1'"),
            "of 'tensor<f32>', 'i1'");
}

TEST(SignatureTest, UnbalancedTextSurvives) {
  EXPECT_EQ(normalizeReason("tensor<4x"), "tensor<N");
  EXPECT_EQ(normalizeReason("%"), "%");
  EXPECT_EQ(normalizeReason(""), "");
}

static FailureReport crash(std::vector<std::string> frames) {
  FailureReport report;
  report.stage = "emit";
  report.outcome = "crashed";
  report.signal = 11;
  report.reason = "reported before";
  report.frames = std::move(frames);
  return report;
}

TEST(SignatureTest, CrashesAreComparedByTheirInnermostFunctions) {
  Signature first(crash({"onSignal(int)", "libc.so.6", "f", "g", "h", "main"}));
  Signature same(crash({"onSignal(int)", "f", "g", "h", "other"}));
  Signature other(crash({"onSignal(int)", "f", "k", "h", "main"}));
  EXPECT_TRUE(first == same);
  EXPECT_FALSE(first == other);
  EXPECT_EQ(first.describe(), "stage 'emit' crashed (SIGSEGV)");
}

TEST(SignatureTest, StagesAndPassesTellFailuresApart) {
  FailureReport report;
  report.stage = "cpu-pack";
  report.pass = "cse";
  report.outcome = "failed";
  report.reason = "no";
  Signature one(report);
  report.pass = "canonicalize";
  EXPECT_FALSE(one == Signature(report));
}

TEST(DumpReaderTest, WordsOfAShell) {
  EXPECT_EQ(splitWords("'a b' c 'd'\\''e' ''"),
            (std::vector<std::string>{"a b", "c", "d'e", ""}));
  EXPECT_TRUE(splitWords("  ").empty());
}

TEST(DumpReaderTest, PipelineOfAReproducer) {
  EXPECT_EQ(findPipeline("{-#\n mlir_reproducer: {\n pipeline: "
                         "\"builtin.module(a{x=\\\"y\\\"})\",\n"),
            "builtin.module(a{x=\"y\"})");
  EXPECT_EQ(findPipeline("module {}"), "");
}

TEST(SignatureTest, PlacesInInputsGo) {
  const char *op = "error[op-argument]: aten.mul.Tensor: has no argument ''";
  EXPECT_EQ(normalizeRefusal("graphc: error[op-argument]: /a/m.pt2: node 3 "
                             "'mul': aten.mul.Tensor: has no argument 'x'"),
            op);
  EXPECT_EQ(
      normalizeRefusal(
          "graphc: error[op-argument]: m.py: line 4 'y' (m.py:7: y = f(x))"
          ": aten.mul.Tensor: has no argument 'zz'"),
      op);
  EXPECT_NE(normalizeRefusal("graphc: error[unknown-op]: m.py: operator a.b.c "
                             "is unknown"),
            normalizeRefusal("graphc: error[unknown-op]: m.py: operator a.b.d "
                             "is unknown"));
}

TEST(FileSubjectTest, PicklesComeApartAtOpcodes) {
  using namespace std::string_literals;
  EXPECT_EQ(splitPickle("\x80\2K\7X\1\0\0\0a."s),
            (std::vector<size_t>{0, 2, 4, 10, 11}));
  // A length beyond the end is one piece.
  EXPECT_EQ(splitPickle("\x80\2X\xff\0\0\0a."s),
            (std::vector<size_t>{0, 2, 9}));
  EXPECT_TRUE(splitPickle("text").empty());
}

TEST(FileSubjectTest, ArchivesAreWrittenAsTheyWereRead) {
  ZipRecord first{"a/b", "", 0, 0, 0}, second{"c", "", 0, 0, 0};
  setZipBytes(first, "123");
  auto read = readZipRecords(writeZipRecords({first, second}));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].name, "a/b");
  EXPECT_EQ((*read)[0].bytes, "123");
  EXPECT_EQ((*read)[0].crc, first.crc);
  EXPECT_FALSE(readZipRecords("PK\3\4"));
  EXPECT_FALSE(readZipRecords(""));
}

TEST(SignatureTest, WhatEndsForWantOfTimeOrMemoryEndsAnywhereInThePass) {
  FailureReport report;
  report.stage = "emit";
  report.outcome = "out-of-memory";
  report.reason = "reported before";
  FailureReport other = report;
  other.reason = "another";
  EXPECT_EQ(Signature(report), Signature(other));
  EXPECT_TRUE(Signature(report).isOutOfMemory());
  other.outcome = "timed-out";
  EXPECT_FALSE(Signature(report) == Signature(other));
  EXPECT_TRUE(Signature(other).isTimeout());
}

TEST(SignatureTest, WrongNumbersAreTheSameByPassAndKind) {
  FailureReport report;
  report.pass = "cse";
  report.outcome = "failed";
  report.reason = "pass 'cse' changes what the program computes, in the module";
  report.difference = "values";
  FailureReport other = report;
  other.reason = "pass 'cse' changes what the program computes, in '@main'";
  EXPECT_EQ(Signature(report), Signature(other));
  other.difference = "NaN";
  EXPECT_FALSE(Signature(report) == Signature(other));
}
