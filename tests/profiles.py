# SPDX-License-Identifier: GPL-2.0-or-later
"""How many examples Hypothesis tries, and which.

HOTREMOVE_TEST_PROFILE=long tries many, and others each time; usually they are the same each time.
With HOTREMOVE_TEST_ONE_OF=N only one of N is tried, only one of N places where a dump is damaged,
and about one of N combinations of a kernel and a kind of dump or damage.
"""

import os
import zlib

import pytest
from hypothesis import HealthCheck, settings

PROFILES = {"ci": 1, "long": 50}
PROFILE = os.environ.get("HOTREMOVE_TEST_PROFILE", "ci")
ONE_OF = int(os.environ.get("HOTREMOVE_TEST_ONE_OF", "1"))
# The first example is the simplest one.
LEAST = 2


def load():
    """Set the profile. No test depends on the speed of the machine, nor on what was run before."""
    unhealthy = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example,
                 HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]
    usual = settings(deadline=None, database=None, suppress_health_check=unhealthy)
    settings.register_profile("ci", usual, derandomize=True)
    settings.register_profile("long", usual, print_blob=True)
    settings.load_profile(PROFILE)


def is_left_out(*words):
    """Whether the case that WORDS name is one of those that are not tried."""
    return zlib.crc32(" ".join(map(str, words)).encode()) % ONE_OF != 0


def skip_if_left_out(*words):
    """Skip the test if the case that WORDS name is not tried."""
    if is_left_out(*words):
        pytest.skip("it is one of those that are left out")


def examples(count):
    """The setting for COUNT examples in the usual profile."""
    return settings(max_examples=max(LEAST, count * PROFILES[PROFILE] // ONE_OF))
