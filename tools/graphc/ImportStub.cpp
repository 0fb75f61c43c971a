#include "graphc/Import/Import.h"
graphc::ImportResult graphc::importProgram(mlir::MLIRContext &,
                                           const loader::Program &,
                                           const ImportOptions &) {
  ImportResult r;
  r.errors.push_back({"unsupported-op", "", "", "no import yet", {}, ""});
  return r;
}
std::vector<std::string> graphc::listOps() { return {}; }
