//===- ReferenceValues.cpp - What every op of a graph computes ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Numerics/ReferenceValues.h"

#include "Compare.h"
#include "Program.h"
#include "WidenFloats.h"

#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/Provenance.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <functional>
#include <map>

using namespace mlir;
using namespace graphc;
using interpreter::Array;
namespace json = llvm::json;

namespace {
/// A value in float64 and how far other runs are from it.
struct Value {
  /// In the module in its own types; null for an output.
  Operation *op = nullptr;
  Array wide;
  Type type;
  double ownError = 0, moved = 0;
  bool isUnstable = false;
  int64_t numNaN = 0, numInfinite = 0;
};

/// Which run of which op, and which result.
using Key = std::tuple<unsigned, unsigned, unsigned>;

/// Sees every result of the ops of one module.
class Recorder : public interpreter::Observer {
public:
  using Handler = std::function<void(Key, Operation *, const Array &)>;
  Recorder(ModuleOp module, interpreter::Observer *noise, Handler handle)
      : noise(noise), handle(std::move(handle)) {
    module.walk([&](Operation *op) { numbers[op] = numbers.size(); });
  }

  void seen(Operation *op, ArrayRef<const Array *> operands,
            ArrayRef<Array *> results) override {
    if (noise)
      noise->seen(op, operands, results);
    auto number = numbers.find(op);
    // Constants are no result of anything.
    if (number == numbers.end() || op->hasTrait<OpTrait::ConstantLike>())
      return;
    unsigned run = runs[op]++;
    for (auto [index, result] : llvm::enumerate(results))
      handle({number->second, run, static_cast<unsigned>(index)}, op, *result);
  }

private:
  interpreter::Observer *noise;
  Handler handle;
  llvm::DenseMap<Operation *, unsigned> numbers, runs;
};

class Evaluation {
public:
  Evaluation(ModuleOp module, StringRef folder)
      : module(module), folder(folder) {}
  llvm::Error run(StringRef directory);

private:
  llvm::Error runWide();
  llvm::Error runOwn(interpreter::Observer *noise);
  void compare(Value &value, const Array &own, bool isNoisy);
  llvm::Error write();
  llvm::Error writeFile(StringRef name, const Array &array);
  void describe(json::OStream &out, const Value &value, StringRef file);

  ModuleOp module;
  StringRef folder;
  std::optional<ProgramInputs> inputs;
  std::map<Key, size_t> places;
  std::vector<Value> values, outputs;
  int64_t bytes = 0;
};
} // namespace

