# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the kernel puts what it reads: aligned_reads.c ends the program if that is slow."""

import lzma
import os
import shutil
import subprocess

import pytest
from conftest import built

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "fixtures")
QUERIES = (["--map"], ["--blocks"], ["-r", "0x40000000+128M"], ["--suggest=128M"])


def ask(pytestconfig, *arguments):
    """The program with its reads watched."""
    environment = {"PATH": os.environ["PATH"],
                   "LD_PRELOAD": os.fspath(built(pytestconfig, "--library"))}
    return subprocess.run([built(pytestconfig, "--program"), *arguments], env=environment,
                          capture_output=True, text=True, check=False)


def check(done):
    """It must have answered."""
    assert "a page is read" not in done.stderr
    assert done.returncode in (0, 1), done.stderr


@pytest.fixture(name="packed", params=("7.2-bbml2", "6.12-16k-blocks", "7.2-64k52-ptdump-blocks"))
def get_packed(request):
    """A core of a real kernel, compressed."""
    return os.path.join(FIXTURES, request.param + ".elf.xz")


@pytest.fixture(name="core")
def get_core(packed, tmp_path):
    """The core itself."""
    with lzma.open(packed) as core, open(tmp_path / "core", "wb") as copy:
        shutil.copyfileobj(core, copy)
    return tmp_path / "core"


@pytest.mark.parametrize("query", QUERIES, ids=" ".join)
def test_pages_are_read_to_where_a_page_begins(pytestconfig, core, query):
    for option in ("--vmcore", "--kcore"):
        check(ask(pytestconfig, f"{option}={core}", *query))


def test_compressed_files_are_read_to_where_a_page_begins(pytestconfig, packed):
    check(ask(pytestconfig, f"--vmcore={packed}", "--map"))
