//===- TorchSaveTest.cpp - Tensors written by torch.save ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TorchSave/TorchSave.h"
#include "ZipBuilder.h"

#include <gtest/gtest.h>

using namespace graphc;
using namespace graphc::loader;

namespace {
// Pieces of a protocol 2 pickle.
std::string global(const std::string &module, const std::string &name) {
  return "c" + module + "\n" + name + "\n";
}
std::string text(const std::string &value) {
  std::string out = "X";
  put(out, value.size(), 4);
  return out + value;
}
std::string integer(std::int32_t value) {
  std::string out = "J";
  put(out, static_cast<std::uint32_t>(value), 4);
  return out;
}
std::string tuple(const std::vector<std::string> &items) {
  std::string out = "(";
  for (const std::string &item : items)
    out += item;
  return out + "t";
}
std::string call(const std::string &function,
                 const std::vector<std::string> &arguments) {
  return function + tuple(arguments) + "R";
}
const std::string ordered = call(global("collections", "OrderedDict"), {});

std::string storage(const std::string &type, const std::string &key,
                    int count) {
  return tuple({text("storage"), global("torch", type), text(key), text("cpu"),
                integer(count)}) +
         "Q";
}
std::string tensor(const std::string &storageText, int offset,
                   const std::vector<std::string> &sizes,
                   const std::vector<std::string> &strides) {
  return call(global("torch._utils", "_rebuild_tensor_v2"),
              {storageText, integer(offset), tuple(sizes), tuple(strides),
               "\x89", ordered});
}
const std::string matrix =
    tensor(storage("FloatStorage", "0", 6), 0, {integer(2), integer(3)},
           {integer(3), integer(1)});

/// A stream over the dictionary {w: value} with 24 bytes in data/0.
TestZip streamOf(const std::string &value) {
  TestZip zip;
  zip.records = {{"archive/data.pkl", "\x80\x02}(" + text("w") + value + "u."},
                 {"archive/byteorder", "little"},
                 {"archive/data/0", std::string(24, '\1')},
                 {"archive/version", "3\n"}};
  return zip;
}

/// The class of the first error, of the stream or of its entry `w`.
std::string failure(const TestZip &zip, const LoadOptions &options = {}) {
  auto tensors = readTorchSave(bytesOf(zip.build()), "stream.pt", options);
  if (!tensors)
    return tensors.error().errorClass;
  auto found = tensors->find("w");
  if (found == tensors->end())
    return "absent";
  return found->second ? "none" : found->second.error().errorClass;
}
std::string failure(const std::string &value) {
  return failure(streamOf(value));
}
} // namespace

TEST(TorchSave, ReadsTensors) {
  auto tensors =
      readTorchSave(bytesOf(streamOf(matrix).build()), "stream.pt", {});
  ASSERT_TRUE(tensors);
  ASSERT_EQ(tensors->count("w"), 1u);
  const Constant &constant = *tensors->find("w")->second;
  EXPECT_EQ(constant.name, "w");
  EXPECT_EQ(constant.dtype, DType::Float32);
  EXPECT_EQ(constant.shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(constant.stride, (std::vector<std::int64_t>{3, 1}));
  ASSERT_EQ(constant.storage->size, 24u);
  EXPECT_EQ(constant.storage->data[0], 1);
}

TEST(TorchSave, SharesStoragesOfOneKey) {
  std::string view =
      tensor(storage("FloatStorage", "0", 6), 3, {integer(3)}, {integer(1)});
  TestZip zip = streamOf(matrix + text("v") + view);
  auto tensors = readTorchSave(bytesOf(zip.build()), "stream.pt", {});
  ASSERT_TRUE(tensors);
  const Constant &first = *tensors->find("w")->second;
  const Constant &second = *tensors->find("v")->second;
  EXPECT_EQ(first.storage, second.storage);
  EXPECT_EQ(second.offset, 3);
}

TEST(TorchSave, ReadsEveryWrapping) {
  std::string storageText = storage("FloatStorage", "0", 6);
  std::string parameter = call(global("torch._utils", "_rebuild_parameter"),
                               {matrix, "\x88", ordered});
  EXPECT_EQ(failure(parameter), "none");
  EXPECT_EQ(
      failure(call(global("torch._utils", "_rebuild_parameter_with_state"),
                   {matrix, "\x88", ordered, "}"})),
      "none");
  auto typed = [&](const std::string &type) {
    return call(global("torch._tensor", "_rebuild_from_type_v2"),
                {global("torch._utils", "_rebuild_tensor_v2"), type,
                 tuple({storageText, integer(0), tuple({integer(6)}),
                        tuple({integer(1)}), "\x89", ordered}),
                 "}"});
  };
  EXPECT_EQ(failure(typed(global("torch", "Tensor"))), "none");
  EXPECT_EQ(failure(typed(global("torch.nn.parameter", "Buffer"))), "none");
  EXPECT_EQ(failure(typed(global("my.lib", "FancyTensor"))), "pickled-weight");
}

TEST(TorchSave, ReadsUntypedStorages) {
  std::string untyped =
      tuple({text("storage"), global("torch.storage", "UntypedStorage"),
             text("0"), text("cpu"), integer(24)}) +
      "Q";
  auto v3 = [&](const std::string &dtype) {
    return call(global("torch._utils", "_rebuild_tensor_v3"),
                {untyped, integer(0), tuple({integer(12)}), tuple({integer(1)}),
                 "\x89", ordered, dtype});
  };
  EXPECT_EQ(failure(v3(global("torch", "uint16"))), "none");
  EXPECT_EQ(failure(v3(global("torch", "int32"))), "weight-range");
  EXPECT_EQ(failure(v3(global("torch", "notype"))), "pickle-type");
}

TEST(TorchSave, KeepsErrorsOfEntriesUntilTheyAreUsed) {
  std::string call1 = call(global("posix", "system"), {text("touch executed")});
  auto tensors = readTorchSave(
      bytesOf(streamOf(matrix + text("bad") + call1).build()), "stream.pt", {});
  ASSERT_TRUE(tensors);
  EXPECT_TRUE(tensors->find("w")->second);
  const Result<Constant> &bad = tensors->find("bad")->second;
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().errorClass, "pickle-global");
  EXPECT_NE(bad.error().format().find("posix.system"), std::string::npos);
  EXPECT_NE(bad.error().format().find("byte offset"), std::string::npos);
}

