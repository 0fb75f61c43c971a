//===- FailureDumpTest.cpp - Every way in which a pass can end ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/CompilationSession.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemAlloc.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include "gtest/gtest.h"

#include <atomic>
#include <csignal>
#include <filesystem>

#include <sys/resource.h>
#include <unistd.h>

using namespace mlir;
using namespace graphc;

namespace {
/// Does `action` to the functions whose name starts with "bad".
struct TestPass : PassWrapper<TestPass, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TestPass)
  using Action = void (*)(func::FuncOp);
  explicit TestPass(Action action) : action(action) {}
  StringRef getArgument() const override { return "test-pass"; }
  void runOnOperation() override {
    if (getOperation().getName().starts_with("bad"))
      action(getOperation());
  }
  Action action;
};

class FailureDumpTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("graphc-dump", folder));
    registry.insert<func::FuncDialect, arith::ArithDialect>();
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  /// The exit status of a compilation that runs the pass on some functions.
  int compile(TestPass::Action action) {
    char name[] = "graphc-opt";
    char *arguments[] = {name};
    return supervise(1, arguments, [&] {
      SessionOptions options;
      options.failures.dumpDirectory = folder.str().str();
      options.failures.timeLimit = limit;
      CompilationSession session(registry, options);
      std::string text;
      for (StringRef name : functions)
        text += ("func.func @" + name + "(%a: i32) -> i32 { return %a : i32 }")
                    .str();
      for (char letter = 'a'; letter != 'i'; ++letter)
        text += std::string("func.func @good_") + letter + "() { return }";
      auto module = parseSourceString<ModuleOp>(text, &session.getContext());
      auto build = [&](OpPassManager &pm) {
        pm.addNestedPass<func::FuncOp>(std::make_unique<TestPass>(action));
      };
      return failed(session.runPipeline("test-stage", *module, build)) ? 1 : 0;
    });
  }

  /// The text of file `name` of the one directory that there is.
  std::string read(StringRef name) {
    std::error_code error;
    std::vector<std::string> found;
    for (llvm::sys::fs::directory_iterator it(folder, error), end;
         !error && it != end; it.increment(error))
      found.push_back(it->path());
    if (found.size() != 1)
      return std::to_string(found.size()) + " directories";
    auto buffer = llvm::MemoryBuffer::getFile(found.front() + "/" + name);
    return buffer ? (*buffer)->getBuffer().str() : "no file";
  }

  /// What every dump of the failing pass holds.
  void expectDump(StringRef message) {
    EXPECT_NE(read("README.txt").find(message.str()), std::string::npos)
        << read("README.txt");
    EXPECT_NE(
        read("README.txt").find("Pass:  test-pass\nOn:    func.func @bad\n"),
        std::string::npos);
    std::string before = read("before.mlir");
    EXPECT_NE(before.find("sym_name = \"bad\""), std::string::npos);
    EXPECT_NE(before.find("sym_name = \"good_h\""), std::string::npos);
    EXPECT_NE(before.find("func.func(test-pass)"), std::string::npos);
    EXPECT_NE(read("replay.sh").find("--run-reproducer"), std::string::npos);
  }

  llvm::SmallString<128> folder;
  DialectRegistry registry;
  /// Those that the pass does something to.
  std::vector<StringRef> functions = {"bad"};
  double limit = 0;
};
} // namespace

TEST_F(FailureDumpTest, SuccessLeavesNothing) {
  EXPECT_EQ(compile([](func::FuncOp) {}), 0);
  EXPECT_EQ(read("README.txt"), "0 directories");
}

TEST_F(FailureDumpTest, Diagnostic) {
  EXPECT_EQ(compile([](func::FuncOp function) {
              function.emitError("this cannot be");
              function.front().getTerminator()->eraseOperands(0, 1);
            }),
            1);
  expectDump("failed: this cannot be");
}

TEST_F(FailureDumpTest, TextOfAMessageIsNeverRun) {
  EXPECT_EQ(compile([](func::FuncOp function) {
              llvm::report_fatal_error("first\nsecond; rm -rf /\n");
            }),
            1);
  std::string replay = read("replay.sh");
  EXPECT_NE(replay.find("first\n"), std::string::npos);
  EXPECT_EQ(replay.find("second"), std::string::npos);
}

TEST_F(FailureDumpTest, InvalidIR) {
  EXPECT_EQ(compile([](func::FuncOp function) {
              function.front().getTerminator()->eraseOperands(0, 1);
            }),
            1);
  expectDump("has 0 operands, but enclosing function (@bad) returns 1");
  EXPECT_NE(read("after.mlir").find("\"func.return\"() : () -> ()"),
            std::string::npos);
}

TEST_F(FailureDumpTest, FatalErrorOfLLVM) {
  EXPECT_EQ(
      compile([](func::FuncOp) { llvm::report_fatal_error("cannot select"); }),
      1);
  expectDump("ended in a fatal error of LLVM: cannot select");
}

