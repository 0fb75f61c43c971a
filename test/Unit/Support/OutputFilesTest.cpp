//===- OutputFilesTest.cpp - Files appear complete or not at all ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/OutputFiles.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include "gtest/gtest.h"

#include <unistd.h>

using namespace graphc;
namespace fs = llvm::sys::fs;

namespace {
class OutputFilesTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(fs::createUniqueDirectory("graphc-output", folder));
  }
  void TearDown() override { fs::remove_directories(folder); }

  std::string path(const std::string &name) {
    return (folder + "/" + name).str();
  }
  std::string read(const std::string &name) {
    auto buffer = llvm::MemoryBuffer::getFile(path(name));
    return buffer ? (*buffer)->getBuffer().str() : "no file";
  }
  unsigned countFiles() {
    unsigned count = 0;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error))
      ++count;
    return count;
  }
  static auto text(const char *text) {
    return [text](llvm::raw_pwrite_stream &os) {
      os << text;
      return llvm::Error::success();
    };
  }

  llvm::SmallString<128> folder;
};
} // namespace

static std::string message(llvm::Error error) {
  return llvm::toString(std::move(error));
}

TEST_F(OutputFilesTest, AppearTogether) {
  OutputFiles files;
  EXPECT_EQ(message(files.write(path("a"), text("1"))), "");
  EXPECT_EQ(message(files.write(path("b"), text("2"))), "");
  EXPECT_EQ(read("a"), "no file");
  EXPECT_EQ(message(files.commit()), "");
  EXPECT_EQ(read("a") + read("b"), "12");
  EXPECT_EQ(countFiles(), 2u);
}

TEST_F(OutputFilesTest, NothingWithoutCommit) {
  {
    OutputFiles files;
    EXPECT_EQ(message(files.write(path("a"), text("1"))), "");
    EXPECT_EQ(countFiles(), 1u);
  }
  EXPECT_EQ(countFiles(), 0u);
}

TEST_F(OutputFilesTest, NoneWhenOneCannotBe) {
  ASSERT_FALSE(fs::create_directory(path("a")));
  {
    OutputFiles files;
    EXPECT_EQ(message(files.write(path("a"), text("1"))), "");
    EXPECT_EQ(message(files.write(path("b"), text("2"))), "");
    EXPECT_EQ(message(files.commit()),
              "cannot write '" + path("a") + "': Is a directory");
  }
  EXPECT_EQ(read("b"), "no file");
  EXPECT_EQ(countFiles(), 1u);
}

TEST_F(OutputFilesTest, ErrorsCarryTheCodeOfTheSystem) {
  OutputFiles files;
  llvm::Error error = files.write(path("none/a"), text("1"));
  EXPECT_EQ(llvm::errorToErrorCode(std::move(error)),
            std::errc::no_such_file_or_directory);
}

TEST_F(OutputFilesTest, DevicesStayDevices) {
  OutputFiles files;
  EXPECT_EQ(message(files.write("/dev/full", text("1"))),
            "cannot write '/dev/full': No space left on device");
  EXPECT_EQ(message(files.commit()), "");
  EXPECT_FALSE(fs::is_regular_file("/dev/full"));
}

TEST_F(OutputFilesTest, LinksStayLinks) {
  ASSERT_EQ(symlink("a", path("link").c_str()), 0);
  std::error_code error;
  llvm::raw_fd_ostream(path("a"), error) << "old";
  OutputFiles files;
  EXPECT_EQ(message(files.write(path("link"), text("new"))), "");
  EXPECT_EQ(message(files.commit()), "");
  EXPECT_EQ(read("a"), "new");
  EXPECT_TRUE(fs::is_symlink_file(path("link")));
}
