//===- Check.cpp - Finds the pass that changes numbers --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Numerics/Numerics.h"

#include "Bisect.h"
#include "State.h"

#include "graphc/Support/FailureDump.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using interpreter::Array;

/// `@main` of a message.
static std::string describe(Operation *op) {
  if (auto function = dyn_cast<func::FuncOp>(op))
    return "function '@" + function.getName().str() + "'";
  return "the module";
}

void NumericCheck::State::begin(ModuleOp module) {
  ProgramResult base;
  // Integers are indices as often as not: others, and smaller ones, until the
  // program accepts them.
  uint64_t seed = options.seed;
  std::vector<GivenInput> given;
  SavedCheck saved;
  if (!options.directory.empty()) {
    auto read = readInputs(options.directory, module.getContext(), reason);
    if (!read)
      return;
    given = std::move(*read);
    saved = readSavedCheck(options.directory);
  }
  for (int64_t limit : {8, 8, 8, 5, 5, 3, 3, 2, 1}) {
    inputs = makeInputs(module, given, saved.symbols, seed++, limit, reason);
    if (!inputs)
      return;
    inputs->weights = saved.weights;
    base = runProgram(module, *inputs, nullptr);
    if (!base.error || base.error->isUnsupported)
      break;
  }
  if (base.error) {
    reason = base.error->message;
    inputs.reset();
    return;
  }
  lowered = base.lowered;
  outputs = base.outputs;
  if (saved.tolerances.size() == outputs.size()) {
    tolerances = saved.tolerances;
    return keep(module);
  }
  std::vector<std::vector<Array>> others(outputs.size());
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Perturb noise(options.seed + seed);
    ProgramResult other = runProgram(module, *inputs, &noise);
    if (other.error)
      continue;
    for (auto [list, output] : llvm::zip_equal(others, other.outputs))
      list.push_back(output);
  }
  for (auto [index, output] : llvm::enumerate(outputs)) {
    tolerances.push_back(estimate(output, others[index]));
    if (tolerances.back().isUnstable)
      unstable += (unstable.empty() ? "" : ", ") + std::to_string(index);
  }
  if (options.reportNonFinite)
    reportNonFinite(module);
  if (isReplaying())
    writeInputs();
  keep(module);
}

void NumericCheck::State::writeInputs() const {
  SavedCheck saved;
  saved.tolerances = tolerances;
  saved.symbols = inputs->values;
  writeDumpFile("inputs/check.json",
                [&](raw_ostream &os) { writeSavedCheck(saved, os); });
  for (size_t i = 0; i < inputs->tensors.size(); ++i)
    writeDumpFile("inputs/" + getInputFileName(i), [&](raw_ostream &os) {
      Array dense = inputs->tensors[i].clone();
      os.write(dense.memory->data(), dense.memory->size());
    });
  writeDumpFile("inputs/manifest.json",
                [&](raw_ostream &os) { writeManifest(*inputs, os); });
}

/// `index` as places along dimensions.
static std::string describePlace(ArrayRef<int64_t> shape, int64_t index) {
  std::string text;
  for (int64_t size : llvm::reverse(shape)) {
    text = std::to_string(index % size) + (text.empty() ? "" : ", ") + text;
    index /= size;
  }
  return "[" + text + "]";
}

void NumericCheck::State::reportNonFinite(ModuleOp module) {
  FindNonFinite origins;
  runProgram(module, *inputs, &origins);
  for (const FindNonFinite::Origin *origin : {&origins.nan, &origins.infinity})
    if (origin->op)
      origin->op->emitWarning() << "'" << origin->op->getName() << "' makes "
                                << (std::isnan(origin->value) ? "nan"
                                    : origin->value < 0       ? "-inf"
                                                              : "inf")
                                << " from finite numbers, at "
                                << describePlace(origin->shape, origin->index)
                                << " of " << origin->operands;
}

void NumericCheck::State::refresh(ModuleOp module) {
  if (!inputs)
    return;
  ProgramResult result = runProgram(module, *inputs, nullptr);
  // What cannot be run before the pass cannot be compared behind it; then what
  // was known is compared with, and passes in between are told of.
  if (result.error)
    return;
  outputs = std::move(result.outputs);
  isStale = false;
  keep(module);
}

