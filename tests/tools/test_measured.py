# SPDX-License-Identifier: GPL-2.0-or-later
"""The files that coverage and fuzzing are measured on: they exist, and none is left out."""

import importlib.util
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
LIBRARY = ("", "api", "arch", "base", "check", "kernel", "map", "predict", "ptdump", "redact",
           "search", "walk")
OTHERS = {"main.c", "kcore_reader.c"}  # in src/ itself, but not of the library


def script(path):
    """A script as a module; several have the same name."""
    spec = importlib.util.spec_from_file_location(path.replace("/", "_"), REPO / f"{path}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sys.path.append(str(REPO / "tests" / "fuzz"))
fuzzing = script("tests/fuzz/run")


@pytest.mark.parametrize("harness", fuzzing.HARNESSES)
def test_harness_covers_files_that_exist(harness):
    _, files = fuzzing.HARNESSES[harness]
    assert files
    assert [name for name in files if not (REPO / "src" / f"{name}.c").is_file()] == []


def test_coverage_has_bounds_for_the_whole_library():
    sources = {path.relative_to(REPO / "src").as_posix() for folder in LIBRARY
               for path in (REPO / "src" / folder).glob("*.c")} - OTHERS
    found = script("tests/tools/coverage").core_files()
    assert {name for name in found if name.endswith(".c")} == sources
