# SPDX-License-Identifier: GPL-2.0-or-later
"""A few damaged dumps of each kind; run.py tries thousands."""

from types import SimpleNamespace

import documents
import pytest
from job import QUICK, Job, can_limit, fixtures, kinds
from profiles import is_left_out


def pytest_generate_tests(metafunc):
    """Each kind of damage to each of the dumps that --fixture names, or that are for quick runs."""
    chosen = metafunc.config.getoption("--fixture") or QUICK
    metafunc.parametrize("name,kind", [(name, kind) for name in fixtures() if name in chosen
                                       for kind in kinds() if not is_left_out(name, kind)])


@pytest.fixture(scope="module", name="is_limited")
def find_out(program_path):
    """Whether the program runs in little memory."""
    return can_limit(program_path)


def test_answer_about_a_damaged_dump_is_never_wrong(pytestconfig, program_path, mkkdump, is_limited,
                                                    folder, name, kind):
    options = SimpleNamespace(binary=program_path, mkkdump=mkkdump, limit=is_limited, folder=folder,
                              seed="1", number=None, show=[], read=documents.read)
    _, tally, findings = Job(options, name, kind, pytestconfig.getoption("--count")).run()
    assert not tally["wrong"], "\n".join(findings)
    assert tally["asked"]
