//===- Gradients.h - The families of backward operators ------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_GRADIENTS_H
#define GRAPHC_LIB_IMPORT_GRADIENTS_H

#include "Call.h"

namespace graphc::aten {

/// What has files of its own; gradients of other families stand beside them.
ArrayRef<Overload> activationBackwardOverloads();
ArrayRef<Overload> bagBackwardOverloads();
ArrayRef<Overload> distanceBackwardOverloads();
ArrayRef<Overload> gridSamplingBackwardOverloads();
ArrayRef<Overload> indexingBackwardOverloads();
ArrayRef<Overload> poolingBackwardOverloads();
ArrayRef<Overload> resizeBackwardOverloads();

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_GRADIENTS_H
