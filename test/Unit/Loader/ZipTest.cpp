//===- ZipTest.cpp - Stored records of zip archives -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Zip/Zip.h"
#include "ZipBuilder.h"

#include <gtest/gtest.h>

using namespace graphc;
using namespace graphc::loader;

namespace {
TestZip twoRecords() {
  TestZip zip;
  zip.records = {{"r/a", "alpha"}, {"r/b", "beta and more"}};
  return zip;
}

/// The class of the first error of opening and of reading `name`, or `none`.
std::string failure(const TestZip &zip, const std::string &name = "r/a",
                    bool verify = true) {
  Result<ZipArchive> archive = readZip(bytesOf(zip.build()));
  if (!archive)
    return archive.error().errorClass;
  Result<Bytes> bytes = archive->read(name, verify);
  return bytes ? "none" : bytes.error().errorClass;
}
} // namespace

TEST(Zip, ReadsStoredRecordsInPlace) {
  Bytes file = bytesOf(twoRecords().build());
  Result<ZipArchive> archive = readZip(file);
  ASSERT_TRUE(archive);
  ASSERT_EQ(archive->entries().size(), 2u);
  EXPECT_EQ(archive->entries()[1].name, "r/b");
  Result<Bytes> record = archive->read("r/b");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->text(), "beta and more");
  EXPECT_EQ(record->data, file.data + record->fileOffset);
}

TEST(Zip, LocalExtraFieldsMoveTheData) {
  TestZip zip = twoRecords();
  zip["r/a"].localExtra = std::string("FB\x05\0ZZZZZ", 9);
  Result<ZipArchive> archive = readZip(bytesOf(zip.build()));
  ASSERT_TRUE(archive);
  EXPECT_EQ(archive->read("r/a")->text(), "alpha");
}

TEST(Zip, ReadsZip64) {
  TestZip zip = twoRecords();
  zip.zip64End = true;
  zip["r/a"].zip64 = true;
  Result<ZipArchive> archive = readZip(bytesOf(zip.build()));
  ASSERT_TRUE(archive);
  EXPECT_EQ(archive->read("r/a")->text(), "alpha");
}

TEST(Zip, ReadsBehindAComment) {
  TestZip zip = twoRecords();
  zip.comment = "made by PK\x05\x06 somebody";
  EXPECT_EQ(failure(zip), "none");
}

TEST(Zip, RefusesTruncatedFiles) {
  std::string whole = twoRecords().build();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Result<ZipArchive> archive = readZip(bytesOf(whole.substr(0, size)));
    ASSERT_FALSE(archive) << size;
    EXPECT_EQ(archive.error().errorClass, "zip-truncated") << size;
  }
}

TEST(Zip, RefusesCompressedRecordsWhenTheyAreRead) {
  TestZip zip = twoRecords();
  zip["r/a"].method = 8;
  EXPECT_EQ(failure(zip), "zip-method");
  EXPECT_EQ(failure(zip, "r/b"), "none");
}

TEST(Zip, RefusesEncryptedRecords) {
  TestZip zip = twoRecords();
  zip["r/a"].flags = 0x0809;
  EXPECT_EQ(failure(zip), "zip-format");
}

TEST(Zip, ComparesChecksumsUnlessToldNotTo) {
  TestZip zip = twoRecords();
  zip["r/a"].crc = 7;
  EXPECT_EQ(failure(zip), "zip-crc");
  EXPECT_EQ(failure(zip, "r/a", false), "none");
  EXPECT_EQ(failure(zip, "r/b"), "none");
}

TEST(Zip, RefusesRecordsOutsideTheFile) {
  TestZip zip = twoRecords();
  zip["r/b"].size = 4000;
  EXPECT_EQ(failure(zip, "r/b"), "zip-range");
  zip = twoRecords();
  zip["r/b"].offset = 0x7FFFFFFF;
  EXPECT_EQ(failure(zip, "r/b"), "zip-range");
  zip = twoRecords();
  zip["r/b"].zip64 = true;
  zip["r/b"].size = ~0ull - 8;
  EXPECT_EQ(failure(zip, "r/b"), "zip-range");
  zip["r/b"].size.reset();
  zip["r/b"].offset = ~0ull - 8;
  EXPECT_EQ(failure(zip, "r/b"), "zip-range");
}

