//===- FailureReport.cpp - What failed, for programs ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/FailureReport.h"

#include "FailureReportWriter.h"

#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <dlfcn.h>

using namespace graphc;
using llvm::StringRef;

static StringRef outcomeName(BlackBox::Outcome outcome) {
  switch (outcome) {
  case BlackBox::Outcome::None:
    return "none";
  case BlackBox::Outcome::Refused:
    return "refused";
  case BlackBox::Outcome::Failed:
    return "failed";
  case BlackBox::Outcome::Fatal:
    return "fatal";
  case BlackBox::Outcome::Crashed:
    return "crashed";
  case BlackBox::Outcome::OutOfMemory:
    return "out-of-memory";
  case BlackBox::Outcome::TimedOut:
    return "timed-out";
  case BlackBox::Outcome::Interrupted:
    return "interrupted";
  }
  return "none";
}

static std::string frameName(void *frame) {
  Dl_info info;
  if (!dladdr(frame, &info))
    return "?";
  if (info.dli_sname)
    return llvm::demangle(info.dli_sname);
  return llvm::sys::path::filename(info.dli_fname).str();
}

/// Text that comes from programs may not be UTF-8.
static std::string asText(StringRef text) { return llvm::json::fixUTF8(text); }

void graphc::writeFailureReport(const BlackBox &box, StringRef path) {
  llvm::json::Array frames;
  for (std::uint32_t i = 0; i < box.frameCount; ++i)
    frames.push_back(asText(frameName(box.frames[i])));
  llvm::json::Object report{
      {"stage", asText(box.stage.get())},
      {"pass", asText(box.culprit.pass.get())},
      {"op", asText(box.culprit.op.get())},
      {"outcome", outcomeName(box.outcome)},
      {"signal", box.signal},
      {"reason", asText(box.reason.get())},
      {"frames", std::move(frames)},
      {"kind", box.isWrongNumber ? "wrong-number" : outcomeName(box.outcome)},
      {"function", asText(box.wrongFunction.get())},
      {"value_op", asText(box.wrongOp.get())},
      {"node", asText(box.wrongNode.get())},
      {"difference", asText(box.difference.get())},
  };
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  if (error)
    return;
  os << llvm::json::Value(std::move(report)) << '\n';
  os.close();
  os.clear_error();
}

std::optional<FailureReport> graphc::readFailureReport(StringRef path) {
  auto text = llvm::MemoryBuffer::getFile(path);
  if (!text)
    return std::nullopt;
  auto value = llvm::json::parse((*text)->getBuffer());
  if (!value) {
    llvm::consumeError(value.takeError());
    return std::nullopt;
  }
  const llvm::json::Object *object = value->getAsObject();
  if (!object)
    return std::nullopt;
  auto textOf = [&](StringRef key) {
    return object->getString(key).value_or("").str();
  };
  FailureReport report;
  report.stage = textOf("stage");
  report.pass = textOf("pass");
  report.op = textOf("op");
  report.outcome = textOf("outcome");
  report.signal = object->getInteger("signal").value_or(0);
  report.reason = textOf("reason");
  report.kind = textOf("kind");
  report.function = textOf("function");
  report.valueOp = textOf("value_op");
  report.node = textOf("node");
  report.difference = textOf("difference");
  if (const llvm::json::Array *frames = object->getArray("frames"))
    for (const llvm::json::Value &frame : *frames)
      report.frames.push_back(frame.getAsString().value_or("").str());
  return report;
}
