//===- ProgramSubject.cpp - Programs that get smaller ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgramSubject.h"

#include "ProgramWalk.h"

#include "llvm/ADT/StringMap.h"

using namespace graphc;
using namespace graphc::loader;
using namespace graphc::reduce;

unsigned graphc::reduce::countNodes(const Program &program) {
  unsigned count = 0;
  for (const Graph &graph : program.graphs)
    count += graph.nodes.size();
  return count;
}

/// Graphs that nothing names any more go; the numbers of others change.
static void dropUnusedGraphs(Program &program) {
  std::vector<bool> isUsed(program.graphs.size());
  std::vector<size_t> work = {0};
  isUsed[0] = true;
  while (!work.empty()) {
    size_t index = work.back();
    work.pop_back();
    walkArguments(program.graphs[index], [&](const Argument &argument) {
      const auto *ref = std::get_if<GraphRef>(&argument.value);
      if (!ref || isUsed[ref->index])
        return;
      isUsed[ref->index] = true;
      work.push_back(ref->index);
    });
  }
  std::vector<size_t> renumbered(program.graphs.size());
  std::vector<Graph> left;
  for (size_t i = 0; i < program.graphs.size(); ++i)
    if (isUsed[i]) {
      renumbered[i] = left.size();
      left.push_back(std::move(program.graphs[i]));
    }
  program.graphs = std::move(left);
  for (Graph &graph : program.graphs)
    walkArguments(graph, [&](Argument &argument) {
      if (auto *ref = std::get_if<GraphRef>(&argument.value))
        ref->index = renumbered[ref->index];
    });
}

ProgramSubject::ProgramSubject(Program given) : program(std::move(given)) {
  // What is no value at run time stands where it is used.
  Graph &main = program.graphs[0];
  llvm::StringMap<Argument> literals;
  std::vector<GraphInput> inputs;
  for (auto [i, input] : llvm::enumerate(main.inputs))
    if (i < program.inputs.size() &&
        program.inputs[i].role == InputSpec::Role::Literal)
      literals[input.name] = program.inputs[i].literal;
    else
      inputs.push_back(input);
  main.inputs = std::move(inputs);
  program.inputs.clear();
  program.outputs.clear();
  walkArguments(main, [&](Argument &argument) {
    const auto *ref = std::get_if<ValueRef>(&argument.value);
    if (auto it = ref ? literals.find(ref->name) : literals.end();
        it != literals.end())
      argument = Argument(it->second);
  });
}

std::unique_ptr<Subject> ProgramSubject::reduce(unsigned reduction,
                                                unsigned first,
                                                unsigned last) const {
  Program candidate = program;
  if (!programReductions()[reduction].apply(candidate, first, last))
    return nullptr;
  dropUnusedGraphs(candidate);
  return std::make_unique<ProgramSubject>(std::move(candidate));
}
