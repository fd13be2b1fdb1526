# SPDX-License-Identifier: GPL-2.0-or-later
"""The dumps of real kernels in tests/fixtures, one after another."""

import documents
import pytest
from dumps import Fixture, Maker, names_of


def pytest_generate_tests(metafunc):
    """Each test runs with each dump, or with those of --fixture."""
    chosen = metafunc.config.getoption("--fixture")
    for argument, with_text in (("dump", False), ("pair", True)):
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, names_of(chosen, with_text), indirect=True,
                                 scope="module")


@pytest.fixture(scope="module", name="dump")
def make_dump(request, program_path, new_folder):
    """A dump without a text."""
    with new_folder() as folder:
        yield Fixture(request.param, folder, program_path, documents.read)


@pytest.fixture(scope="module", name="pair")
def make_pair(request, program_path, new_folder):
    """A dump with the kernel's own text of its page tables."""
    with new_folder() as folder:
        yield Fixture(request.param, folder, program_path, documents.read)


@pytest.fixture(name="maker")
def make_maker(mkkdump, dump):
    """What makes other dumps of the dump."""
    return Maker(mkkdump, dump)
