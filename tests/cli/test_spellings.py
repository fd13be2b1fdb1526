# SPDX-License-Identifier: GPL-2.0-or-later
"""RANGE: random spellings, right and wrong ones, compared with a reading of the grammar."""

import re

from hypothesis import example, given
from hypothesis import strategies as st
from profiles import examples
from sample import MIB

# Of the sample's kernel.
PAGE, BLOCK, REACH = 4096, 128 * MIB, 1 << 48
LIMIT = 1 << 64
UNITS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}


class Refused(Exception):
    """The text is no range."""


class LooksExclusive(Refused):
    """END looks as if it was not part of the range."""


def value_of(text):
    """The number that a text is."""
    match = re.fullmatch("0[xX]([0-9a-fA-F]+)|([0-9]+)", text)
    if not match:
        raise Refused("no number")
    value = int(match[1], 16) if match[1] else int(match[2], 10)
    if value >= LIMIT:
        raise Refused("more than 64 bits")
    return value


def size_of(text):
    """The number of bytes that a text is."""
    match = re.fullmatch("(.*?)([KMGT]?)", text, re.DOTALL | re.IGNORECASE)
    size = value_of(match[1]) << UNITS[match[2].upper()]
    if not 0 < size < LIMIT:
        raise Refused("no size")
    return size


def meaning_of(text):
    """The first and the last byte of the range that a text is."""
    block = re.fullmatch("memory([0-9]+)", text)
    if block:
        start = value_of(block[1]) * BLOCK
        last = start + BLOCK - 1
    else:
        pair = re.fullmatch("([^+-]*)([+-])(.*)", text, re.DOTALL)
        if not pair:
            raise Refused("no range")
        start = value_of(pair[1])
        last = start + size_of(pair[3]) - 1 if pair[2] == "+" else value_of(pair[3])
        if not start <= last < LIMIT:
            raise Refused("it ends before it starts")
        if pair[2] == "-" and last % PAGE == 0:
            raise LooksExclusive(start, last)
    if last >= REACH:
        raise Refused("beyond the physical addresses")
    return start, last


EDGES = [0, 1, PAGE, BLOCK, 32 * BLOCK, REACH, LIMIT]
VALUES = (st.builds(lambda edge, delta: max(0, edge + delta), st.sampled_from(EDGES),
                    st.integers(-2, 2))
          | st.integers(0, REACH) | st.integers(0, LIMIT)
          | st.builds(lambda pages, less: max(0, pages * PAGE - less), st.integers(0, 1 << 36),
                      st.integers(0, 1)))
NUMBERS = st.builds(lambda form, value: form % value,
                    st.sampled_from(("%d", "%#x", "%#X", "0x%X", "0x%08x", "%03d")), VALUES)
SIZES = st.builds(lambda number, unit: number + unit,
                  st.builds(str, st.integers(0, 5000)) | NUMBERS, st.sampled_from("KMGTkmgt"))
RANGES = (st.builds("{}-{}".format, NUMBERS, NUMBERS)
          | st.builds("{}+{}".format, NUMBERS, NUMBERS | SIZES)
          | st.builds("memory{}".format, st.integers(0, 1 << 22) | VALUES))
CHARACTERS = st.sampled_from("0123456789abcdefxXkKMGT+-,. memoryB")


@st.composite
def spellings(draw):
    """A range, or a range with a character more, less or changed."""
    text = draw(RANGES)
    if draw(st.booleans()):
        at = draw(st.integers(0, len(text)))
        end = draw(st.sampled_from((at, at + 1)))
        text = text[:at] + draw(st.just("") | CHARACTERS) + text[end:]
    return text


@examples(400)
@given(spellings() | st.lists(CHARACTERS, max_size=24).map("".join))
@example("memory32")
@example("0x100000000-0x108000000")
@example("0x100000000-0x107ffffff")
def test_text_is_a_range_if_the_grammar_says_so(program, sample, text):
    try:
        wanted = meaning_of(text)
    except LooksExclusive as refusal:
        start, last = refusal.args
        message = program.refused(sample.core, "-r", text, status=64)
        if start < last:
            # Both right spellings are there, and the grammar agrees that they are right.
            assert "%#x-%#x" % (start, last - 1) in message
            assert "%#x+%#x" % (start, last - start) in message
        return
    except Refused:
        program.refused(sample.core, "-r", text, status=64)
        return
    answer = program.document(sample.core, "-r", text)["ranges"][0]
    assert (int(answer["start"], 16), int(answer["end"], 16)) == wanted
    assert answer["size"] == wanted[1] - wanted[0] + 1


@examples(40)
@given(st.lists(RANGES, min_size=1, max_size=5), st.sampled_from(("\n", "\r\n", "  # text\n")))
def test_lines_of_a_file_are_ranges_if_the_grammar_says_so(program, sample, texts, end):
    path = program.file("ranges", "".join("  " + text + end for text in texts))
    wanted = []
    for text in texts:
        try:
            wanted.append(meaning_of(text))
        except Refused:
            program.refused(sample.core, "--ranges-from=" + path, status=64)
            return
    answers = program.document(sample.core, "--ranges-from=" + path)["ranges"]
    assert [(int(answer["start"], 16), int(answer["end"], 16)) for answer in answers] == wanted
