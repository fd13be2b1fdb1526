# SPDX-License-Identifier: GPL-2.0-or-later
"""Options and fixtures of all tests, and the profiles of Hypothesis."""

import contextlib
import shutil
from pathlib import Path

import pytest

# Their assertions say what was compared, as those of tests do.
pytest.register_assert_rewrite("comparison", "documents", "processes", "program", "support")

import documents                    # noqa: E402  pylint: disable=wrong-import-position
import profiles                     # noqa: E402  pylint: disable=wrong-import-position
from program import Program         # noqa: E402  pylint: disable=wrong-import-position

profiles.load()


def pytest_addoption(parser):
    """What tests/CMakeLists.txt gives, and what people may."""
    group = parser.getgroup("hotremove-check")
    group.addoption("--program", metavar="PATH", help="hotremove-check")
    group.addoption("--limited", metavar="PATH",
                    help="hotremove-check-limited, which has limits that tests soon reach")
    group.addoption("--script", metavar="PATH", help="kdump-save-tables")
    group.addoption("--library", metavar="PATH", help="libhotremove.so")
    group.addoption("--examples", metavar="PATH", help="the folder with the programs of examples/")
    group.addoption("--mkkdump", metavar="PATH", help="mkkdump, which makes dumps of every kind")
    group.addoption("--fixture", action="append", metavar="NAME",
                    help="golden, mutation: this dump of tests/fixtures only; repeat it for more")
    group.addoption("--update", action="store_true", help="golden: rewrite the golden files")
    group.addoption("--warning", metavar="TEXT",
                    help="golden: what this machine alone adds to the warnings")
    group.addoption("--count", type=int, default=1, metavar="N",
                    help="mutation: damaged dumps of each kind")


def built(config, option):
    """The absolute path that an option gives."""
    path = config.getoption(option)
    if not path:
        raise pytest.UsageError("say where the build has it: %s=PATH" % option)
    return Path(config.invocation_params.dir, path).resolve()


@pytest.fixture(scope="session", name="new_folder")
def make_new_folder(tmp_path_factory):
    """Makes folders that are gone as soon as they are not needed, as dumps are large."""
    @contextlib.contextmanager
    def new_folder():
        path = tmp_path_factory.mktemp("test")
        try:
            yield path
        finally:
            shutil.rmtree(path)

    return new_folder


@pytest.fixture(name="folder")
def make_folder(new_folder):
    """A folder of the test's own."""
    with new_folder() as path:
        yield path


@pytest.fixture(scope="module", name="shared")
def make_shared(new_folder):
    """A folder for files of all tests of a module."""
    with new_folder() as path:
        yield path


@pytest.fixture(scope="session", name="program_path")
def find_program(pytestconfig):
    """Where the program under test is."""
    return built(pytestconfig, "--program")


@pytest.fixture(scope="session", name="mkkdump")
def find_mkkdump(pytestconfig):
    """Where the program is that makes dumps of every kind."""
    return built(pytestconfig, "--mkkdump")


@pytest.fixture(name="program")
def make_program(program_path, folder):
    """The program under test, with a folder of the test's own."""
    return Program(program_path, folder, read=documents.read)


@pytest.fixture(name="limited")
def make_limited(pytestconfig, folder):
    """The program with limits that tests soon reach."""
    return Program(built(pytestconfig, "--limited"), folder, read=documents.read)