TEST(TorchSave, ChecksViews) {
  auto view = [&](int offset, int size, int stride) {
    return failure(tensor(storage("FloatStorage", "0", 6), offset,
                          {integer(size)}, {integer(stride)}));
  };
  EXPECT_EQ(view(0, 6, 1), "none");
  EXPECT_EQ(view(1, 6, 1), "weight-range");
  EXPECT_EQ(view(0, 4, 2), "weight-range");
  EXPECT_EQ(view(-1, 2, 1), "bad-shape");
  EXPECT_EQ(view(0, -2, 1), "bad-shape");
  EXPECT_EQ(failure(tensor(storage("FloatStorage", "0", 6), 0, {integer(2)},
                           {integer(1), integer(1)})),
            "bad-shape");
  EXPECT_EQ(failure(tensor(storage("FloatStorage", "0", 6), 0, {text("2")},
                           {integer(1)})),
            "pickle-type");
}

TEST(TorchSave, ChecksStorages) {
  auto over = [&](const std::string &storageText) {
    return failure(tensor(storageText, 0, {integer(1)}, {integer(1)}));
  };
  EXPECT_EQ(over(storage("FloatStorage", "0", 5)), "weight-length");
  EXPECT_EQ(over(storage("DoubleStorage", "0", 3)), "none");
  EXPECT_EQ(over(storage("FloatStorage", "1", 6)), "missing-record");
  EXPECT_EQ(over(storage("FloatStorage", "0", -6)), "bad-shape");
  EXPECT_EQ(over(storage("QuantStorage", "0", 6)), "pickle-global");
  EXPECT_EQ(over("N"), "pickle-type");
}

TEST(TorchSave, RefusesOtherValuesAndByteOrders) {
  TestZip zip = streamOf(matrix);
  zip["archive/byteorder"].data = "big";
  EXPECT_EQ(failure(zip), "byteorder");
  zip = streamOf(matrix);
  zip["archive/data.pkl"].data = "\x80\x02].";
  EXPECT_EQ(failure(zip), "pickle-type");
  zip["archive/data.pkl"].data = "\x80\x02}";
  EXPECT_EQ(failure(zip), "pickle-truncated");
  zip.remove("archive/data.pkl");
  EXPECT_EQ(failure(zip), "missing-record");
  auto text = readTorchSave(bytesOf("no zip"), "stream.pt", {});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().errorClass, "input-kind");
}

TEST(TorchSave, VerifiesChecksumsUnlessToldNotTo) {
  TestZip zip = streamOf(matrix);
  zip["archive/data/0"].crc = 1;
  EXPECT_EQ(failure(zip), "zip-crc");
  LoadOptions options;
  options.verifyChecksums = false;
  EXPECT_EQ(failure(zip, options), "none");
}

TEST(TorchSave, ReadsBareStorages) {
  TestZip zip = streamOf("N");
  zip["archive/data.pkl"].data =
      "\x80\x02" +
      tuple({text("storage"), global("torch.storage", "UntypedStorage"),
             text("0"), text("cpu"), integer(24)}) +
      "Q.";
  auto storage = readSavedStorage(bytesOf(zip.build()), "stream", {});
  ASSERT_TRUE(storage);
  EXPECT_EQ((*storage)->size, 24u);
}