TEST(Zip, BelievesNoRecordAboutTheEndOfTheFile) {
  TestZip zip = twoRecords();
  zip["r/a"].offset = 0x7FFFFFFF;
  zip["r/b"].offset = 100000;
  EXPECT_EQ(failure(zip, "r/b"), "zip-range");
  zip["r/b"].offset.reset();
  zip["r/b"].size = 100000;
  EXPECT_EQ(failure(zip, "r/b"), "zip-range");
  zip["r/b"].size.reset();
  EXPECT_EQ(failure(zip, "r/b"), "none");
}

TEST(Zip, RefusesOverlappingRecords) {
  TestZip zip = twoRecords();
  zip["r/a"].size = 20; // Into the header of r/b.
  EXPECT_EQ(failure(zip, "r/a"), "zip-range");
  EXPECT_EQ(failure(zip, "r/b"), "none");
  zip = twoRecords();
  zip["r/b"].offset = 0;
  zip["r/b"].size = 5;
  zip["r/b"].crc = zip["r/a"].crc;
  EXPECT_EQ(failure(zip, "r/b", false), "zip-range");
}

TEST(Zip, RefusesRecordsWithoutALocalHeader) {
  TestZip zip = twoRecords();
  zip["r/b"].offset = 3;
  EXPECT_EQ(failure(zip, "r/b"), "zip-format");
}

TEST(Zip, RefusesStoredRecordsOfTwoSizes) {
  TestZip zip = twoRecords();
  zip["r/a"].compressedSize = 4;
  EXPECT_EQ(failure(zip), "zip-format");
}

TEST(Zip, RefusesNamesThatAreNotPlain) {
  for (std::string name :
       {std::string("../evil"), std::string("r/../../evil"),
        std::string("/etc/passwd"), std::string("r\\a"), std::string("r/.."),
        std::string("r\0a", 3), std::string("r/\xff"), std::string()}) {
    TestZip zip = twoRecords();
    zip.records.emplace_back(name, "x");
    EXPECT_EQ(failure(zip), "zip-name") << quoted(name);
  }
  TestZip zip = twoRecords();
  zip.records.emplace_back("r/.data/..b/\xc3\xa4", "x");
  EXPECT_EQ(failure(zip), "none");
}

TEST(Zip, RefusesTwoRecordsOfOneName) {
  TestZip zip = twoRecords();
  zip.records.emplace_back("r/a", "other");
  EXPECT_EQ(failure(zip), "zip-duplicate");
}

TEST(Zip, RefusesArchivesOfSeveralDisks) {
  TestZip zip = twoRecords();
  zip.disk = 1;
  EXPECT_EQ(failure(zip), "zip-format");
  zip = twoRecords();
  zip["r/b"].disk = 2;
  EXPECT_EQ(failure(zip), "zip-format");
}

TEST(Zip, RefusesClaimsOfMoreRecordsThanTheDirectoryHas) {
  TestZip zip = twoRecords();
  zip.count = 3;
  EXPECT_EQ(failure(zip), "zip-format");
  zip.count = 60000;
  EXPECT_EQ(failure(zip), "zip-format");
}

TEST(Zip, NamesSimilarRecordsOfMissingOnes) {
  TestZip zip;
  zip.records = {{"r/weights/weight_0", "x"}, {"r/other", "y"}};
  Bytes file = bytesOf(zip.build());
  Result<ZipArchive> archive = readZip(file);
  ASSERT_TRUE(archive);
  Result<Bytes> bytes = archive->read("r/weights/weight_7");
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().errorClass, "missing-record");
  EXPECT_EQ(archive->similar("r/weights/weight_7"),
            std::vector<std::string>{"r/weights/weight_0"});
}