TEST_F(FailureDumpTest, Abort) {
  EXPECT_EQ(compile([](func::FuncOp) { std::abort(); }), 1);
  expectDump("crashed (SIGABRT)");
  EXPECT_NE(read("stack.txt").find("#0"), std::string::npos);
}

TEST_F(FailureDumpTest, Unreachable) {
  EXPECT_EQ(compile([](func::FuncOp) { raise(SIGILL); }), 1);
  expectDump("crashed (SIGILL)");
}

/// Deep enough that nothing is left of the stack.
static int recurse(volatile int depth) {
  volatile char space[4096];
  space[depth & 4095] = 1;
  return depth < 0 ? 0 : recurse(depth + 1) + space[0];
}

TEST_F(FailureDumpTest, StackOverflow) {
  EXPECT_EQ(compile([](func::FuncOp) { recurse(1); }), 1);
  expectDump("crashed (SIGSEGV)");
}

TEST_F(FailureDumpTest, KilledFromOutside) {
  EXPECT_EQ(compile([](func::FuncOp) { kill(getpid(), SIGKILL); }), 1);
  expectDump("crashed (SIGKILL)");
}

TEST_F(FailureDumpTest, LibraryThatExits) {
  EXPECT_EQ(compile([](func::FuncOp) { exit(7); }), 1);
  expectDump("a library called exit");
}

TEST_F(FailureDumpTest, SignalOfTheUser) {
  EXPECT_EQ(compile([](func::FuncOp) {
              kill(getpid(), SIGTERM);
              pause();
            }),
            128 + SIGTERM);
  EXPECT_NE(read("README.txt").find("@bad was interrupted (SIGTERM)"),
            std::string::npos);
  EXPECT_NE(read("before.mlir").find("sym_name = \"bad\""), std::string::npos);
}

/// No second run comes to the end of such a pass, and none has to.
TEST_F(FailureDumpTest, TimeLimit) {
  limit = 1;
  EXPECT_EQ(compile([](func::FuncOp) {
              while (true)
                pause();
            }),
            1);
  expectDump("ran into the time limit");
  EXPECT_NE(read("stack.txt").find("pause"), std::string::npos);
  EXPECT_NE(read("replay.sh").find("--time-limit="), std::string::npos);
}

TEST_F(FailureDumpTest, WithinTheTimeLimit) {
  limit = 60;
  EXPECT_EQ(compile([](func::FuncOp) {}), 0);
  EXPECT_EQ(read("README.txt"), "0 directories");
}

/// Keeps the compiler from leaving allocations out.
static void *volatile sink;

static void exhaustMemory(func::FuncOp) {
  rlimit memory = {2048u << 20, 2048u << 20};
  setrlimit(RLIMIT_AS, &memory);
  while (true)
    sink = new char[1 << 20];
}

/// A thread that has to be made when memory is short would end the compilation
/// with an error of its own.
TEST_F(FailureDumpTest, ThreadsStandBeforeTheFirstPass) {
  CompilationSession session(registry, SessionOptions());
  std::filesystem::directory_iterator threads("/proc/self/task"), end;
  EXPECT_GE(std::distance(threads, end),
            1 + int(session.getContext().getNumThreads()));
}

TEST_F(FailureDumpTest, OutOfMemory) {
  EXPECT_EQ(compile(exhaustMemory), 1);
  expectDump("@bad ran out of memory");
}

TEST_F(FailureDumpTest, OutOfMemoryInLLVM) {
  EXPECT_EQ(compile([](func::FuncOp) {
              sink = llvm::safe_malloc(std::size_t(1) << 60);
            }),
            1);
  expectDump("ran out of memory");
}

//===----------------------------------------------------------------------===//
// What is left
//===----------------------------------------------------------------------===//

/// Changes the IR so that after.mlir shows whether it is from before.
static void mark(func::FuncOp function) {
  function->setAttr("marked", UnitAttr::get(function.getContext()));
}

TEST_F(FailureDumpTest, AfterACrash) {
  EXPECT_EQ(compile([](func::FuncOp function) {
              mark(function);
              std::abort();
            }),
            1);
  EXPECT_EQ(read("before.mlir").find("marked"), std::string::npos);
  EXPECT_NE(read("after.mlir").find("marked"), std::string::npos);
  EXPECT_NE(read("README.txt").find("the IR as it stood when it ended"),
            std::string::npos);
}

TEST_F(FailureDumpTest, AfterAFatalErrorOfLLVM) {
  EXPECT_EQ(compile([](func::FuncOp function) {
              mark(function);
              llvm::report_fatal_error("cannot select");
            }),
            1);
  EXPECT_NE(read("after.mlir").find("marked"), std::string::npos);
}

TEST_F(FailureDumpTest, AfterAStackOverflow) {
  EXPECT_EQ(compile([](func::FuncOp function) {
              mark(function);
              recurse(1);
            }),
            1);
  EXPECT_NE(read("after.mlir").find("marked"), std::string::npos);
}

