//===- Signature.cpp - What makes two failures the same -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Signature.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

using namespace graphc;
using namespace graphc::reduce;
using llvm::StringRef;

/// The length of the text in balanced angle brackets at the start of `text`; 0
/// when they do not close.
static size_t bracketedSize(StringRef text) {
  unsigned depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '>' && i && text[i - 1] == '-')
      continue;
    depth += text[i] == '<';
    depth -= text[i] == '>';
    if (depth == 0)
      return i + 1;
  }
  return 0;
}

/// `<4x(s0)xf32, strides = [1]>` without sizes and layout: `<f32>`.
static std::string normalizeShaped(StringRef body) {
  unsigned depth = 0;
  size_t start = 0, end = body.size();
  for (size_t i = 0; i < body.size(); ++i) {
    char c = body[i];
    depth += c == '(' || c == '[' || c == '<';
    depth -= c == ')' || c == ']' || c == '>';
    if (depth)
      continue;
    if (c == ',') {
      end = i;
      break;
    }
    // A size ends in x; `index` and `complex` do not begin with a digit.
    bool isSize =
        i > start && c == 'x' &&
        (llvm::isDigit(body[start]) || StringRef("?*([").contains(body[start]));
    if (isSize)
      start = i + 1;
  }
  return "<" + normalizeReason(body.slice(start, end)) + ">";
}

static bool isWord(char c) { return llvm::isAlnum(c) || c == '_'; }

/// What follows `%`, `@` or `^` as a name.
static size_t nameSize(StringRef text) {
  size_t size = 0;
  while (size < text.size() &&
         (isWord(text[size]) || StringRef(".-$#:").contains(text[size])))
    ++size;
  // Not the punctuation of the sentence.
  while (size && StringRef(".-:").contains(text[size - 1]))
    --size;
  return size;
}

/// Equal quoted texts in a row are one: an op may have fewer operands.
static std::string mergeRepetitions(StringRef text) {
  llvm::SmallVector<StringRef> parts;
  text.split(parts, ", ");
  std::string merged;
  for (size_t i = 0; i < parts.size(); ++i) {
    bool repeats = i && parts[i].ends_with("'") && parts[i].starts_with("'") &&
                   parts[i - 1].ends_with(parts[i]);
    if (repeats)
      continue;
    merged += (i ? ", " : "") + parts[i].str();
  }
  return merged;
}

static std::string normalizeWords(StringRef text) {
  std::string result;
  for (size_t i = 0; i < text.size();) {
    char c = text[i];
    StringRef rest = text.drop_front(i);
    bool startsWord = i == 0 || !isWord(text[i - 1]);
    if (c == '<' && i &&
        (StringRef(result).ends_with("tensor") ||
         StringRef(result).ends_with("vector") ||
         StringRef(result).ends_with("memref"))) {
      if (size_t size = bracketedSize(rest)) {
        result += normalizeShaped(rest.slice(1, size - 1));
        i += size;
        continue;
      }
    }
    if (c == '%' || c == '@' || c == '^') {
      result += c;
      i += 1 + nameSize(rest.drop_front());
      continue;
    }
    if (startsWord && llvm::isDigit(c)) {
      size_t size = 0;
      while (
          size < rest.size() &&
          (isWord(rest[size]) || (rest[size] == '.' && size + 1 < rest.size() &&
                                  llvm::isDigit(rest[size + 1]))))
        ++size;
      result += 'N';
      i += size;
      continue;
    }
    if (startsWord && c == '/') {
      size_t size = 0;
      while (size < rest.size() &&
             (isWord(rest[size]) || StringRef("/.-+").contains(rest[size])))
        ++size;
      result += size > 1 ? "/..." : "/";
      i += size;
      continue;
    }
    result += c;
    ++i;
  }
  return result;
}

std::string graphc::reduce::normalizeReason(StringRef reason) {
  return mergeRepetitions(normalizeWords(reason));
}

//===----------------------------------------------------------------------===//
// Refusals
//===----------------------------------------------------------------------===//

