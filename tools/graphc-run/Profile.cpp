//===- Profile.cpp - Where a run spends its time --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Profile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

#include <chrono>
#include <cstring>
#include <thread>

using namespace graphc::run;
namespace json = llvm::json;
using Clock = std::chrono::steady_clock;

//===----------------------------------------------------------------------===//
// Measuring
//===----------------------------------------------------------------------===//

namespace {
/// What the hook collects during one run.
class Watch {
public:
  explicit Watch(size_t numKernels) : sums(numKernels) {}

  static void observe(void *user, const graphc_event *event) {
    static_cast<Watch *>(user)->see(*event);
  }
  void begin() { llvm::fill(sums, Sum()); }

  struct Sum {
    double ms = 0;
    int64_t calls = 0, bytes = 0, flops = 0;
    bool knowsBytes = true, knowsFlops = true;
  };
  std::vector<Sum> sums;

private:
  void see(const graphc_event &event) {
    if (!event.is_done) {
      start = Clock::now();
      return;
    }
    Clock::time_point end = Clock::now();
    Sum &sum = sums[event.kernel];
    sum.ms +=
        event.ms >= 0
            ? event.ms
            : std::chrono::duration<double, std::milli>(end - start).count();
    ++sum.calls;
    sum.knowsBytes &= event.bytes >= 0;
    sum.knowsFlops &= event.flops >= 0;
    sum.bytes += event.bytes;
    sum.flops += event.flops;
  }
  Clock::time_point start;
};
} // namespace

static double takeMedian(std::vector<double> &times) {
  if (times.empty())
    return 0;
  llvm::sort(times);
  return (times[(times.size() - 1) / 2] + times[times.size() / 2]) / 2;
}

/// Blocks larger than caches, the best of a few passes; each thread has a part.
static double measureCopy(int threads) {
  constexpr size_t size = size_t(128) << 20;
  Buffer from(size), to(size);
  if (!from.data() || !to.data())
    return 0;
  double best = 0;
  for (int pass = 0; pass < 4; ++pass) {
    Clock::time_point start = Clock::now();
    std::vector<std::thread> workers;
    size_t part = size / threads;
    for (int i = 0; i < threads; ++i)
      workers.emplace_back([&, i] {
        std::memcpy(to.data() + i * part, from.data() + i * part, part);
      });
    for (std::thread &worker : workers)
      worker.join();
    double seconds =
        std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, 2.0 * static_cast<double>(part) * threads / seconds);
  }
  return best / 1e9;
}

