//===- Graphs.cpp - Functions as graphs -----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Places.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::report;

namespace {
/// Makes the picture of one function: its operations and arguments, and those
/// in the branches and loops, which are parts of their operation.
class GraphMaker {
public:
  GraphMaker(Graph &graph, const PrintedIR &printed, Places &places)
      : graph(graph), printed(printed), places(places) {}

  void addFunction(FunctionOpInterface function);

private:
  void addBlock(Block &block, int parent);
  void addOp(Operation &op, int parent);
  unsigned add(GraphNode node, Location location, Operation *at);
  void connect(Value value, unsigned to);

  Graph &graph;
  const PrintedIR &printed;
  Places &places;
  DenseMap<Value, unsigned> sources;
};
} // namespace

static std::string describeType(TypeRange types) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleaveComma(types, os);
  return text;
}

/// What computes within one kernel or one structured operation is no picture.
static bool isWhole(Operation &op) {
  return isa<kernel::RegionOp, linalg::LinalgOp>(op) || op.getNumRegions() == 0;
}

unsigned GraphMaker::add(GraphNode node, Location location, Operation *at) {
  node.place = places.getPlace(location);
  auto line = printed.lines.find(at);
  node.line = line == printed.lines.end() ? 0 : line->second;
  graph.nodes.push_back(std::move(node));
  return graph.nodes.size() - 1;
}

void GraphMaker::connect(Value value, unsigned to) {
  auto source = sources.find(value);
  if (source != sources.end() && source->second != to)
    graph.edges.emplace_back(source->second, to);
}

void GraphMaker::addOp(Operation &op, int parent) {
  GraphNode node;
  node.label = op.getName().getStringRef().str();
  node.type = describeType(op.getResultTypes());
  node.parent = parent;
  if (op.hasTrait<OpTrait::ConstantLike>())
    node.kind = GraphNode::Kind::Constant;
  else if (op.hasTrait<OpTrait::IsTerminator>())
    node.kind = GraphNode::Kind::Output;
  if (auto region = dyn_cast<kernel::RegionOp>(op)) {
    node.kind = GraphNode::Kind::Kernel;
    node.label =
        (region.getKernelName() + " " + kernel::stringifyForm(region.getForm()))
            .str();
  }
  unsigned number = add(std::move(node), op.getLoc(), &op);
  llvm::SetVector<Value> read(op.operand_begin(), op.operand_end());
  if (isWhole(op))
    getUsedValuesDefinedAbove(op.getRegions(), read);
  for (Value value : read)
    connect(value, number);
  for (Value result : op.getResults())
    sources[result] = number;
  if (isWhole(op))
    return;
  for (Region &region : op.getRegions())
    for (Block &block : region) {
      for (Value argument : block.getArguments())
        sources[argument] = number;
      addBlock(block, number);
    }
}

void GraphMaker::addBlock(Block &block, int parent) {
  for (Operation &op : block)
    addOp(op, parent);
}

void GraphMaker::addFunction(FunctionOpInterface function) {
  for (BlockArgument argument : function.getArguments()) {
    GraphNode node;
    node.kind = GraphNode::Kind::Input;
    node.label = ("input " + Twine(argument.getArgNumber())).str();
    node.type = describeType(argument.getType());
    sources[argument] = add(std::move(node), argument.getLoc(), function);
  }
  for (Block &block : function.getFunctionBody())
    addBlock(block, -1);
}

void report::addGraphs(const PrintedIR &printed, Operation *module,
                       Places &places, Stage &stage) {
  module->walk<WalkOrder::PreOrder>([&](FunctionOpInterface function) {
    if (function.isExternal())
      return WalkResult::skip();
    Graph &graph = stage.graphs.emplace_back();
    graph.name = function.getName().str();
    GraphMaker(graph, printed, places).addFunction(function);
    return WalkResult::skip();
  });
}
