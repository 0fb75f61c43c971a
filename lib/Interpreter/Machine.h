//===- Machine.h - Functions as lists of instructions -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A function becomes a list of instructions over numbered slots once, so that
// running it looks up nothing. Each dialect has a file with a table from the
// names of its ops to functions.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_INTERPRETER_MACHINE_H
#define GRAPHC_LIB_INTERPRETER_MACHINE_H

#include "graphc/Interpreter/Interpreter.h"

#include "llvm/ADT/DenseMap.h"

#include <map>

namespace graphc::interpreter {

struct Instruction;
struct Code;

/// Runs one op; false after `Machine::fail`.
using Handler = bool (*)(Machine &, Cell *slots, const Instruction &);

struct Instruction {
  Handler run = nullptr;
  mlir::Operation *op = nullptr;
  llvm::SmallVector<unsigned, 4> in, out;
  /// One a region.
  std::vector<std::shared_ptr<Code>> regions;
  /// Elements of the first operand and the first result, if they have any.
  Element from, to;
  /// Lanes of the first result, else of the first operand; 0 for no vector.
  unsigned lanes = 0;
  /// What the handler makes of the op's attributes, once.
  int64_t number = 0;
  llvm::SmallVector<Scalar, 1> constants;
  /// A constant tensor, or one made once.
  Array array;
  /// Whether nothing reads the operand afterwards.
  llvm::SmallVector<bool, 4> isLast;
};

/// Where a block goes on.
struct Target {
  const Code *block = nullptr;
  llvm::SmallVector<unsigned, 4> from;
  llvm::SmallVector<bool, 4> isLast;
};

/// A block; the first one of a region holds the others.
struct Code {
  llvm::SmallVector<unsigned, 4> arguments;
  std::vector<Instruction> body;
  /// Operands of the terminator.
  llvm::SmallVector<unsigned, 4> yields;
  llvm::SmallVector<bool, 4> isLast;
  mlir::Operation *terminator = nullptr;
  /// Of a block that ends in a branch: which target it is says `condition`, a
  /// slot that holds one of `cases`; the last target is for all other values.
  std::vector<Target> targets;
  unsigned condition = 0;
  llvm::SmallVector<int64_t, 1> cases;
  /// In a region of several blocks: where `yields` of the first block are, to
  /// which each block that ends the region takes its own.
  llvm::SmallVector<unsigned, 4> results;
  std::vector<std::unique_ptr<Code>> blocks;
};

struct Function {
  std::unique_ptr<Code> code;
  unsigned slots = 0;
};

/// Fills in `number`, `constants` and `array`; false if that cannot be done.
using Preparer = bool (*)(Instruction &);
struct Entry {
  Handler run;
  Preparer prepare = nullptr;
};
using Table = llvm::StringMap<Entry>;

void addArith(Table &table);
void addMath(Table &table);
void addTensor(Table &table);
void addMemRef(Table &table);
void addVector(Table &table);
void addControlFlow(Table &table);
void addKernel(Table &table);
void addGraph(Table &table);
void addLLVM(Table &table);
void addLLVMCalls(Table &table);
void addLLVMMemory(Table &table);
/// Functions without a body: those of OpenMP and of libm. False when the name
/// is none of them.
bool callExternal(Machine &machine, Cell *slots, const Instruction &op,
                  llvm::StringRef name, bool &isKnown);
/// For every op of the linalg dialect.
bool runLinalg(Machine &machine, Cell *slots, const Instruction &op);
bool runLinalgIndex(Machine &machine, Cell *slots, const Instruction &op);
/// For every op of the graph dialect that the table does not know.
bool runGraph(Machine &machine, Cell *slots, const Instruction &op);

class Machine {
public:
  Machine(mlir::ModuleOp module, Options options)
      : module(module), options(options) {
    for (const Memory &memory : options.addressed)
      addressed[reinterpret_cast<int64_t>(memory->data())] = memory;
  }

  /// Null after `fail`.
  const Function *compile(mlir::Operation *function);
  bool call(mlir::Operation *function, std::vector<Cell> arguments,
            std::vector<Cell> &results);
  /// Calls machine code, if there is some for `function` and these arguments;
  /// `result` is then its result.
  bool callCode(mlir::Operation *function, llvm::ArrayRef<Cell> arguments,
                int64_t &result);
  /// Calls the function of an instruction by its name.
  bool call(llvm::StringRef name, Cell *slots, const Instruction &op);
  /// Runs a region whose arguments are in place.
  bool run(const Code &code, Cell *slots) {
    for (const Instruction &op : code.body)
      if (!op.run(*this, slots, op))
        return false;
    return count(code.body.size()) &&
           (code.blocks.empty() || runBlocks(code, slots));
  }
  bool count(int64_t steps);
  /// Always false.
  bool fail(mlir::Operation *op, const llvm::Twine &message,
            bool isUnsupported = false);
  void observe(mlir::Operation *op, llvm::ArrayRef<const Array *> operands,
               llvm::ArrayRef<Array *> results) {
    if (options.observer)
      options.observer->seen(op, operands, results);
  }
  /// The same for the operands and results of an instruction that are arrays.
  void observe(const Instruction &op, Cell *slots);

  mlir::ModuleOp module;
  Options options;
  Error error;
  llvm::StringMap<int64_t> symbols;
  std::vector<std::string> lowered;
  /// Places of the loops of the linalg op that runs.
  llvm::ArrayRef<int64_t> loops;
  /// Memory whose address has been taken, by where it begins.
  std::map<int64_t, Memory> addressed;
  llvm::DenseMap<mlir::Operation *, Memory> globals;
  /// A pointer to a function is one to memory of its own.
  llvm::DenseMap<const Bytes *, mlir::Operation *> functionAt;

private:
  bool compile(mlir::Region &region, Code &code);
  bool compile(mlir::Block &block, Code &code);
  bool compileBranch(mlir::Operation *op, Code &code,
                     const llvm::DenseMap<mlir::Block *, Code *> &blocks);
  /// Goes on behind the first block of a region.
  bool runBlocks(const Code &first, Cell *slots);
  bool compile(mlir::Operation &op, Instruction &to);
  unsigned getSlot(mlir::Value value);

  llvm::DenseMap<mlir::Operation *, Function> functions;
  llvm::DenseMap<mlir::Value, unsigned> slotOf;
  unsigned slotCount = 0;
  int64_t steps = 0;
  unsigned depth = 0;
};

/// The element of a scalar, vector, tensor, memref or graph tensor; pointers
/// are integers here.
Element getElement(mlir::Type type);
/// Copies values into the slots of block arguments; takes those that nothing
/// else reads.
void pass(Cell *slots, llvm::ArrayRef<unsigned> from,
          llvm::ArrayRef<bool> isLast, llvm::ArrayRef<unsigned> to);
/// The sizes of a mix of constants and operands; `next` counts operands.
llvm::SmallVector<int64_t> getMixed(llvm::ArrayRef<int64_t> constants,
                                    Cell *slots, const Instruction &op,
                                    unsigned &next);

} // namespace graphc::interpreter

#endif // GRAPHC_LIB_INTERPRETER_MACHINE_H