void NumericCheck::State::check(Pass *pass, Operation *op) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    module = op->getParentOfType<ModuleOp>();
  if (!module || hasFailed)
    return;
  if (!inputs) {
    ++skipped;
    return;
  }
  ProgramResult result = runProgram(module, *inputs, nullptr);
  if (result.error && result.error->isUnsupported) {
    ++skipped;
    if (reasonPass.empty()) {
      reasonPass = pass->getArgument().str();
      reason = result.error->message;
    }
    return;
  }
  if (isWrong(result))
    return report(pass, op, module, result);
  ++checked;
  skipped = 0;
  reason.clear();
  reasonPass.clear();
  outputs = std::move(result.outputs);
  for (const std::string &name : result.lowered)
    if (!llvm::is_contained(lowered, name))
      lowered.push_back(name);
  keep(module);
}

bool NumericCheck::State::isWrong(const ProgramResult &result) const {
  bool differs = result.error || result.outputs.size() != outputs.size();
  for (size_t i = 0; !differs && i < outputs.size(); ++i)
    differs = compare(outputs[i], result.outputs[i], tolerances[i]).has_value();
  return differs;
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

static std::string describeNumber(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.9g", value);
  return text;
}

static std::string describe(const Difference &difference, const Array &array) {
  if (!difference.shape.empty())
    return "is " + difference.shape;
  return describePlace(array.shape, difference.index) + " was " +
         describeNumber(difference.before) + " and is " +
         describeNumber(difference.after) + ", rounding explains " +
         describeNumber(difference.allowed) + "; " +
         std::to_string(difference.count) + " of " +
         std::to_string(array.size()) + " elements differ";
}

/// As a failure report has it.
static StringRef getKind(const Difference &difference, const Array &array) {
  if (!difference.shape.empty())
    return "shape";
  if (!array.element.isFloat())
    return "integer";
  if (std::isnan(difference.before) || std::isnan(difference.after))
    return "nan";
  return std::isinf(difference.before) || std::isinf(difference.after)
             ? "infinity"
             : "value";
}

static std::string getOutputName(const ProgramInputs &inputs, size_t index) {
  std::string text = "output " + std::to_string(index);
  if (inputs.signature)
    for (const Signature::Output &output : inputs.signature->outputs)
      if (output.result == index && !output.name.empty())
        text += " '" + output.name + "'";
  return text;
}

/// Adds the first value that differs and where it comes from.
void NumericCheck::State::pointAt(InFlightDiagnostic &diagnostic,
                                  ModuleOp module) {
  Trace before, after;
  runProgram(*last, *inputs, &before);
  runProgram(module, *inputs, &after);
  // Small: a tolerance of outputs says nothing of values on the way.
  const Trace::Entry *entry = findFirstDifference(before, after, {});
  if (!entry)
    return;
  wrong.op = entry->op->getName().getStringRef().str();
  wrong.node = entry->node;
  diagnostic.attachNote(entry->op->getLoc())
      << "the first value that differs is that of '"
      << entry->op->getName().getStringRef() << "' for node '" << entry->node
      << "'";
}

/// Names the application of a pattern that does it, if the pass applies any.
void NumericCheck::State::nameRewrite(InFlightDiagnostic &diagnostic,
                                      Pass *pass, Operation *op) {
  std::string pipeline;
  llvm::raw_string_ostream os(pipeline);
  pass->printAsTextualPipeline(os);
  for (Operation *at = op; at->getParentOp(); at = at->getParentOp())
    pipeline = (at->getName().getStringRef() + "(" + pipeline + ")").str();
  auto rewrite =
      findRewrite(*last, pipeline, options.watchAgain, [&](ModuleOp module) {
        ProgramResult result = runProgram(module, *inputs, nullptr);
        return !(result.error && result.error->isUnsupported) &&
               isWrong(result);
      });
  if (rewrite)
    diagnostic.attachNote(rewrite->loc)
        << "the rewrite that does it is number " << rewrite->index << " of "
        << rewrite->total << " attempts, on '" << rewrite->op
        << "': " << rewrite->pattern;
}

void NumericCheck::State::describeResult(InFlightDiagnostic &diagnostic,
                                         const ProgramResult &result,
                                         Location loc) {
  if (result.error) {
    wrong.difference = "error";
    Operation *at = result.error->op;
    diagnostic.attachNote(at ? at->getLoc() : loc)
        << "it cannot be run any more: "
        << (at ? "'" + at->getName().getStringRef().str() + "' "
               : std::string())
        << result.error->message;
    return;
  }
  for (auto [i, before] : llvm::enumerate(outputs)) {
    if (i >= result.outputs.size())
      return;
    if (auto difference = compare(before, result.outputs[i], tolerances[i])) {
      wrong.difference = getKind(*difference, before);
      diagnostic.attachNote(loc)
          << getOutputName(*inputs, i) << describe(*difference, before);
      return;
    }
  }
}

void NumericCheck::State::report(Pass *pass, Operation *op, ModuleOp module,
                                 const ProgramResult &result) {
  hasFailed = true;
  if (isReplaying() && inputs->weights && !inputs->weights->empty())
    writeDumpFile("inputs/weights.bin", [&](raw_ostream &os) {
      os.write(inputs->weights->data(), inputs->weights->size());
    });
  Location loc = op->getLoc();
  std::string text = "pass '" + pass->getArgument().str() +
                     "' changes what the program computes, in " + describe(op);
  InFlightDiagnostic diagnostic = emitError(loc) << text;
  if (skipped)
    diagnostic << "; or one of " << skipped
               << " passes before it, which could not be checked: " << reason;
  describeResult(diagnostic, result, loc);
  if (!result.error) {
    pointAt(diagnostic, module);
    nameRewrite(diagnostic, pass, op);
  }
  diagnostic.report();
  if (auto function = dyn_cast<FunctionOpInterface>(op))
    wrong.function = function.getName().str();
  recordWrongNumber(wrong);
  recordPassFailure(op, text);
}

//===----------------------------------------------------------------------===//
// Instrumentation
//===----------------------------------------------------------------------===//

namespace {
class Watcher : public PassInstrumentation {
public:
  explicit Watcher(NumericCheck::State &state) : state(state) {}
  /// The context may end with the pass manager.
  ~Watcher() override { state.last = nullptr; }

  void runBeforePass(Pass *pass, Operation *op) override {
    // The adaptor around nested passes has no argument.
    if (pass->getArgument().empty())
      return;
    // Nothing that follows would mean anything.
    if (state.hasFailed)
      return signalPassFailure(pass);
    auto module = isa<ModuleOp>(op) ? cast<ModuleOp>(op)
                                    : op->getParentOfType<ModuleOp>();
    if (module && !std::exchange(state.hasBegun, true))
      state.begin(module);
    else if (module && state.isStale && state.isWanted(pass->getArgument()))
      state.refresh(module);
    else if (module && state.inputs && !state.last)
      state.keep(module);
    before.emplace(op);
  }
  void runAfterPass(Pass *pass, Operation *op) override {
    if (pass->getArgument().empty() || !before)
      return;
    // Most passes leave most functions alone.
    bool isSame = *before == OperationFingerPrint(op);
    before.reset();
    if (!state.isWanted(pass->getArgument())) {
      state.isStale |= !isSame;
      return;
    }
    if (!isSame) {
      state.check(pass, op);
      if (state.hasFailed)
        signalPassFailure(pass);
    } else if (!state.inputs) {
      ++state.skipped;
    } else if (!state.skipped) {
      ++state.checked;
    }
  }
  void runAfterPassFailed(Pass *, Operation *) override { before.reset(); }

private:
  NumericCheck::State &state;
  std::optional<OperationFingerPrint> before;
};
} // namespace

NumericCheck::NumericCheck(NumericOptions options)
    : state(std::make_unique<State>(std::move(options))) {}
NumericCheck::~NumericCheck() = default;

void NumericCheck::watch(PassManager &pm) {
  pm.addInstrumentation(std::make_unique<Watcher>(*state));
}

bool NumericCheck::hasFailed() const { return state->hasFailed; }

std::string NumericCheck::summarize() const {
  std::string text = "numerics: " + std::to_string(state->checked) +
                     " runs of passes keep what the program computes";
  if (state->skipped)
    text += "; " + std::to_string(state->skipped) + " could not be checked" +
            (state->reasonPass.empty()
                 ? std::string()
                 : ", the first is '" + state->reasonPass + "'") +
            ": " + state->reason;
  if (!state->lowered.empty())
    text += "; without an evaluator of their own, so taken from their "
            "lowering: " +
            llvm::join(state->lowered, ", ");
  if (!state->unstable.empty())
    text += "; rounding alone changes outputs " + state->unstable;
  return text;
}
