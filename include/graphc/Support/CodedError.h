//===- CodedError.h - Errors with codes --------------------------*- C++-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For code that knows nothing of MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_CODEDERROR_H
#define GRAPHC_SUPPORT_CODEDERROR_H

#include "llvm/Support/Error.h"

namespace graphc {

/// An llvm::Error with a code.
class CodedError : public llvm::ErrorInfo<CodedError> {
public:
  inline static char ID;

  CodedError(llvm::StringLiteral code, const llvm::Twine &message,
             std::error_code system)
      : code(code), text(message.str()), system(system) {}

  void log(llvm::raw_ostream &os) const override { os << text; }
  std::error_code convertToErrorCode() const override { return system; }

  const llvm::StringLiteral code;

private:
  std::string text;
  std::error_code system;
};

inline llvm::Error
makeError(llvm::StringLiteral code, const llvm::Twine &message,
          std::error_code system = llvm::inconvertibleErrorCode()) {
  return llvm::make_error<CodedError>(code, message, system);
}

/// The code of an error; `fallback` for one without.
inline llvm::StringRef getCode(const llvm::ErrorInfoBase &info,
                               llvm::StringRef fallback) {
  if (!info.isA<CodedError>())
    return fallback;
  return static_cast<const CodedError &>(info).code;
}

} // namespace graphc

#endif // GRAPHC_SUPPORT_CODEDERROR_H
