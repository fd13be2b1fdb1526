# SPDX-License-Identifier: GPL-2.0-or-later
"""Redacted snapshots of dumps of real kernels have the same answers, and no address of theirs."""

import re

import pytest
from profiles import skip_if_left_out
from redacted import (SAME, addresses_of, apart_from, constants_of, in_room, shifted,
                      without_addresses, words_of)
from test_snapshots import FORMS, QUERIES

SYMBOL = re.compile(rb"^SYMBOL\(\w+\)=([0-9a-f]{16})$", re.MULTILINE)

def answers(dump, names, query):
    """What a dump answers: a document, or an error."""
    document = dump.program.read(dump.ask(names, "--json", *query).text)
    if "error" in document:
        return document["error"]["message"].removeprefix(f"{names[0]}: ")
    return document


def check_same(one, other):
    """Both answers are the same but for addresses, or one error."""
    if isinstance(one, str):
        assert one == other
        return
    assert shifted(other) and not shifted(one)
    for document, part in zip((one, other), [in_room(document["ranges"], one, other)
                                             for document in (one, other)]):
        document["ranges"] = part
    for key in SAME:
        assert without_addresses(one.get(key)) == without_addresses(other.get(key)), key
    assert one["source"]["incomplete"] == other["source"]["incomplete"]


def check_hidden(one, other, source, content):
    """Neither what an answer prints of the source nor a symbol of its note is in the file."""
    symbols = {int(text, 16) for text in SYMBOL.findall(source)}
    secrets = apart_from(addresses_of(one) | symbols - constants_of(one), other)
    assert secrets and not secrets & words_of(content)
    assert not [number for number in secrets if b"%x" % number in content]


@pytest.mark.parametrize("form", FORMS)
def test_redacted_snapshot_has_the_same_answers(dump, maker, form):
    skip_if_left_out(dump.name, form, "redacted")
    names = FORMS[form](maker)
    result = dump.save(names, "saved", "--redact=3")
    if result.stderr:
        # It is cut where nothing can be read.
        assert "incomplete" in form and result.returncode == 2, result.stderr
        return
    for query in QUERIES:
        check_same(answers(dump, names, query), answers(dump, ["saved"], query))
    one, other = (answers(dump, which, QUERIES[0]) for which in (names, ["saved"]))
    if form == "elf":
        check_hidden(one, other, (maker.folder / names[0]).read_bytes(),
                     (maker.folder / "saved").read_bytes())


def test_no_build_id_is_left(dump, maker):
    names = maker.elf()
    source = (maker.folder / names[0]).read_bytes()
    build = re.search(rb"BUILD-ID=([0-9a-f]+)", source)
    assert not dump.save(names, "saved", "--redact").stderr
    assert build and build[1] not in (maker.folder / "saved").read_bytes()
