//===- Machine.cpp - Functions as lists of instructions -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "Pointers.h"

#include "dialects/Graph/IR/Graph.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

static const Table &getTable() {
  static const Table table = [] {
    Table all;
    addArith(all);
    addMath(all);
    addTensor(all);
    addMemRef(all);
    addVector(all);
    addControlFlow(all);
    addKernel(all);
    addGraph(all);
    addLLVM(all);
    addLLVMCalls(all);
    addLLVMMemory(all);
    all[linalg::IndexOp::getOperationName()] = {
        runLinalgIndex, [](Instruction &to) {
          to.number =
              static_cast<int64_t>(cast<linalg::IndexOp>(to.op).getDim());
          return true;
        }};
    return all;
  }();
  return table;
}

bool Machine::fail(Operation *op, const llvm::Twine &message,
                   bool isUnsupported) {
  if (error.message.empty())
    error = {op, message.str(), isUnsupported};
  return false;
}

bool Machine::count(int64_t more) {
  steps += more + 1;
  return steps <= options.maxSteps ||
         fail(nullptr, "it takes more than " + llvm::Twine(options.maxSteps) +
                           " operations");
}

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

unsigned Machine::getSlot(mlir::Value value) {
  auto [found, isNew] = slotOf.try_emplace(value, slotCount);
  slotCount += isNew;
  return found->second;
}

/// The type that says how wide an instruction is: vectors only.
static unsigned countLanes(Operation &op) {
  for (Type type :
       llvm::concat<const Type>(llvm::to_vector(op.getResultTypes()),
                                llvm::to_vector(op.getOperandTypes())))
    if (auto vector = dyn_cast<VectorType>(type))
      return vector.getNumElements();
  return 0;
}

bool Machine::compile(Operation &op, Instruction &to) {
  StringRef name = op.getName().getStringRef();
  to.op = &op;
  auto found = getTable().find(name);
  if (found != getTable().end())
    to.run = found->second.run;
  else if (isa<linalg::LinalgOp>(op))
    to.run = runLinalg;
  else if (isa<graph::GraphDialect>(op.getDialect()))
    to.run = runGraph;
  else
    return fail(&op, "op '" + name + "' is not known to the interpreter", true);

  for (Type type :
       llvm::concat<const Type>(llvm::to_vector(op.getOperandTypes()),
                                llvm::to_vector(op.getResultTypes())))
    if (!getElement(type) && !isa<LLVM::LLVMStructType, LLVM::LLVMArrayType,
                                  LLVM::LLVMVoidType, NoneType>(type))
      return fail(&op, "op '" + name + "' has elements that are not supported",
                  true);
  for (mlir::Value operand : op.getOperands()) {
    to.in.push_back(getSlot(operand));
    to.isLast.push_back(operand.hasOneUse() &&
                        operand.getParentBlock() == op.getBlock());
  }
  for (mlir::Value result : op.getResults())
    to.out.push_back(getSlot(result));
  if (op.getNumOperands() != 0)
    to.from = getElement(op.getOperand(0).getType());
  if (op.getNumResults() != 0)
    to.to = getElement(op.getResult(0).getType());
  to.lanes = countLanes(op);
  for (Region &region : op.getRegions()) {
    to.regions.push_back(std::make_shared<Code>());
    if (!region.empty() && !compile(region, *to.regions.back()))
      return false;
  }
  if (found != getTable().end() && found->second.prepare &&
      !found->second.prepare(to))
    return fail(&op, "op '" + name + "' has an attribute that is not supported",
                true);
  return true;
}

bool Machine::compile(Block &block, Code &code) {
  for (BlockArgument argument : block.getArguments())
    code.arguments.push_back(getSlot(argument));
  for (Operation &op : block) {
    if (op.hasTrait<OpTrait::IsTerminator>()) {
      code.terminator = &op;
      for (mlir::Value operand : op.getOperands()) {
        code.yields.push_back(getSlot(operand));
        code.isLast.push_back(operand.hasOneUse() &&
                              operand.getParentBlock() == &block);
      }
      // omp.yield and the like.
      continue;
    }
    code.body.emplace_back();
    if (!compile(op, code.body.back()))
      return false;
  }
  return true;
}

