//===- File.cpp - Mapped files and pieces of them -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "File.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace graphc;
using namespace graphc::loader;

Bytes Bytes::slice(std::size_t offset, std::size_t length) const {
  Bytes part = *this;
  part.data = data + offset;
  part.size = length;
  part.fileOffset = fileOffset + offset;
  return part;
}

namespace {
/// A descriptor that is closed when it leaves scope.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0)
      ::close(fd);
  }
};

Error openError(const std::string &path) {
  Error error;
  error.errorClass = "input-open";
  error.file = path;
  error.message = std::string("cannot open: ") + std::strerror(errno);
  return error;
}
} // namespace

Result<Bytes> loader::mapFile(const std::string &path) {
  // O_NONBLOCK: opening a pipe nobody writes to must not hang.
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat info;
  if (file.fd < 0 || ::fstat(file.fd, &info) != 0)
    return openError(path);
  if (!S_ISREG(info.st_mode)) {
    Error error;
    error.errorClass = "input-kind";
    error.file = path;
    error.message = S_ISDIR(info.st_mode) ? "a directory, expected a file"
                                          : "not a regular file";
    return error;
  }

  Bytes bytes;
  bytes.file = path;
  bytes.size = static_cast<std::size_t>(info.st_size);
  if (bytes.size == 0)
    return bytes;
  void *address =
      ::mmap(nullptr, bytes.size, PROT_READ, MAP_PRIVATE, file.fd, 0);
  if (address == MAP_FAILED)
    return openError(path);
  bytes.data = static_cast<const std::uint8_t *>(address);
  std::size_t size = bytes.size;
  bytes.owner =
      std::shared_ptr<const void>(address, [size](const void *mapped) {
        ::munmap(const_cast<void *>(mapped), size);
      });
  return bytes;
}
