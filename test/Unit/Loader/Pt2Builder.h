//===- Pt2Builder.h - Export archives for tests --------------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TEST_UNIT_LOADER_PT2BUILDER_H
#define GRAPHC_TEST_UNIT_LOADER_PT2BUILDER_H

#include "ZipBuilder.h"

#include "graphc/Loader/Program.h"

namespace graphc::loader {

/// `[1,2]` as SymInts; text entries are expressions.
inline std::string symInts(const std::vector<std::string> &sizes) {
  std::string out;
  for (const std::string &size : sizes) {
    bool number = size.find_first_not_of("-0123456789") == size.npos;
    out += (out.empty() ? "" : ",") +
           (number ? "{\"as_int\":" + size + "}"
                   : "{\"as_expr\":{\"expr_str\":\"" + size +
                         "\",\"hint\":{\"as_int\":5}}}");
  }
  return "[" + out + "]";
}

inline std::string tensorMeta(const std::vector<std::string> &sizes,
                              const std::vector<std::string> &strides,
                              const std::string &offset = "0", int dtype = 7,
                              int layout = 7) {
  return "{\"dtype\":" + std::to_string(dtype) +
         ",\"sizes\":" + symInts(sizes) + ",\"requires_grad\":false," +
         "\"device\":{\"type\":\"cpu\",\"index\":null},\"strides\":" +
         symInts(strides) + ",\"storage_offset\":{\"as_int\":" + offset +
         "},\"layout\":" + std::to_string(layout) + "}";
}

inline std::string tensorArg(const std::string &name) {
  return "{\"as_tensor\":{\"name\":\"" + name + "\"}}";
}

inline std::string payload(const std::string &path, const std::string &meta,
                           bool pickled = false) {
  return "{\"path_name\":\"" + path +
         "\",\"is_param\":true,\"use_pickle\":" + (pickled ? "true" : "false") +
         ",\"tensor_meta\":" + meta + "}";
}

/// `x * w + w`, with w of 6 floats, in an archive of generation 3. Tests change
/// parts of it; every part is JSON text.
struct TestProgram {
  std::string graphInputs = tensorArg("p_w") + "," + tensorArg("x");
  std::string graphOutputs = tensorArg("add");
  std::string first = "{\"target\":\"torch.ops.aten.mul.Tensor\",\"inputs\":["
                      "{\"name\":\"self\",\"arg\":" +
                      tensorArg("x") + ",\"kind\":1}," +
                      "{\"name\":\"other\",\"arg\":" + tensorArg("p_w") +
                      ",\"kind\":1}],\"outputs\":[" + tensorArg("mul") +
                      "],\"metadata\":{},\"name\":\"mul_node\"}";
  std::string second =
      "{\"target\":\"torch.ops.aten.add.Tensor\",\"inputs\":["
      "{\"name\":\"self\",\"arg\":" +
      tensorArg("mul") + "},{\"name\":\"other\",\"arg\":" + tensorArg("p_w") +
      "}],\"outputs\":[" + tensorArg("add") + "],\"metadata\":{}}";
  std::string matrix = tensorMeta({"2", "3"}, {"3", "1"});
  std::string tensors = "\"p_w\":" + matrix + ",\"x\":" + matrix +
                        ",\"mul\":" + matrix + ",\"add\":" + matrix;
  std::string symInts, symBools, symFloats;
  std::string inputSpecs =
      "{\"parameter\":{\"arg\":{\"name\":\"p_w\"},\"parameter_name\":\"w\"}},"
      "{\"user_input\":{\"arg\":" +
      tensorArg("x") + "}}";
  std::string outputSpecs =
      "{\"user_output\":{\"arg\":" + tensorArg("add") + "}}";
  std::string ranges, guards, calls;
  std::string version = "{\"major\":8,\"minor\":20}";
  std::string weights =
      "\"w\":" + payload("weight_0", tensorMeta({"2", "3"}, {"3", "1"}));
  std::string constants;

  std::string json() const {
    return "{\"graph_module\":{\"graph\":{\"inputs\":[" + graphInputs +
           "],\"outputs\":[" + graphOutputs + "],\"nodes\":[" + first +
           (first.empty() || second.empty() ? "" : ",") + second +
           "],\"tensor_values\":{" + tensors + "},\"sym_int_values\":{" +
           symInts + "},\"sym_bool_values\":{" + symBools +
           "},\"sym_float_values\":{" + symFloats +
           "}},\"signature\":{\"input_specs\":[" + inputSpecs +
           "],\"output_specs\":[" + outputSpecs + "]},\"module_call_graph\":[" +
           calls +
           "]},\"opset_version\":{\"aten\":10},"
           "\"range_constraints\":{" +
           ranges + "},\"schema_version\":" + version +
           ",\"verifiers\":[\"TRAINING\"],\"torch_version\":\"2.13.0\","
           "\"guards_code\":[" +
           guards + "]}";
  }

  TestZip zip() const {
    TestZip zip;
    zip.records = {
        {"m/data/weights/weight_0", std::string(24, '\0')},
        {"m/data/weights/model_weights_config.json",
         "{\"config\":{" + weights + "}}"},
        {"m/data/constants/model_constants_config.json",
         "{\"config\":{" + constants + "}}"},
        {"m/models/model.json", json()},
        {"m/archive_format", "pt2"},
        {"m/archive_version", "0"},
        {"m/byteorder", "little"},
    };
    return zip;
  }
};

//===----------------------------------------------------------------------===//
// Reading and what comes of it
//===----------------------------------------------------------------------===//

inline Result<Program> read(const TestZip &zip,
                            const LoadOptions &options = {}) {
  Bytes bytes = bytesOf(zip.build());
  return loadBuffer(bytes.owner, bytes.data, bytes.size, "test", options);
}

inline Result<Program> read(const TestProgram &program) {
  return read(program.zip());
}

inline std::string failure(const Result<Program> &program) {
  return program ? "none" : program.error().errorClass;
}
inline std::string failure(const TestZip &zip,
                           const LoadOptions &options = {}) {
  return failure(read(zip, options));
}
inline std::string failure(const TestProgram &program) {
  return failure(read(program));
}

inline std::string message(const TestProgram &program) {
  Result<Program> result = read(program);
  return result ? "" : result.error().format();
}

inline bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != text.npos;
}

} // namespace graphc::loader

#endif // GRAPHC_TEST_UNIT_LOADER_PT2BUILDER_H