bool Machine::compile(Region &region, Code &code) {
  if (region.hasOneBlock())
    return compile(region.front(), code);
  llvm::DenseMap<Block *, Code *> blocks = {{&region.front(), &code}};
  for (Block &block : llvm::drop_begin(region)) {
    code.blocks.push_back(std::make_unique<Code>());
    blocks[&block] = code.blocks.back().get();
  }
  for (Block &block : region)
    if (!compile(block, *blocks[&block]))
      return false;
  SmallVector<unsigned, 4> results;
  SmallVector<bool, 4> isLast;
  for (Block &block : region) {
    Code &own = *blocks[&block];
    if (block.getNumSuccessors() != 0) {
      if (!compileBranch(block.getTerminator(), own, blocks))
        return false;
      continue;
    }
    while (results.size() < own.yields.size()) {
      results.push_back(slotCount++);
      isLast.push_back(true);
    }
    own.results = own.yields;
  }
  // What runs the region reads what its first block yields.
  code.yields = results;
  code.isLast = isLast;
  return true;
}

bool Machine::compileBranch(Operation *op, Code &code,
                            const llvm::DenseMap<Block *, Code *> &blocks) {
  auto branch = dyn_cast<BranchOpInterface>(op);
  if (!branch)
    return fail(op,
                "op '" + op->getName().getStringRef() +
                    "' is not known to the interpreter",
                true);
  for (auto [i, block] : llvm::enumerate(op->getSuccessors())) {
    Target target;
    target.block = blocks.lookup(block);
    for (mlir::Value value :
         branch.getSuccessorOperands(i).getForwardedOperands()) {
      target.from.push_back(getSlot(value));
      target.isLast.push_back(false);
    }
    code.targets.push_back(std::move(target));
  }
  if (code.targets.size() > 1)
    code.condition = getSlot(op->getOperand(0));
  if (isa<cf::CondBranchOp, LLVM::CondBrOp>(op)) {
    code.cases = {1};
    return true;
  }
  std::optional<DenseIntElementsAttr> cases;
  if (auto choice = dyn_cast<cf::SwitchOp>(op))
    cases = choice.getCaseValues();
  else if (auto choice = dyn_cast<LLVM::SwitchOp>(op))
    cases = choice.getCaseValues();
  if (cases)
    for (const APInt &value : *cases)
      code.cases.push_back(value.getSExtValue());
  // Theirs is the first target, ours the last one.
  if (isa<cf::SwitchOp, LLVM::SwitchOp>(op))
    std::rotate(code.targets.begin(), code.targets.begin() + 1,
                code.targets.end());
  return true;
}

/// The name of a function of any dialect.
static StringRef getFunctionName(Operation *function) {
  auto name = function->getAttrOfType<StringAttr>("sym_name");
  return name ? name.getValue() : "";
}

