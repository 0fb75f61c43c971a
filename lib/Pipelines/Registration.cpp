//===- Registration.cpp - All dialects and passes of the tools ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Pipelines/Registration.h"

#include "dialects/Graph/IR/Graph.h"
#include "dialects/Graph/Transforms/Passes.h"
#include "dialects/Kernel/IR/Kernel.h"
#include "graphc/Conversion/Passes.h"
#include "graphc/Pipelines/Pipelines.h"
#include "graphc/Support/Passes.h"
#include "graphc/Target/CPU/Passes.h"
#include "graphc/Target/Codegen/Passes.h"
#include "graphc/Target/NVPTX/Passes.h"
#include "graphc/Transforms/Passes.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/InitAllTranslations.h"

using namespace mlir;

void graphc::registerDialects(DialectRegistry &registry) {
  registry.insert<graph::GraphDialect, kernel::KernelDialect>();
  kernel::registerBufferizableOpInterfaceModels(registry);

  registerAllDialects(registry);
  registerAllExtensions(registry);
}

void graphc::registerPasses() {
  graph::registerGraphPasses();
  registerTransformsPasses();
  registerCodegenPasses();
  registerCPUPasses();
  registerNVPTXPasses();
  registerPipelines();
  registerConversionPasses();
  registerSupportPasses();

  registerAllPasses();
}
