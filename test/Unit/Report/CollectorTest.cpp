//===- CollectorTest.cpp - What a report takes from IR --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Report/Collector.h"
#include "graphc/Pipelines/Registration.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Transforms/Passes.h"

#include "gtest/gtest.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::report;

namespace {
class CollectorTest : public testing::Test {
protected:
  CollectorTest() : context(makeRegistry()) {}
  static DialectRegistry makeRegistry() {
    DialectRegistry registry;
    registerDialects(registry);
    return registry;
  }
  void show(StringRef text, StringRef stage = "import") {
    module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module);
    collector.beginStage(stage);
    collector.endStage(stage, /*isDone=*/true);
    collector.addModule(*module);
  }
  const Report &report() { return collector.get(); }
  StringRef line(unsigned text, unsigned at) {
    return report().lines.get()[report().texts[text].lines[at]];
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  Collector collector;
};
} // namespace

static constexpr char twoOps[] = R"(
func.func @main(%arg0: !graph.tensor<4xf32> loc("x")) -> !graph.tensor<4xf32> {
  %0 = graph.exp %arg0 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32> loc("e"(fused<"a.b">["model.py":12:0]))
  %1 = graph.add %0, %0 : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32> loc(fused["f", "g"])
  return %1 : !graph.tensor<4xf32> loc("r")
})";

TEST_F(CollectorTest, LinesKnowTheirNodes) {
  show(twoOps);
  const Text &text = report().texts[report().stages[0].text];
  bool found = false;
  for (unsigned i = 0; i < text.lines.size(); ++i) {
    if (!line(0, i).contains("graph.exp"))
      continue;
    found = true;
    const Place &place = report().places[text.places[i]];
    ASSERT_EQ(place.nodes.size(), 1u);
    EXPECT_EQ(report().nodes[place.nodes[0]].name, "e");
    EXPECT_EQ(place.modulePath, "a.b");
    EXPECT_EQ(place.line, 12u);
    EXPECT_EQ(report().files.get()[place.file], "model.py");
  }
  EXPECT_TRUE(found);
}

TEST_F(CollectorTest, FusedLocationsAreSeveralNodes) {
  show(twoOps);
  const Graph &graph = report().stages[0].graphs.at(0);
  ASSERT_EQ(graph.nodes.size(), 4u); // x, exp, add, return
  EXPECT_EQ(report().places[graph.nodes[2].place].nodes.size(), 2u);
}

TEST_F(CollectorTest, GraphsHaveEachEdgeOnce) {
  show(twoOps);
  const Graph &graph = report().stages[0].graphs.at(0);
  std::vector<std::pair<unsigned, unsigned>> edges{{0, 1}, {1, 2}, {2, 3}};
  EXPECT_EQ(graph.edges, edges);
  EXPECT_EQ(graph.nodes[0].kind, GraphNode::Kind::Input);
  EXPECT_EQ(graph.nodes[3].kind, GraphNode::Kind::Output);
}

TEST_F(CollectorTest, BranchesArePartsOfTheirOperation) {
  show(R"(
func.func @main(%c: i1, %x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = scf.if %c -> tensor<2xf32> {
    %1 = arith.addf %x, %x : tensor<2xf32>
    scf.yield %1 : tensor<2xf32>
  } else {
    scf.yield %x : tensor<2xf32>
  }
  return %0 : tensor<2xf32>
})");
  const Graph &graph = report().stages[0].graphs.at(0);
  int branch = -1;
  for (const auto &[i, node] : llvm::enumerate(graph.nodes))
    if (node.label == "scf.if")
      branch = i;
  ASSERT_GE(branch, 0);
  unsigned inside = 0;
  for (const GraphNode &node : graph.nodes)
    inside += node.parent == branch;
  EXPECT_EQ(inside, 3u);
}

TEST_F(CollectorTest, FunctionsKnowTheirLines) {
  show(R"(
func.func @first() { return }
func.func @second() { return }
)");
  const Stage &stage = report().stages[0];
  ASSERT_EQ(stage.functions.size(), 2u);
  for (const graphc::report::Range &range : stage.functions) {
    EXPECT_TRUE(line(0, range.first).contains("@" + range.name));
    EXPECT_EQ(line(0, range.end - 1).trim(), "}");
  }
}

TEST_F(CollectorTest, LongLinesAreCut) {
  std::string name(2 * Collector::maxLineBytes, 'x');
  show("func.func private @" + name + "()");
  for (const std::string &text : report().lines.get())
    EXPECT_LE(text.size(), Collector::maxLineBytes + 100);
}

TEST_F(CollectorTest, PassesHaveTheIRBeforeAndBehind) {
  show(R"(
func.func @main() -> i32 {
  %0 = arith.constant 1 : i32
  %1 = arith.constant 1 : i32
  %2 = arith.addi %0, %1 : i32
  return %2 : i32
})");
  collector.beginStage("graph-optimization");
  PassManager pm(&context, ModuleOp::getOperationName());
  collector.watchPasses(pm);
  pm.addNestedPass<func::FuncOp>(createCSEPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCanonicalizerPass());
  ASSERT_TRUE(succeeded(pm.run(*module)));
  collector.endStage("graph-optimization", /*isDone=*/true);
  ASSERT_EQ(report().passes.size(), 3u);
  const PassRun &cse = report().passes[0], &fold = report().passes[1],
                &again = report().passes[2];
  EXPECT_EQ(cse.name, "cse");
  EXPECT_EQ(cse.op, "func.func @main");
  EXPECT_TRUE(cse.isChanged);
  EXPECT_EQ(cse.opsBefore, cse.opsAfter + 1);
  EXPECT_TRUE(fold.isChanged);
  EXPECT_NE(fold.before, fold.after);
  // The module's text was made again behind the pass on its function.
  EXPECT_NE(fold.before, report().stages[0].text);
  EXPECT_FALSE(again.isChanged);
  EXPECT_EQ(again.before, fold.after);
  EXPECT_EQ(again.occurrence, 1u);
}

TEST_F(CollectorTest, AssemblyIsCodeByFunction) {
  collector.addAssembly(R"(
  .file  1 "/models" "net.py"
  .type  kernel_a,@function
kernel_a:
  .cfi_startproc
  .loc  1 42 0
  addl  %esi, %edi
.LBB0_1:
  retq
.Lfunc_end0:
  .size  kernel_a, .Lfunc_end0-kernel_a
)");
  ASSERT_EQ(report().assembly.size(), 1u);
  const Text &text = report().texts[report().assembly[0].text];
  ASSERT_EQ(text.lines.size(), 4u);
  const Place &place = report().places[text.places[1]];
  EXPECT_EQ(place.line, 42u);
  EXPECT_EQ(report().files.get()[place.file], "/models/net.py");
}