const Function *Machine::compile(Operation *function) {
  auto found = functions.find(function);
  if (found != functions.end())
    return &found->second;
  Region &body = function->getRegion(0);
  if (body.empty()) {
    fail(function, "function '" + getFunctionName(function) + "' has no body",
         true);
    return nullptr;
  }
  slotOf.clear();
  slotCount = 0;
  Function compiled;
  compiled.code = std::make_unique<Code>();
  if (!compile(body, *compiled.code))
    return nullptr;
  compiled.slots = slotCount;
  return &(functions[function] = std::move(compiled));
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

void interpreter::pass(Cell *slots, ArrayRef<unsigned> from,
                       ArrayRef<bool> isLast, ArrayRef<unsigned> to) {
  // All are read before any is written: a loop may swap what it carries.
  SmallVector<Cell, 4> values;
  for (auto [slot, last] : llvm::zip_equal(from, isLast)) {
    if (last)
      values.push_back(std::move(slots[slot]));
    else
      values.push_back(slots[slot]);
  }
  for (auto [slot, value] : llvm::zip_equal(to, values))
    slots[slot] = std::move(value);
}

SmallVector<int64_t> interpreter::getMixed(ArrayRef<int64_t> constants,
                                           Cell *slots, const Instruction &op,
                                           unsigned &next) {
  SmallVector<int64_t> sizes;
  for (int64_t size : constants)
    sizes.push_back(ShapedType::isDynamic(size) ? slots[op.in[next++]].scalar.i
                                                : size);
  return sizes;
}

void Machine::observe(const Instruction &op, Cell *slots) {
  if (!options.observer)
    return;
  SmallVector<const Array *> operands;
  SmallVector<Array *> results;
  for (unsigned slot : op.in)
    if (slots[slot].array.memory)
      operands.push_back(&slots[slot].array);
  for (unsigned slot : op.out)
    if (slots[slot].array.memory)
      results.push_back(&slots[slot].array);
  if (!results.empty())
    options.observer->seen(op.op, operands, results);
}

bool Machine::runBlocks(const Code &first, Cell *slots) {
  const Code *at = &first;
  while (!at->targets.empty()) {
    size_t which = at->targets.size() - 1;
    if (which != 0)
      for (auto [i, value] : llvm::enumerate(at->cases))
        if (value == slots[at->condition].scalar.i) {
          which = i;
          break;
        }
    const Target &target = at->targets[which];
    at = target.block;
    interpreter::pass(slots, target.from, target.isLast, at->arguments);
    for (const Instruction &op : at->body)
      if (!op.run(*this, slots, op))
        return false;
    if (!count(at->body.size()))
      return false;
  }
  SmallVector<bool, 4> isLast(at->results.size(), false);
  interpreter::pass(slots, at->results, isLast, first.yields);
  return true;
}

bool Machine::call(StringRef name, Cell *slots, const Instruction &op) {
  Operation *callee = SymbolTable::lookupSymbolIn(module, name);
  if (!callee || callee->getNumRegions() != 1 || callee->getRegion(0).empty()) {
    bool isKnown = false;
    bool succeeds = callExternal(*this, slots, op, name, isKnown);
    return isKnown
               ? succeeds
               : fail(op.op,
                      "function '" + name + "' is not known to the interpreter",
                      true);
  }
  std::vector<Cell> arguments, results;
  for (unsigned slot : op.in)
    arguments.push_back(slots[slot]);
  if (!call(callee, std::move(arguments), results))
    return false;
  for (auto [slot, value] : llvm::zip(op.out, results))
    slots[slot] = std::move(value);
  return true;
}

bool Machine::callCode(Operation *function, ArrayRef<Cell> arguments,
                       int64_t &result) {
  auto callee = dyn_cast<LLVM::LLVMFuncOp>(function);
  if (!options.callCode || !callee)
    return false;
  SmallVector<int64_t> numbers;
  for (auto [type, argument] :
       llvm::zip(callee.getArgumentTypes(), arguments)) {
    if (!isa<LLVM::LLVMPointerType, IntegerType>(type))
      return false;
    numbers.push_back(isa<LLVM::LLVMPointerType>(type)
                          ? toAddress(*this, argument)
                          : argument.scalar.i);
  }
  auto value = options.callCode(callee.getName(), numbers);
  result = value.value_or(0);
  return value.has_value();
}

bool Machine::call(Operation *function, std::vector<Cell> arguments,
                   std::vector<Cell> &results) {
  int64_t fromCode = 0;
  if (callCode(function, arguments, fromCode)) {
    results.assign(1, Cell());
    results[0].scalar.i = fromCode;
    return true;
  }
  const Function *compiled = compile(function);
  if (!compiled)
    return false;
  if (++depth > 64)
    return fail(function, "calls are nested too deeply");
  if (arguments.size() != compiled->code->arguments.size())
    return fail(function,
                "function '" + getFunctionName(function) + "' takes " +
                    llvm::Twine(compiled->code->arguments.size()) +
                    " arguments, not " + llvm::Twine(arguments.size()));
  std::vector<Cell> slots(compiled->slots);
  // Functions move when one that is called is compiled; their code does not.
  const Code &code = *compiled->code;
  for (auto [slot, value] : llvm::zip_equal(code.arguments, arguments))
    slots[slot] = std::move(value);
  // Deep functions keep nothing alive that they do not read.
  arguments.clear();
  if (!run(code, slots.data()))
    return false;
  results.clear();
  for (unsigned slot : code.yields)
    results.push_back(slots[slot]);
  --depth;
  return true;
}

//===----------------------------------------------------------------------===//
// Interpreter
//===----------------------------------------------------------------------===//

Interpreter::Interpreter(ModuleOp module, Options options)
    : machine(std::make_unique<Machine>(module, options)) {}
Interpreter::~Interpreter() = default;

FailureOr<std::vector<Cell>>
Interpreter::run(Operation *function, std::vector<Cell> arguments,
                 llvm::StringMap<int64_t> &symbols) {
  machine->symbols = symbols;
  std::vector<Cell> results;
  if (!machine->call(function, std::move(arguments), results))
    return failure();
  symbols = machine->symbols;
  return results;
}

const Error &Interpreter::getError() const { return machine->error; }
ArrayRef<std::string> Interpreter::getLowered() const {
  return machine->lowered;
}
