# SPDX-License-Identifier: GPL-2.0-or-later
"""The schema of documents accepts what the program prints, and refuses everything that is a bit
different."""

import copy

import containers
import pytest
from documents import SCHEMA, misfit, parse
from image import Image
from jsonschema import Draft202012Validator
from layout import Layout, Machine, Region
from ptdump import Writer, as_text
from sample import GIB, SPLIT

CHANGE = {"schema": "hotremove-check/1",
          "change": {"what": "memory32", "before": None, "after": "online"}}
ERROR = {"schema": "hotremove-check/1", "error": {"message": "no such file"}}


@pytest.fixture(name="document")
def make_document(program, sample):
    """A document with every list and object that there can be."""
    text = as_text(Writer(Layout(sample.machine)).lines()).replace("1G PUD", "1G PMD")
    before = Machine(sample.kernel, [*sample.machine.regions[:2],
                                     Region(SPLIT, GIB // 2, linear="pmd")])
    containers.write_plain(program.file("before"), Image(Layout(before)))
    document = program.document(
        sample.core, "-rmemory32", "-rmemory40", "--suggest=128M", "--blocks", "--map",
        "--verify-ptdump=" + program.file("text", text), "--kernel-release=7.2.12",
        "--diff=" + program.file("before"))
    del document["status"]
    for name in ("ranges", "blocks", "suggestions", "warnings"):
        assert document[name], name
    assert document["verify"]["differences"]
    for part in ("kernel", "ranges", "blocks", "leaves"):
        assert document["diff"][part], part
    return document


def places(value, path=()):
    """(path, value) of all that there is in a document; of each array only the first item."""
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, path + (key,))
    elif isinstance(value, list) and value:
        yield from places(value[0], path + (0,))


def changed(document, path, value):
    """The document with another value at a place."""
    result = copy.deepcopy(document)
    inner = result
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return result


def test_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def objects(schema):
    """All schemas of objects."""
    if isinstance(schema, dict):
        if "properties" in schema and "type" in schema:
            yield schema
        for part in schema.values():
            yield from objects(part)


def test_objects_of_the_schema_are_closed():
    """Each key must be there, and no other."""
    found = list(objects(SCHEMA))
    assert len(found) > 20
    for schema in found:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])


@pytest.mark.parametrize("small", (CHANGE, ERROR), ids=("change", "error"))
def test_small_documents_fit(small):
    assert misfit(small) == ""


def test_document_fits(document):
    assert misfit(document) == ""


def test_document_without_a_key_does_not_fit(document):
    for path, value in places(document):
        if isinstance(value, dict):
            for key in value:
                rest = {name: item for name, item in value.items() if name != key}
                assert misfit(changed(document, path, rest) if path else rest), path + (key,)


def test_document_with_another_key_does_not_fit(document):
    for path, value in places(document):
        if isinstance(value, dict):
            more = {**value, "banana": 1}
            assert misfit(changed(document, path, more) if path else more), path


def wrong_values(value):
    """Values of other types than VALUE, and such as its type does not have."""
    if isinstance(value, bool):
        return (0, "true", [])
    if isinstance(value, int):
        return (-1, 1 << 64, True, str(value), None, [value])
    if isinstance(value, str):
        if value.startswith("0x"):
            return (value[2:], value.upper(), "0x0" + value[2:], "0x", value + "0" * 16, 1, "")
        return (1, False, [value], {})
    return ("", 1) if value is None else (1, "banana")


# Of what a kernel has, anything may be unknown.
NULLABLE = ("kernel",)
# A node is a number, if it is known.
NUMBERS = ("node",)


def test_document_with_a_wrong_value_does_not_fit(document):
    for path, value in places(document):
        for wrong in wrong_values(value) if path else ():
            if wrong is None and path[0] in NULLABLE:
                continue
            if value is None and wrong == 1 and path[-1] in NUMBERS:
                continue
            assert misfit(changed(document, path, wrong)), (path, wrong)


@pytest.mark.parametrize("path,words", (
    (("schema",), ["hotremove-check/2"]), (("source", "kind"), ["core", "elf"]),
    (("source", "format"), ["zip", "LIME"]), (("ranges", 0, "verdict"), ["REMOVABLE", "maybe"]),
    (("ranges", 1, "reasons", 0, "code"), ["split", "unmovable"]),
    (("ranges", 1, "reasons", 0, "map"), ["both", None]),
    (("ranges", 1, "reasons", 0, "leaf"), [None]), (("ranges", 1, "reasons", 0, "message"), [""]),
    (("ranges", 1, "reasons", 0, "leaf", "level"), ["PTD", "CONT_PUD"]),
    (("ranges", 0, "guard", "outcome"), ["vetoes", None]),
    (("ranges", 0, "guard", "blocks", 0, "name"), ["memory", "memory-1", "memory07", "block7"]),
    (("ranges", 0, "guard", "blocks", 0, "rule"), ["splits"]),
    (("ranges", 0, "teardown", "model"), ["wide"]),
    (("ranges", 0, "teardown", "calls", "from"), ["release", None]),
    (("kernel", "models", "guard", "value"), ["always"]),
    (("kernel", "models", "guard", "from"), ["guess", None]),
    (("kernel", "page_size"), [8192]), (("blocks", 0, "state"), ["going"]),
    (("diff", "blocks", 0, "change"), ["joins", None]), (("diff", "equal"), ["no"]),
    (("diff", "leaves", 0, "before", "state"), ["unmapped", "lost"]),
    (("suggestions", 0, "verdict"), ["unknown"]), (("version",), ["1", "v1.0.0"])))
def test_document_with_a_word_that_is_none_does_not_fit(document, path, words):
    for word in words:
        assert misfit(changed(document, path, word)), word


def test_reason_with_a_leaf_that_has_none_does_not_fit(document):
    reason = document["ranges"][1]["reasons"][0]
    assert reason["leaf"]
    assert misfit(changed(document, ("ranges", 1, "reasons", 0), {**reason, "code": "misaligned"}))


@pytest.mark.parametrize("wrong", (
    {}, [], None, {**ERROR, "version": "0.1.0"}, {**ERROR, "error": "text"},
    {**ERROR, "error": {"message": ""}}, {**ERROR, **CHANGE}, {"error": ERROR["error"]},
    {**CHANGE, "change": {"what": "a", "before": None}}, {**CHANGE, "schema": "hotremove-check/0"}))
def test_what_is_no_document_does_not_fit(wrong):
    assert misfit(wrong)


@pytest.mark.parametrize("text", ('{"a": 1.0}', '{"a": 1e3}', '{"a": NaN}', '{"a": -Infinity}',
                                  '{"a": 1, "a": 2}', '{"a": 1} {"a": 1}', "", '{"a": 1'))
def test_text_with_floats_or_doubles_is_no_document(text):
    with pytest.raises(ValueError):
        parse(text)