TEST_F(FailureDumpTest, AfterTheEndOfMemory) {
  EXPECT_EQ(compile([](func::FuncOp function) {
              mark(function);
              exhaustMemory(function);
            }),
            1);
  EXPECT_NE(read("after.mlir").find("marked"), std::string::npos);
}

TEST_F(FailureDumpTest, WhileItRuns) {
  limit = 1;
  EXPECT_EQ(compile([](func::FuncOp function) {
              while (true)
                mark(function);
            }),
            1);
  EXPECT_NE(read("after.mlir").find("marked"), std::string::npos);
  EXPECT_NE(read("README.txt").find("the IR as it stood while it ran on"),
            std::string::npos);
}

TEST_F(FailureDumpTest, InvalidIRIsKeptAsItStands) {
  EXPECT_EQ(compile([](func::FuncOp function) {
              function.front().getTerminator()->erase();
            }),
            1);
  EXPECT_NE(read("after.mlir").find("sym_name = \"bad\""), std::string::npos);
  EXPECT_NE(read("README.txt").find("after.mlir"), std::string::npos);
}

namespace {
/// Rewrites a function in two steps; the second one leaves nothing that can be
/// printed.
struct TearApart : OpRewritePattern<func::FuncOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(func::FuncOp function,
                                PatternRewriter &rewriter) const override {
    if (!function->hasAttr("marked")) {
      rewriter.modifyOpInPlace(function, [&] { mark(function); });
      return success();
    }
    Operation *end = function.front().getTerminator();
    end->setOperand(0, Value::getFromOpaquePointer(
                           reinterpret_cast<void *>(uintptr_t(64))));
    return success();
  }
};
} // namespace

TEST_F(FailureDumpTest, BehindTheLastRewrite) {
  EXPECT_EQ(compile([](func::FuncOp function) {
              RewritePatternSet patterns(function.getContext());
              patterns.add<TearApart>(function.getContext());
              (void)applyOpPatternsGreedily({function.getOperation()},
                                            std::move(patterns));
            }),
            1);
  expectDump("crashed (SIGSEGV)");
  EXPECT_NE(read("after.mlir").find("marked"), std::string::npos);
  EXPECT_NE(read("README.txt").find("the IR behind the last whole rewrite"),
            std::string::npos)
      << read("README.txt");
}

TEST_F(FailureDumpTest, NothingToPrint) {
  EXPECT_EQ(compile([](func::FuncOp function) {
              Operation *end = function.front().getTerminator();
              end->setOperand(0, Value::getFromOpaquePointer(
                                     reinterpret_cast<void *>(uintptr_t(64))));
            }),
            1);
  expectDump("crashed (SIGSEGV)");
  EXPECT_EQ(read("after.mlir"), "no file");
  EXPECT_NE(read("README.txt")
                .find("There is no after.mlir: what it left "
                      "cannot be printed, and it had rewritten "
                      "nothing yet"),
            std::string::npos)
      << read("README.txt");
}

//===----------------------------------------------------------------------===//
// Several functions at once
//===----------------------------------------------------------------------===//

/// Lets threads come to their end together.
static void meet() {
  static std::atomic<unsigned> count = 0;
  ++count;
  // The second run has one thread.
  for (unsigned wait = 0; !isReplaying() && count < 2 && wait < 3000; ++wait)
    usleep(1000);
}

TEST_F(FailureDumpTest, TwoFunctionsFailAtOnce) {
  functions = {"bad", "bad_b"};
  EXPECT_EQ(compile([](func::FuncOp function) {
              meet();
              if (function.getName() == "bad")
                usleep(20000); // The other one is first.
              function.emitError("no ") << function.getName() << " here";
              function.front().getTerminator()->eraseOperands(0, 1);
            }),
            1);
  // What is told of is what one thread comes to, and all of it is of that.
  expectDump("failed: no bad here");
  EXPECT_NE(read("README.txt")
                .find("Another thread came first to a failure on "
                      "func.func @bad_b"),
            std::string::npos);
  EXPECT_NE(read("after.mlir").find("\"func.return\"() : () -> ()"),
            std::string::npos);
}

TEST_F(FailureDumpTest, TwoFunctionsCrashAtOnce) {
  functions = {"bad", "bad_b"};
  EXPECT_EQ(compile([](func::FuncOp) {
              meet();
              std::abort();
            }),
            1);
  expectDump("func.func @bad crashed (SIGABRT)");
  EXPECT_NE(read("stack.txt").find("abort"), std::string::npos);
}

TEST_F(FailureDumpTest, AllFunctionsHang) {
  functions = {"bad", "bad_b", "bad_c", "bad_d"};
  limit = 1;
  EXPECT_EQ(compile([](func::FuncOp) { pause(); }), 1);
  EXPECT_NE(read("README.txt").find("Other threads were in:"),
            std::string::npos);
  EXPECT_NE(read("before.mlir").find("func.func(test-pass)"),
            std::string::npos);
}
