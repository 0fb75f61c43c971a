//===- Header.cpp - The generated C header --------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parts.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace graphc;
using namespace graphc::artefact;

std::string graphc::sanitizeName(llvm::StringRef text) {
  static const llvm::StringSet<> keywords = {
      "auto",     "break",    "case",     "char",   "const",   "continue",
      "default",  "do",       "double",   "else",   "enum",    "extern",
      "float",    "for",      "goto",     "if",     "inline",  "int",
      "long",     "register", "restrict", "return", "short",   "signed",
      "sizeof",   "static",   "struct",   "switch", "typedef", "union",
      "unsigned", "void",     "volatile", "while"};
  std::string name;
  for (char c : text)
    name += llvm::isAlnum(c) ? c : '_';
  if (name.empty())
    return "model";
  if (llvm::isDigit(name[0]) || keywords.contains(name))
    name = "_" + name;
  return name;
}

/// Text that may stand in a comment.
static std::string inComment(llvm::StringRef text) {
  std::string result;
  for (char c : text)
    result += llvm::isPrint(c) ? c : '?';
  for (size_t at; (at = result.find("*/")) != std::string::npos;)
    result.replace(at, 2, "* /");
  for (size_t at; (at = result.find("/*")) != std::string::npos;)
    result.replace(at, 2, "/ *");
  return result;
}

static void writeTensors(llvm::raw_ostream &os, llvm::StringRef title,
                         llvm::ArrayRef<InterfaceTensor> tensors) {
  os << "   " << title << ":\n";
  for (const auto &[index, tensor] : llvm::enumerate(tensors)) {
    os << "     " << index << "  " << inComment(tensor.name) << ": "
       << inComment(tensor.type.text) << "\n";
  }
  if (tensors.empty())
    os << "     none\n";
}

static void writeSummary(llvm::raw_ostream &os, const Interface &interface,
                         const ArtefactOptions &options) {
  os << "/* " << options.name << ", compiled by graphc from "
     << inComment(interface.source) << " for " << options.machine.triple << " "
     << options.machine.cpu << ".\n";
  writeTensors(os, "Inputs", interface.inputs);
  writeTensors(os, "Outputs", interface.outputs);
  for (const auto &[index, state] : llvm::enumerate(interface.states))
    os << (index ? "" : "   State, kept from run to run:\n") << "     " << index
       << "  " << inComment(state.name) << ": " << inComment(state.type.text)
       << "\n";
  static const std::vector<InterfaceExternWeight> noWeights;
  for (const InterfaceSymbol &symbol : interface.symbols) {
    os << "   " << inComment(symbol.name);
    if (symbol.bound)
      os << " is known after the run";
    else if (symbol.max == INT64_MAX)
      os << " >= " << symbol.min;
    else
      os << " from " << symbol.min << " to " << symbol.max;
    os << "\n";
  }
  for (const auto &[index, weight] : llvm::enumerate(
           interface.external ? interface.external->weights : noWeights))
    os << (index ? ""
                 : "   Weights, tensors of a safetensors file that "
                   "graphc_options.weights_path\n   names:\n")
       << "     " << inComment(weight.name) << ": "
       << inComment(weight.type.text) << "\n";
  os << "   Link with -lm" << (options.threads ? " -lomp" : "") << ". */\n\n";
}

/// The API with NAME in place of the prefix.
static constexpr llvm::StringLiteral apiText = R"(
/* Makes a context; null options are the default. On failure `*context` is null
   when memory is out; else it is good for NAME_last_error and NAME_destroy
   only. */
graphc_status NAME_create(const graphc_options *options,
                          graphc_context **context);
void NAME_destroy(graphc_context *context);

/* Sets buffers that the program changes back to their first values. */
graphc_status NAME_reset(graphc_context *context);

/* The bytes of workspace that a run with inputs of these shapes needs. */
graphc_status NAME_workspace_size(graphc_context *context,
                                  const DLTensor *inputs, size_t num_inputs,
                                  size_t *size);

/* The shape and, unless null, the strides of an output for inputs of these
   shapes; upper bounds where only the run finds them out. */
graphc_status NAME_output_shape(graphc_context *context,
                                const DLTensor *inputs, size_t num_inputs,
                                size_t output, int64_t *shape,
                                int64_t *strides);

/* Runs the program. Inputs that it changes are written back; so is the real
   shape of an output whose shape was a bound. The workspace need not be
   aligned and keeps nothing from run to run. On a device, where the tensors are
   all there and the stream is the caller's, this does not wait: what the device
   makes of the run is told by NAME_synchronize, or by a later run, which then
   does nothing else. */
graphc_status NAME_run(graphc_context *context, const DLTensor *inputs,
                       size_t num_inputs, DLTensor *outputs,
                       size_t num_outputs, void *workspace,
                       size_t workspace_size);

/* A view of a buffer that the program changes. */
graphc_status NAME_state(graphc_context *context, size_t index,
                         DLTensor *tensor);

/* Why the last call failed; "" if it did not. */
const char *NAME_last_error(const graphc_context *context);

/* Has `observer` called with `user` before and after each kernel of the runs
   that follow; null: no more. For modules compiled with --instrument. */
graphc_status NAME_observe(graphc_context *context, graphc_observer observer,
                           void *user);

/* Has `observer` called once for each kernel behind each of the runs that follow
   with the time that the device took; null: no more. For modules for a device
   that were compiled with --instrument. */
graphc_status NAME_time(graphc_context *context, graphc_observer observer,
                        void *user);

/* The bytes that the last run copied from the host to the device and back. */
graphc_status NAME_copied_bytes(const graphc_context *context,
                                uint64_t *to_device, uint64_t *to_host);

/* Waits for the runs on a device. GRAPHC_ERROR_CHECK: a check has failed in one
   of those since this was told last; what they have written is not to be used.
   On the CPU runs are over when they return. */
graphc_status NAME_synchronize(graphc_context *context);

/* What the module takes and returns. */
const graphc_module *NAME_info(void);
)";

static std::string replaceAll(llvm::StringRef text, llvm::StringRef from,
                              llvm::StringRef to) {
  std::string result;
  for (;;) {
    auto [before, after] = text.split(from);
    result += before;
    if (before.size() == text.size())
      return result;
    result += to;
    text = after;
  }
}

std::string graphc::writeHeader(const Interface &interface,
                                const ArtefactOptions &options) {
  std::string text;
  llvm::raw_string_ostream os(text);
  std::string upper = llvm::StringRef(options.name).upper();
  writeSummary(os, interface, options);
  os << "#ifndef GRAPHC_MODULE_" << upper << "_H\n#define GRAPHC_MODULE_"
     << upper << "_H\n\n"
     << getRuntimeHeader()
     << "\n#if GRAPHC_RUNTIME_ABI != " << GRAPHC_RUNTIME_ABI
     << "\n#error \"headers of different versions of graphc\"\n#endif\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\nenum {\n  " << upper
     << "_NUM_INPUTS = " << interface.inputs.size() << ",\n  " << upper
     << "_NUM_OUTPUTS = " << interface.outputs.size() << "\n};\n"
     << replaceAll(apiText, "NAME", options.name)
     << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* GRAPHC_MODULE_" << upper
     << "_H */\n";
  return text;
}
