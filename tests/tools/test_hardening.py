# SPDX-License-Identifier: GPL-2.0-or-later
"""What readelf shows of the built program and library: cmake/hardening.cmake does what it says."""

import re
import subprocess

import pytest


@pytest.fixture(name="read", params=("--program", "--library"), scope="module")
def read_elf(request, pytestconfig):
    """Shows a part of the program or of the library, which is not a build with sanitizers."""
    path = pytestconfig.getoption(request.param)

    def read(option):
        return subprocess.run(["readelf", "--wide", option, path], check=True,
                              stdout=subprocess.PIPE, text=True, errors="replace").stdout

    if re.search("__asan_init|__llvm_profile", read("--symbols")):
        pytest.skip("hardening is off for sanitizers and for coverage")
    return read


def test_code_may_be_at_any_address(read):
    assert re.search(r"Type: +DYN", read("--file-header"))


def test_tables_of_the_linker_are_read_only(read):
    assert "GNU_RELRO" in read("--program-headers")
    assert re.search(r"\bFLAGS\b.*BIND_NOW|\bFLAGS_1\b.*\bNOW\b", read("--dynamic"))


def test_stack_is_not_executable(read):
    header, = re.findall(r"GNU_STACK.*", read("--program-headers"))
    assert "E" not in header.replace("GNU_STACK", "")


def test_stack_is_protected(read):
    assert "__stack_chk_fail" in read("--dyn-syms")


def test_functions_of_the_c_library_check_sizes(read):
    assert re.search(r"__\w+_chk\b", read("--dyn-syms"))
