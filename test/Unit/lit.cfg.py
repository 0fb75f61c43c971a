"""GoogleTest binaries: every executable whose name ends in Tests."""

import os

import lit.formats

config.name = "graphc-Unit"
config.test_format = lit.formats.GoogleTest(".", "Tests")
config.suffixes = []
config.test_source_root = os.path.join(config.graphc_obj_root, "test", "Unit")
config.test_exec_root = config.test_source_root
