# SPDX-License-Identifier: GPL-2.0-or-later
"""What --json prints: JSON without floats and without duplicate keys, which fits the schema."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from jsonschema.validators import extend

SCHEMA = json.loads(Path(__file__).with_name("document.schema.json").read_text(encoding="utf-8"))
FITTING = set()


def ref(validator, name, instance, schema):
    """The keyword $ref, which looks at equal values only once: documents repeat themselves."""
    key = name, json.dumps(instance)
    if key in FITTING:
        return
    errors = list(Draft202012Validator.VALIDATORS["$ref"](validator, name, instance, schema))
    if not errors and len(key[1]) < 400:
        FITTING.add(key)
    yield from errors


VALIDATOR = extend(Draft202012Validator, {"$ref": ref})(SCHEMA)


def no_floats(text):
    """Refuse floats and the constants that only look like numbers."""
    raise ValueError("not an integer: " + text)


def unique(pairs):
    """An object, whose keys must be unique."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("duplicate key among %s" % [key for key, _ in pairs])
    return found


def parse(text):
    """One JSON document."""
    return json.loads(text, parse_float=no_floats, parse_constant=no_floats,
                      object_pairs_hook=unique)


def misfit(document):
    """What of a document does not fit the schema, as a text; empty if all of it does."""
    error = best_match(VALIDATOR.iter_errors(document))
    return "%s: %s" % (error.json_path, error.message) if error else ""


def read(text):
    """One document that fits the schema."""
    document = parse(text)
    problem = misfit(document)
    assert not problem, problem
    return document
