# SPDX-License-Identifier: GPL-2.0-or-later
"""What many tests of the command line need."""

import pytest


def skip_without_sandbox(program):
    """Skip the test if the build has no sandbox."""
    if not program.has_sandbox:
        pytest.skip("sanitizers and valgrind need what the sandbox takes away")


def skip_under_valgrind(program, why):
    """Skip the test under valgrind."""
    if program.is_under_valgrind:
        pytest.skip("under valgrind " + why)


def skip_if_emulated(program, why):
    """Skip the test under QEMU's user mode."""
    if program.is_emulated:
        pytest.skip("under an emulator " + why)


def expected_status(verdicts):
    """The exit status for a set of verdicts."""
    if "not-removable" in verdicts:
        return 1
    return 2 if "unknown" in verdicts else 0


def codes_of(answer):
    """The codes of the reasons of an answer, in order."""
    return [reason["code"] for reason in answer["reasons"]]
