#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Test a built hotremove-check from outside.

    test_cli.py BINARY [unittest arguments, such as the name of a module]
    HOTREMOVE_CHECK=BINARY test_cli.py
"""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "fixtures")]

from support import Program  # noqa: E402

MODULES = ["test_contract", "test_generator", "test_inputs", "test_kernels", "test_limits",
           "test_output", "test_ptdump", "test_ranges", "test_sandbox", "test_suggest",
           "test_terminal", "test_watch"]


def main():
    """Take the binary off the command line and leave the rest to unittest."""
    if len(sys.argv) > 1 and os.access(sys.argv[1], os.X_OK):
        Program.path = os.path.abspath(sys.argv.pop(1))
    if not Program.path:
        sys.exit("usage: test_cli.py BINARY [unittest arguments]")
    named = any(not argument.startswith("-") for argument in sys.argv[1:])
    unittest.main(module=None, argv=sys.argv + ([] if named else MODULES))


if __name__ == "__main__":
    main()
