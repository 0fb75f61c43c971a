//===- CheckChips.cpp - What chips cannot do is refused by name ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM aborts on an instruction that its chip lacks, and ptxas names lines of
// PTX, when nobody knows any more what they were made from.
//
//===----------------------------------------------------------------------===//

#include "ChipOption.h"

#include "graphc/Support/ErrorCode.h"
#include "graphc/Target/NVPTX/Device.h"
#include "graphc/Target/NVPTX/Passes.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXCHECKCHIPS
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

namespace {
/// What a group of instructions asks of a chip.
struct Demand {
  StringLiteral op;  ///< How the names of its ops in the nvvm dialect begin.
  StringLiteral ptx; ///< A piece of its text in PTX, for inline assembly.
  int32_t capability;
  bool needsExact; ///< Only chips whose code runs nowhere else have it.
  std::optional<kernel::ChipFeature> feature;

  bool isMetBy(const Chip &chip) const {
    return chip.capability >= capability && (chip.isExact || !needsExact) &&
           (!feature || chip.has(*feature));
  }
};
} // namespace

// The first that fits counts.
static constexpr Demand demands[] = {
    {"nvvm.wgmma.", "wgmma.", 90, true, kernel::ChipFeature::Warpgroups},
    {"nvvm.tcgen05.", "tcgen05.", 100, true, std::nullopt},
    {"nvvm.setmaxregister", "setmaxnreg", 90, true, std::nullopt},
    {"nvvm.cp.async.bulk.", "cp.async.bulk", 90, false,
     kernel::ChipFeature::BulkCopies},
    {"nvvm.mbarrier.arrive.expect_tx", "mbarrier.arrive.expect_tx", 90, false,
     std::nullopt},
    {"nvvm.mbarrier.try_wait", "mbarrier.try_wait", 90, false, std::nullopt},
    {"nvvm.mbarrier.", "mbarrier.", 80, false, std::nullopt},
    {"nvvm.fence.mbarrier", "fence.mbarrier_init", 90, false, std::nullopt},
    {"nvvm.fence.proxy", "fence.proxy", 90, false, std::nullopt},
    {"nvvm.cluster.", "barrier.cluster", 90, false, std::nullopt},
    {"nvvm.mapa", "mapa.", 90, false, std::nullopt},
    {"nvvm.elect.sync", "elect.sync", 90, false, std::nullopt},
    {"nvvm.griddepcontrol", "griddepcontrol", 90, false,
     kernel::ChipFeature::DependentLaunch},
    {"nvvm.stmatrix", "stmatrix", 90, false, std::nullopt},
    {"nvvm.cp.async.", "cp.async.", 80, false, std::nullopt},
    {"nvvm.ldmatrix", "ldmatrix", 75, false, std::nullopt},
    {"nvvm.convert.float.to.tf32", "tf32", 80, false, std::nullopt},
};
/// Of products by tensor cores, and of casts.
static constexpr Demand float8 = {"", "", 89, false,
                                  kernel::ChipFeature::Float8};

/// Of instructions written as text, or as the name of an intrinsic of LLVM.
static const Demand *findTextDemand(StringRef text) {
  for (const Demand &demand : demands)
    if (text.contains(demand.ptx))
      return &demand;
  return text.contains("e4m3") || text.contains("e5m2") ? &float8 : nullptr;
}

/// Null for what every chip can do.
static const Demand *findDemand(Operation *op) {
  if (auto assembly = dyn_cast<LLVM::InlineAsmOp>(op))
    return findTextDemand(assembly.getAsmString());
  if (auto intrinsic = dyn_cast<LLVM::CallIntrinsicOp>(op))
    return findTextDemand(intrinsic.getIntrin());
  StringRef name = op->getName().getStringRef();
  const Demand *found = llvm::find_if(demands, [&](const Demand &demand) {
    return name.starts_with(demand.op);
  });
  return found == std::end(demands) ? nullptr : found;
}

static std::string getAbleChips(const Demand &demand) {
  SmallVector<StringRef> names;
  for (const Chip &chip : getChips())
    if (demand.isMetBy(chip))
      names.push_back(chip.name);
  return llvm::join(names, ", ");
}