llvm::Expected<Profile> graphc::run::profile(Session &session,
                                             const graphc_module &module,
                                             const graphc_options &options,
                                             double seconds) {
  // More add nothing to a median.
  constexpr size_t mostRuns = 20000;
  Watch watch(module.num_kernels);
  if (llvm::Error error = module.device
                              ? session.time(Watch::observe, &watch)
                              : session.observe(Watch::observe, &watch))
    return std::move(error);
  std::vector<std::vector<double>> times(module.num_kernels);
  std::vector<double> totals;
  auto runUntil = [&](double limit, size_t atLeast) -> llvm::Error {
    Clock::time_point begin = Clock::now();
    while (totals.size() < mostRuns) {
      watch.begin();
      session.restore();
      Clock::time_point start = Clock::now();
      if (llvm::Error error = session.run())
        return error;
      Clock::time_point end = Clock::now();
      totals.push_back(
          std::chrono::duration<double, std::milli>(end - start).count());
      for (auto [list, sum] : llvm::zip_equal(times, watch.sums))
        list.push_back(sum.ms);
      if (totals.size() >= atLeast &&
          std::chrono::duration<double>(end - begin).count() >= limit)
        break;
    }
    return llvm::Error::success();
  };
  if (llvm::Error error = runUntil(seconds / 10, 3))
    return std::move(error);
  totals.clear();
  for (std::vector<double> &list : times)
    list.clear();
  if (llvm::Error error = runUntil(seconds, 5))
    return std::move(error);
  llvm::cantFail(session.observe(nullptr, nullptr));

  Profile result;
  result.runs = totals.size();
  result.totalMs = takeMedian(totals);
  int processors =
      std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  result.threads = module.max_threads == 1 ? 1
                   : options.threads > 0   ? options.threads
                                           : processors;
  if (module.device)
    result.limits = findDeviceLimits(options.driver, options.device);
  else
    result.copyGBs = measureCopy(std::min(result.threads, processors));
  for (auto [list, sum] : llvm::zip_equal(times, watch.sums)) {
    KernelProfile kernel;
    kernel.medianMs = takeMedian(list);
    kernel.calls = sum.calls;
    if (sum.knowsBytes)
      kernel.bytes = sum.bytes;
    if (sum.knowsFlops)
      kernel.flops = sum.flops;
    result.kernels.push_back(kernel);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

std::string graphc::run::formatNodes(const graphc_kernel &kernel) {
  return llvm::join(
      llvm::ArrayRef<const char *>(kernel.nodes, kernel.num_nodes), ", ");
}

static std::string orDash(const char *text) { return text ? text : "-"; }

/// Giga of `amount` in each second.
static std::optional<double> getRate(std::optional<int64_t> amount, double ms) {
  if (!amount || ms <= 0)
    return std::nullopt;
  return static_cast<double>(*amount) / ms / 1e6;
}

static std::string formatRate(std::optional<double> rate) {
  if (!rate)
    return "-";
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.1f", *rate);
  return text;
}

static std::string formatShare(std::optional<double> rate, double limit) {
  if (!rate || limit <= 0)
    return "-";
  return std::to_string(static_cast<int>(100 * *rate / limit)) + "%";
}

static void printLimits(llvm::raw_ostream &os, const DeviceLimits &limits) {
  os << "peaks of " << limits.name
     << llvm::format(": %.0f GB/s, %.1f TFLOP/s in f32, %.1f in products of 16 "
                     "bit\n",
                     limits.memoryGBs, limits.floatGFlops / 1e3,
                     limits.matrix16GFlops / 1e3);
}

void graphc::run::printProfile(llvm::raw_ostream &os,
                               const graphc_module &module,
                               const Profile &profile) {
  std::vector<size_t> order;
  double sum = 0;
  for (size_t i = 0; i < profile.kernels.size(); ++i) {
    order.push_back(i);
    sum += profile.kernels[i].medianMs;
  }
  llvm::stable_sort(order, [&](size_t a, size_t b) {
    return profile.kernels[a].medianMs > profile.kernels[b].medianMs;
  });
  auto percent = [&](double part) {
    return profile.totalMs > 0 ? 100 * part / profile.totalMs : 0;
  };
  os << llvm::format("%10s %6s %6s %8s %7s %9s  %-11s ", "ms", "share", "calls",
                     "GB/s", module.device ? "of peak" : "of copy", "GFLOP/s",
                     module.device ? "of peak form" : "form")
     << "kernel; nodes; module; line\n";
  for (size_t i : order) {
    const KernelProfile &k = profile.kernels[i];
    const graphc_kernel &kernel = module.kernels[i];
    std::optional<double> gbs = getRate(k.bytes, k.medianMs);
    std::optional<double> gflops = getRate(k.flops, k.medianMs);
    double memory =
        profile.limits ? profile.limits->memoryGBs : profile.copyGBs;
    std::string form = kernel.form;
    if (module.device) {
      std::string share = formatShare(
          gflops, profile.limits ? profile.limits->getGFlops(kernel) : 0);
      form = std::string(7 - std::min<size_t>(share.size(), 7), ' ') + share +
             " " + form;
    }
    os << llvm::format("%10.4f %5.1f%% %6lld %8s %7s %9s  %-11s ", k.medianMs,
                       percent(k.medianMs), static_cast<long long>(k.calls),
                       formatRate(gbs).c_str(),
                       formatShare(gbs, memory).c_str(),
                       formatRate(gflops).c_str(), form.c_str())
       << kernel.name << "; "
       << (kernel.num_nodes ? formatNodes(kernel) : std::string("-")) << "; "
       << orDash(kernel.module_path) << "; " << orDash(kernel.source) << "\n";
  }
  os << llvm::format("%10.4f %5.1f%%  all kernels\n", sum, percent(sum))
     << llvm::format("%10.4f %5.1f%%  outside of kernels\n",
                     profile.totalMs - sum, percent(profile.totalMs - sum))
     << llvm::format("%10.4f 100.0%%  a run, the median of %zu with %d "
                     "threads\n",
                     profile.totalMs, profile.runs, profile.threads);
  if (module.device) {
    os << "times of kernels are the device's; waiting for the host between "
          "them "
          "and copies are outside of kernels\n";
    if (profile.limits)
      printLimits(os, *profile.limits);
  } else {
    os << llvm::format("copying memory reaches %.1f GB/s here with as many "
                       "threads: a kernel near that is bound by memory, one "
                       "beyond it works in caches\n",
                       profile.copyGBs);
  }
}

static json::Value orNull(const char *text) {
  return text ? json::Value(json::fixUTF8(text)) : json::Value(nullptr);
}

static json::Value orNull(std::optional<int64_t> number) {
  return number ? json::Value(*number) : json::Value(nullptr);
}

void graphc::run::writeProfile(llvm::raw_ostream &os,
                               const graphc_module &module,
                               const Profile &profile) {
  json::OStream out(os, /*IndentSize=*/1);
  out.object([&] {
    out.attribute("module", module.name);
    out.attribute("target", module.target);
    out.attribute("threads", profile.threads);
    out.attribute("runs", static_cast<int64_t>(profile.runs));
    out.attribute("total_ms", profile.totalMs);
    out.attribute("copy_gb_s", profile.copyGBs > 0
                                   ? json::Value(profile.copyGBs)
                                   : json::Value(nullptr));
    if (profile.limits)
      out.attributeObject("limits", [&] {
        out.attribute("name", profile.limits->name);
        out.attribute("memory_gb_s", profile.limits->memoryGBs);
        out.attribute("float_gflop_s", profile.limits->floatGFlops);
        out.attribute("matrix16_gflop_s", profile.limits->matrix16GFlops);
      });
    out.attributeArray("kernels", [&] {
      for (size_t i = 0; i < profile.kernels.size(); ++i) {
        const KernelProfile &k = profile.kernels[i];
        const graphc_kernel &kernel = module.kernels[i];
        out.object([&] {
          out.attribute("name", json::fixUTF8(kernel.name));
          out.attribute("form", kernel.form);
          out.attributeArray("nodes", [&] {
            for (size_t n = 0; n < kernel.num_nodes; ++n)
              out.value(json::fixUTF8(kernel.nodes[n]));
          });
          out.attribute("module_path", orNull(kernel.module_path));
          out.attribute("source", orNull(kernel.source));
          out.attribute("calls", k.calls);
          out.attribute("ms", k.medianMs);
          out.attribute("bytes", orNull(k.bytes));
          out.attribute("flops", orNull(k.flops));
        });
      }
    });
  });
  os << "\n";
}

void graphc::run::printKernels(llvm::raw_ostream &os,
                               const graphc_module &module) {
  for (size_t i = 0; i < module.num_kernels; ++i) {
    const graphc_kernel &kernel = module.kernels[i];
    os << "kernel  " << kernel.name << " " << kernel.form << "; nodes "
       << (kernel.num_nodes ? formatNodes(kernel) : std::string("-"))
       << "; module " << orDash(kernel.module_path) << "; line "
       << orDash(kernel.source) << "\n";
  }
}
