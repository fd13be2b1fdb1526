# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of the tests of the command line."""

import contextlib

import pytest
from processes import Running
from sample import Sample


@pytest.fixture(scope="module", name="sample")
def make_sample(shared):
    """A small machine with a core, and a core that lacks tables."""
    return Sample(shared)


@pytest.fixture(name="start")
def make_start(program):
    """Starts the program with given arguments; it is gone when the test is over."""
    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **how: stack.enter_context(
            Running(program, *arguments, **how)).process