/// A name for messages: instructions written as text say which they are.
static std::string describe(Operation *op) {
  StringRef text;
  if (auto assembly = dyn_cast<LLVM::InlineAsmOp>(op))
    text = assembly.getAsmString();
  if (auto intrinsic = dyn_cast<LLVM::CallIntrinsicOp>(op))
    text = intrinsic.getIntrin();
  return text.empty() ? op->getName().getStringRef().str()
                      : text.split(' ').first.str();
}

static InFlightDiagnostic refuse(Location loc) {
  return withCode("device-chip", emitError(loc));
}

namespace {
struct NVPTXCheckChips : graphc::impl::NVPTXCheckChipsBase<NVPTXCheckChips> {
  using Base::Base;

  void runOnOperation() override {
    FailureOr<std::vector<Chip>> parsed =
        nvptx::readChips(getOperation(), chips);
    if (failed(parsed))
      return signalPassFailure();
    getOperation().walk([&](gpu::GPUFuncOp kernel) {
      for (const Chip &chip : *parsed)
        if (nvptx::canRun(kernel, chip))
          checkInstructions(kernel, chip);
    });
    getOperation().walk([&](gpu::LaunchFuncOp launch) {
      auto kernel = SymbolTable::lookupNearestSymbolFrom<gpu::GPUFuncOp>(
          launch, launch.getKernel());
      for (const Chip &chip : *parsed)
        if (kernel && nvptx::canRun(kernel, chip))
          checkLaunch(launch, kernel, chip);
    });
    if (isRefused)
      signalPassFailure();
  }

private:
  void checkInstructions(gpu::GPUFuncOp kernel, const Chip &chip);
  void checkLaunch(gpu::LaunchFuncOp launch, gpu::GPUFuncOp kernel,
                   const Chip &chip);

  bool isRefused = false;
};
} // namespace

/// Every kind of instruction once for a kernel and chip.
void NVPTXCheckChips::checkInstructions(gpu::GPUFuncOp kernel,
                                        const Chip &chip) {
  llvm::SmallPtrSet<const Demand *, 4> told;
  kernel.walk([&](Operation *op) {
    const Demand *demand = findDemand(op);
    if (!demand || demand->isMetBy(chip) || !told.insert(demand).second)
      return;
    isRefused = true;
    refuse(op->getLoc()) << "'" << describe(op) << "' in kernel '"
                         << kernel.getName() << "' is not for " << chip.name
                         << ", it needs one of " << getAbleChips(*demand);
  });
}

/// Shared memory that the kernel declares, in bytes.
static int64_t getStaticShared(gpu::GPUFuncOp kernel) {
  int64_t bytes = 0;
  for (BlockArgument attribution : kernel.getWorkgroupAttributions()) {
    auto type = cast<MemRefType>(attribution.getType());
    Type element = type.getElementType();
    int64_t lanes = 1;
    if (auto vector = dyn_cast<VectorType>(element)) {
      lanes = vector.getNumElements();
      element = vector.getElementType();
    }
    bytes += type.getNumElements() * lanes *
             llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
  }
  return bytes;
}

void NVPTXCheckChips::checkLaunch(gpu::LaunchFuncOp launch,
                                  gpu::GPUFuncOp kernel, const Chip &chip) {
  constexpr int64_t mostThreads = 1024;
  auto tooMuch = [&](int64_t found, int64_t most, StringRef what) {
    if (found <= most)
      return;
    isRefused = true;
    refuse(launch.getLoc())
        << "kernel '" << kernel.getName() << "' asks for " << found << " "
        << what << ", " << chip.name << " has " << most;
  };
  int64_t threads = 1;
  for (Value size :
       {launch.getBlockSizeX(), launch.getBlockSizeY(), launch.getBlockSizeZ()})
    threads *= getConstantIntValue(size).value_or(1);
  tooMuch(threads, mostThreads, "threads in a block");
  int64_t declared = getStaticShared(kernel), dynamic = 0;
  tooMuch(declared, declaredSharedBytes, "bytes of declared shared memory");
  if (Value size = launch.getDynamicSharedMemorySize())
    dynamic = getConstantIntValue(size).value_or(0);
  if (declared <= declaredSharedBytes)
    tooMuch(declared + dynamic, chip.sharedBytes, "bytes of shared memory");
}
