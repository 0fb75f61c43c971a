//===- Patterns.h - One populate function per op family ---------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_PATTERNS_H
#define GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_PATTERNS_H

#include "mlir/Transforms/DialectConversion.h"

namespace graphc {

class SymbolValues;

using PopulateFunction = void(const mlir::TypeConverter &converter,
                              SymbolValues &symbols,
                              mlir::RewritePatternSet &patterns);

PopulateFunction populateAttentionPatterns;
PopulateFunction populateCompactionPatterns;
PopulateFunction populateContractionPatterns;
PopulateFunction populateControlFlowPatterns;
PopulateFunction populateConvolutionPatterns;
PopulateFunction populateCreationPatterns;
PopulateFunction populateDeviceCompactionPatterns;
PopulateFunction populateDeviceContractionPatterns;
PopulateFunction populateDeviceConvolutionPatterns;
PopulateFunction populateDeviceScanPatterns;
PopulateFunction populateDeviceScatterPatterns;
PopulateFunction populateDeviceSortingPatterns;
PopulateFunction populateElementwisePatterns;
PopulateFunction populateIndexingPatterns;
PopulateFunction populateNormalizationPatterns;
PopulateFunction populatePoolingPatterns;
PopulateFunction populateRandomPatterns;
PopulateFunction populateReductionPatterns;
PopulateFunction populateResizePatterns;
PopulateFunction populateScanPatterns;
PopulateFunction populateScatterPatterns;
PopulateFunction populateSortingPatterns;
PopulateFunction populateSymbolPatterns;
PopulateFunction populateViewPatterns;

} // namespace graphc

#endif // GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_PATTERNS_H