/// The end of what stands before the next `: ` outside of parentheses and
/// quotes; npos when there is none.
static size_t findColon(StringRef text) {
  unsigned depth = 0;
  bool isQuoted = false;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    char c = text[i];
    if (c == '\'' && (isQuoted || i == 0 || !isWord(text[i - 1])))
      isQuoted = !isQuoted;
    if (isQuoted)
      continue;
    depth += c == '(';
    depth -= c == ')' && depth;
    if (c == ':' && text[i + 1] == ' ' && depth == 0)
      return i;
  }
  return StringRef::npos;
}

/// Whether `part` says where in a file something is.
static bool isPlace(StringRef part) {
  for (StringRef word : {"node ", "line ", "byte offset ", "directory entry "})
    if (part.starts_with(word))
      return true;
  if (part.contains(' '))
    return false;
  // A record, a file of Python, or a path through JSON.
  return part.contains('/') || part.contains('[') || part == "_code" ||
         part.starts_with("graph_module.") || part.starts_with("config.");
}

/// Names in single quotes.
static std::string dropQuoted(StringRef text) {
  std::string result;
  bool isQuoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    bool opens = text[i] == '\'' && !isQuoted && (!i || !isWord(text[i - 1]));
    bool closes = text[i] == '\'' && isQuoted &&
                  (i + 1 == text.size() || !isWord(text[i + 1]));
    if (!isQuoted || closes)
      result += text[i];
    isQuoted = opens || (isQuoted && !closes);
  }
  return result;
}

std::string graphc::reduce::normalizeRefusal(StringRef reason) {
  reason.consume_front("graphc: ");
  size_t at = findColon(reason);
  if (!reason.starts_with("error[") || at == StringRef::npos)
    return normalizeReason(dropQuoted(reason));
  std::string code = reason.take_front(at).str();
  reason = reason.drop_front(at + 2);
  bool isFile = true;
  for (at = findColon(reason); at != StringRef::npos; at = findColon(reason)) {
    StringRef part = reason.take_front(at);
    bool isName = isFile && !part.contains(' ');
    isFile = false;
    if (!isName && !isPlace(part))
      break;
    reason = reason.drop_front(at + 2);
  }
  return code + ": " + normalizeReason(dropQuoted(reason));
}

//===----------------------------------------------------------------------===//
// Signatures
//===----------------------------------------------------------------------===//

/// Functions of the handler and of libc on the way to it.
static bool isMachinery(StringRef frame) {
  for (StringRef part :
       {"leaveTraces", "onSignal", "onFatalError", "libc.so", "gsignal",
        "abort", "raise", "pthread_kill", "__restore_rt", "report_fatal_error"})
    if (frame.contains(part))
      return true;
  return false;
}

Signature::Signature(const FailureReport &report)
    : stage(report.stage), pass(report.pass), outcome(report.outcome),
      signal(report.signal), reason(normalizeReason(report.reason)),
      difference(report.difference) {
  if (outcome == "refused" && isOfInput())
    reason = normalizeRefusal(report.reason);
  // Numbers differ by a kind; what ends for want of time or memory ends
  // anywhere in the pass.
  if (!difference.empty() || isTimeout() || isOutOfMemory()) {
    reason.clear();
    signal = 0;
  }
  if (outcome != "crashed")
    return;
  // What was reported before a crash is not its reason.
  reason.clear();
  for (const std::string &frame : report.frames)
    if (!isMachinery(frame) && frames.size() < 3)
      frames.push_back(frame);
}

bool Signature::operator==(const Signature &other) const {
  return stage == other.stage && pass == other.pass &&
         outcome == other.outcome && signal == other.signal &&
         reason == other.reason && frames == other.frames &&
         difference == other.difference;
}

std::string Signature::describe() const {
  if (stage.empty() && pass.empty())
    return "wanted by the script";
  std::string text =
      pass.empty() ? "stage '" + stage + "'" : "pass '" + pass + "'";
  if (!difference.empty())
    return text + " changes what is computed (" + difference + ")";
  if (isTimeout())
    return text + " runs into the time limit";
  if (isOutOfMemory())
    return text + " runs out of memory";
  text += ' ' + outcome;
  if (signal) {
    const char *name = sigabbrev_np(signal);
    text += std::string(" (SIG") + (name ? name : "?") + ")";
  }
  if (!reason.empty())
    text += ": " + reason;
  return text;
}
