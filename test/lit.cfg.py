"""Tests with text: one behaviour per function, read by FileCheck."""

import os
import platform
import shutil

import lit.formats

config.name = "graphc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".fx"]
config.excludes = ["Inputs", "Unit", "lit.cfg.py"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.graphc_obj_root, "test")
config.environment["PATH"] = os.pathsep.join([
    os.path.join(config.graphc_obj_root, "bin"),
    config.llvm_tools_dir,
    config.environment["PATH"],
])
config.substitutions.append(("%graphc_src", config.graphc_src_root))
config.substitutions.append(("%graphc_obj", config.graphc_obj_root))
config.substitutions.append(("%python", config.python))
if platform.machine() == "x86_64":
    config.available_features.add("x86-host")
if shutil.which("ptxas"):
    config.available_features.add("ptxas")
if os.path.isdir("/usr/aarch64-linux-gnu"):
    config.available_features.add("aarch64-sysroot")
