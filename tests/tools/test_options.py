# SPDX-License-Identifier: GPL-2.0-or-later
"""Which options tools/check_options.py finds in the texts of the library."""

import check_options


def found(text):
    """The options that a text of C names, with their lines."""
    return list(check_options.options(text))


def test_options_in_strings_are_found():
    text = 'f("give --va-bits", 1);\ng("--phys-offset or "\n  "--assume=guard=requested");\n'
    assert found(text) == [(1, "--va-bits"), (2, "--phys-offset"), (3, "--assume")]


def test_an_option_whose_name_is_a_conversion_is_found():
    assert found('f("give --%s", name);\n') == [(1, "--%s")]


def test_comments_and_code_do_not_count():
    assert found("/* as --va-bits */\nwhile (i --> 0 && --i);\n// --json\n") == []


def test_dashes_before_anything_else_are_no_option():
    assert found('f("---[ Linear Mapping start ]---", "a -- b", "--0x10");\n') == []


def test_words_in_braces_are_no_option():
    assert found('f("give {va_bits}, or {calls=block}");\n') == []


def test_the_library_and_its_header_are_looked_at():
    names = {path.relative_to(check_options.SOURCE.parent).as_posix()
             for path in check_options.files()}
    assert {"src/leaf_check.c", "src/kernel/override.c", "src/base/error.c",
            "include/hotremove/hotremove.h"} <= names
    assert not [name for name in names if name.startswith(("src/cli/", "src/report/", "src/os/"))]
