#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Test a built hotremove-check from outside.

    test_cli.py BINARY [unittest arguments]      or      HOTREMOVE_CHECK=BINARY test_cli.py
"""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "fixtures")]

from support import Program  # noqa: E402
from test_contract import ExitStatus, Output, Overrides, RangeGrammar  # noqa: E402,F401
from test_inputs import BadInput, Containers  # noqa: E402,F401
from test_ptdump import (  # noqa: E402,F401
    Captures, CaptureTest, Deduction, Malformed, Missing, Options, SameAnswers, Verify,
    WriterTest)
from test_ranges import (  # noqa: E402,F401
    BlocksAndMap, Nearest, RandomMachines, SpecialMachines)
from test_sandbox import Sandbox  # noqa: E402,F401
from test_suggest import Suggest, SuggestOutput  # noqa: E402,F401
from test_terminal import BlocksTable, Picture, Terminals  # noqa: E402,F401
from test_watch import Watch  # noqa: E402,F401


def main():
    """Take the binary off the command line and leave the rest to unittest."""
    if len(sys.argv) > 1 and os.access(sys.argv[1], os.X_OK):
        Program.path = os.path.abspath(sys.argv.pop(1))
    if not Program.path:
        sys.exit("usage: test_cli.py BINARY [unittest arguments]")
    unittest.main()


if __name__ == "__main__":
    main()
