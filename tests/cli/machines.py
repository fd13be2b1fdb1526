# SPDX-License-Identifier: GPL-2.0-or-later
"""Random machines as strategies of Hypothesis, which reports a failure by the simplest of them."""

from arm64 import GEOMETRIES
from cases import DAMAGES, LEAF_KINDS, Case, NoRoom
from hypothesis import reject
from hypothesis import strategies as st

SEEDS = st.integers(0, 0xffff)
# Half of the machines are sound.
SOUND_OR_NOT = st.none() | st.sampled_from(DAMAGES)


@st.composite
def cases(draw, geometries=GEOMETRIES, kinds=LEAF_KINDS, damages=SOUND_OR_NOT):
    """A machine with one of these geometries and kinds of leaves, and one of these damages."""
    geometry = draw(st.sampled_from(geometries))
    kind = draw(st.sampled_from(kinds))
    damage = draw(damages)
    try:
        return Case(draw(st.randoms(use_true_random=False)), draw(SEEDS), geometry, kind, damage)
    except NoRoom:
        return reject()


def sound_cases(**how):
    """A machine without damage."""
    return cases(damages=st.none(), **how)


def geometry_name(geometry):
    """How pytest names a test of one of GEOMETRIES."""
    granule, va_bits, va_actual = geometry
    return "%dk-va%d-on-%d" % (granule >> 10, va_bits, va_actual)