static llvm::Error fail(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static llvm::Error explain(const interpreter::Error &error) {
  std::string where;
  if (error.op) {
    Provenance place = getProvenance(error.op->getLoc());
    if (place.line)
      where += place.formatLine() + ": ";
    if (!place.nodes.empty())
      where += "node '" + place.nodes.front() + "': ";
  }
  return fail(where + "the reference cannot run it: " + error.message);
}

llvm::Error Evaluation::runWide() {
  OwningOpRef<ModuleOp> wide = module.clone();
  std::string reason;
  if (!widenFloats(*wide, reason))
    return fail("there is no float64 of the program: " + reason);
  // The most that is kept of one program.
  constexpr int64_t most = int64_t(8) << 30;
  Recorder recorder(*wide, nullptr,
                    [&](Key key, Operation *, const Array &result) {
                      bytes += result.size() * 8;
                      if (bytes > most)
                        return;
                      places[key] = values.size();
                      Value value;
                      value.wide = result.clone();
                      values.push_back(std::move(value));
                    });
  ProgramResult result =
      runProgram(*wide, widenInputs(*inputs, *wide), &recorder);
  if (result.error)
    return explain(*result.error);
  for (Array &output : result.outputs) {
    Value value;
    value.wide = std::move(output);
    outputs.push_back(std::move(value));
  }
  return llvm::Error::success();
}

/// Distances of finite numbers; what is none must be the same.
void Evaluation::compare(Value &value, const Array &own, bool isNoisy) {
  if (own.shape != value.wide.shape) {
    value.isUnstable = true;
    return;
  }
  double worst = 0;
  for (int64_t i = 0, e = own.size(); i < e; ++i) {
    interpreter::Scalar x = own.get(i), y = value.wide.get(i);
    if (!own.element.isFloat()) {
      value.isUnstable |= x.i != y.i;
      continue;
    }
    if (!isNoisy) {
      value.numNaN += std::isnan(x.f);
      value.numInfinite += std::isinf(x.f);
    }
    if (x.f == y.f || (std::isnan(x.f) && std::isnan(y.f)))
      continue;
    double distance = std::fabs(x.f - y.f);
    // A number beyond the range of the own type.
    if (!std::isfinite(distance))
      value.isUnstable = true;
    else
      worst = std::max(worst, distance);
  }
  (isNoisy ? value.moved : value.ownError) =
      std::max(isNoisy ? value.moved : value.ownError, worst);
}

llvm::Error Evaluation::runOwn(interpreter::Observer *noise) {
  Recorder recorder(module, noise,
                    [&](Key key, Operation *op, const Array &result) {
                      auto place = places.find(key);
                      if (place == places.end())
                        return;
                      Value &value = values[place->second];
                      value.op = op;
                      value.type = op->getResult(std::get<2>(key)).getType();
                      compare(value, result, noise != nullptr);
                    });
  ProgramResult result = runProgram(module, *inputs, &recorder);
  if (result.error)
    return noise ? llvm::Error::success() : explain(*result.error);
  for (auto [value, own, type] :
       llvm::zip(outputs, result.outputs, inputs->results)) {
    value.type = type;
    compare(value, own, noise != nullptr);
  }
  return llvm::Error::success();
}

llvm::Error Evaluation::run(StringRef directory) {
  std::string reason;
  auto given = readInputs(directory, module.getContext(), reason);
  if (!given)
    return fail(reason);
  inputs = makeInputs(module, *given, /*symbols=*/{}, /*seed=*/0, /*limit=*/1,
                      reason);
  if (!inputs)
    return fail(reason);
  if (llvm::Error error = runWide())
    return error;
  if (llvm::Error error = runOwn(nullptr))
    return error;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Perturb noise(seed);
    if (llvm::Error error = runOwn(&noise))
      return error;
  }
  return write();
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

static std::string getDtype(Type type) {
  if (auto tensor = dyn_cast_or_null<graph::StridedTensorType>(type))
    type = tensor.getElementType();
  if (!type)
    return "";
  if (type.isF64() || type.isF32() || type.isF16())
    return "float" + std::to_string(type.getIntOrFloatBitWidth());
  if (type.isBF16())
    return "bfloat16";
  if (type.isInteger(1))
    return "bool";
  std::string text;
  llvm::raw_string_ostream os(text);
  if (auto integer = dyn_cast<IntegerType>(type))
    os << (integer.isUnsigned() ? "uint" : "int") << integer.getWidth();
  else
    os << type;
  return text;
}

void Evaluation::describe(json::OStream &out, const Value &value,
                          StringRef file) {
  double epsilon = 0;
  Type element = value.type;
  if (auto tensor = dyn_cast_or_null<graph::StridedTensorType>(element))
    element = tensor.getElementType();
  if (isa_and_nonnull<FloatType>(element))
    if (interpreter::Element kind = interpreter::Element::get(element))
      epsilon = kind.epsilon();
  if (value.op) {
    Provenance place = getProvenance(value.op->getLoc());
    out.attribute("node",
                  place.nodes.empty()
                      ? json::Value(nullptr)
                      : json::Value(json::fixUTF8(place.nodes.front())));
    out.attribute("op", value.op->getName().getStringRef());
    out.attribute("module_path", json::fixUTF8(place.modulePath));
    out.attribute("source", json::fixUTF8(place.formatLine()));
  }
  out.attribute("dtype", getDtype(value.type));
  out.attribute("shape", json::Array(value.wide.shape));
  out.attribute("file", file);
  auto number = [&](StringRef name, double x) {
    out.attribute(name, std::isfinite(x) ? json::Value(x) : json::Value(1e308));
  };
  number("own_error", value.ownError);
  number("tolerance", 4 * std::max(value.ownError, value.moved));
  number("relative_tolerance", 8 * epsilon);
  out.attribute("is_unstable", value.isUnstable);
  out.attribute("nan", value.numNaN);
  out.attribute("infinite", value.numInfinite);
}

llvm::Error Evaluation::writeFile(StringRef name, const Array &array) {
  std::error_code code;
  llvm::raw_fd_ostream os((folder + "/" + name).str(), code);
  if (code)
    return fail("cannot write '" + folder + "/" + name +
                "': " + code.message());
  // Floats and integers alike are 8 bytes.
  for (int64_t i = 0, e = array.size(); i < e; ++i) {
    interpreter::Scalar element = array.get(i);
    os.write(reinterpret_cast<const char *>(&element), sizeof(element));
  }
  os.close();
  if (os.has_error()) {
    code = os.error();
    os.clear_error();
    return fail("cannot write '" + folder + "/" + name +
                "': " + code.message());
  }
  return llvm::Error::success();
}

llvm::Error Evaluation::write() {
  std::string text;
  llvm::raw_string_ostream stream(text);
  json::OStream out(stream);
  llvm::Error error = llvm::Error::success();
  auto writeList = [&](StringRef title, const std::vector<Value> &list) {
    out.attributeArray(title, [&] {
      for (size_t index = 0; index < list.size(); ++index) {
        const Value &value = list[index];
        // Values of float64's own loops or branches are compared with nothing.
        if (error || !value.type)
          continue;
        std::string file = (title + "_" + Twine(index) + ".bin").str();
        error = llvm::joinErrors(std::move(error), writeFile(file, value.wide));
        out.object([&] { describe(out, value, file); });
      }
    });
  };
  out.object([&] {
    writeList("values", values);
    writeList("outputs", outputs);
  });
  if (error)
    return error;
  std::error_code code;
  llvm::raw_fd_ostream os((folder + "/values.json").str(), code);
  if (code)
    return fail("cannot write '" + folder + "/values.json': " + code.message());
  os << text << "\n";
  os.close();
  return llvm::Error::success();
}

llvm::Error graphc::writeReferenceValues(ModuleOp module, StringRef inputs,
                                         StringRef folder) {
  llvm::Error error = Evaluation(module, folder).run(inputs);
  if (!error)
    return error;
  std::string file = "the module";
  if (auto place = dyn_cast<FileLineColLoc>(module.getLoc()))
    file = place.getFilename().getValue().str();
  return makeError("reference-run",
                   file + ": " + llvm::toString(std::move(error)));
}
