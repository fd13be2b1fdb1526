# SPDX-License-Identifier: GPL-2.0-or-later
"""--html: a page that is well-formed, holds every answer, loads nothing, and stays small."""

import base64
import hashlib
import os
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import containers
import pytest
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region
from profiles import skip_if_left_out
from sample import FREE, SPLIT
from support import skip_under_valgrind
from vast import write_vast

GIB, MIB = 1 << 30, 1 << 20
LIMIT = 2 << 20

# What would be markup in a page, as text, in an attribute, and at the end of an element.
HOSTILE = "7.2.12\"'><script>alert(1)</script><b>&lt;</style></title>"
# Elements that load, run or send something.
ACTIVE = {"script", "link", "iframe", "object", "embed", "img", "image", "form", "input", "base",
          "audio", "video", "source", "foreignObject", "use", "animate", "set"}
VOID = {"meta", "br"}


class Strict(HTMLParser):
    """A parser for pages of HTML that fails if elements do not nest."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        """Remember TAG."""
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Remember TAG, which has no content."""
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """TAG must be the element that was opened last."""
        assert self.open.pop() == tag

    def check(self, text):
        """Parse all of TEXT; return the elements as (tag, attributes)."""
        self.feed(text)
        self.close()
        assert self.open == []
        return self.seen


class Page:
    """A page, as both parsers see it."""

    def __init__(self, text):
        self.text = text
        self.root = ElementTree.fromstring(text.split("\n", 1)[1])
        self.elements = Strict().check(text)

    def all_text(self):
        """The text of the page, without its style sheet."""
        return " ".join(part for element in self.root.iter() if element.tag != "style"
                        for part in (element.text, element.tail) if part)

    def rows(self, caption):
        """The rows of all tables whose caption begins with CAPTION, as texts of cells."""
        return [["".join(cell.itertext()) for cell in row]
                for table in self.root.iter("table")
                if table.find("caption").text.startswith(caption)
                for row in table.find("tbody")]


def page_of(program, *arguments, statuses=(0, 1, 2)):
    """Run it with --html; the Page."""
    result = program.run(*arguments, "--html")
    assert result.returncode in statuses, result.message
    return Page(result.text)


def span(entry):
    """The range of ENTRY, as a page has it."""
    return "%s-%s" % (entry["start"], entry["end"])


def test_page_without_a_query_is_about_blocks_and_map(program, sample):
    text = page_of(program, sample.core, statuses=(0,)).all_text()
    assert "Memory blocks in" in text
    assert "Leaves of the linear map" in text


def test_page_with_ranges_is_about_them(program, sample):
    text = page_of(program, sample.core, "-r%#x+512M" % FREE, statuses=(0,)).all_text()
    assert "The ranges asked for" in text
    assert "Memory blocks in" not in text


@pytest.mark.parametrize("other", ("--json", "--quiet", "--summary", "--explain"))
def test_page_is_one_form_of_output(program, sample, other):
    program.refused(sample.core, "--html", other, status=64)


def test_page_is_not_watched(program, sample):
    message = program.refused("--kcore=" + sample.path, "--html", "--watch=1", status=64)
    assert "--html shows one moment" in message


def test_error_is_no_page(program):
    result = program.run("--vmcore=/nonexistent", "--html")
    assert (result.returncode, result.stdout) == (2, b"")


def test_page_can_be_saved(program, sample):
    asked = (sample.core, "-r%#x+128M" % SPLIT)
    page = program.run_ok(*asked, "--html", status=1)
    assert program.run_ok(*asked, "--report=" + program.file("p.html"), status=1) == ""
    with open(program.file("p.html"), encoding="utf-8") as file:
        assert file.read() == page
    assert os.stat(program.file("p.html")).st_mode & 0o777 == 0o600


def test_page_and_snapshot_are_saved_together(program, sample):
    files = [program.file(name) for name in ("page.html", "tables.elf")]
    program.run_ok(sample.core, "--report=" + files[0], "--save-tables=" + files[1])
    assert all(os.path.getsize(file) for file in files)


def test_failed_report_leaves_what_was_there(program):
    with open(program.file("page.html"), "w", encoding="utf-8") as file:
        file.write("older")
    before = os.listdir(os.path.dirname(program.file("page.html")))
    program.refused("--report=page.html", "--vmcore=/dev/null", "memory1")
    assert os.listdir(os.path.dirname(program.file("page.html"))) == before
    with open(program.file("page.html"), encoding="utf-8") as file:
        assert file.read() == "older"


@pytest.mark.parametrize("arguments, part", (
    (("--report=-",), "--html writes to standard output"),
    (("--report=a", "--report=b"), "only once"),
    (("--report=a", "--json"), "mutually exclusive"),
    (("--report=a", "--save-tables=a"), "name the same file"),
))
def test_report_that_cannot_be_saved_is_refused(program, sample, arguments, part):
    assert part in program.refused(sample.core, "memory1", *arguments, status=64)


def test_report_does_not_replace_the_source(program, sample):
    path = sample.core.removeprefix("--vmcore=")
    message = program.refused(sample.core, "memory1", "--report=" + path, status=64)
    assert "would replace the source" in message


def test_page_can_only_use_its_own_style(program, sample):
    """The policy names the style sheet by its hash."""
    page = page_of(program, sample.core)
    policy, = (attributes["content"] for tag, attributes in page.elements
               if attributes.get("http-equiv") == "Content-Security-Policy")
    style = page.root.find("head/style").text
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == ("default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; "
                      "form-action 'none'" % digest)
    assert not {tag for tag, _ in page.elements} & ACTIVE
    assert not {name for _, attributes in page.elements for name in attributes
                if name.startswith("on") or name in ("style", "src", "action")}
    assert all(attributes["href"].startswith("#") for _, attributes in page.elements
               if "href" in attributes)
    assert re.findall(r"url\((?!#)|@import|https?:", page.text) == []


def test_headings_descend_step_by_step(program, sample):
    page = page_of(program, sample.core, "--blocks", "--map", "-r%#x+512M" % FREE,
                   "--suggest=128M")
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))


def test_tables_have_captions_and_headings(program, sample):
    page = page_of(program, sample.core, "--blocks", "--map", "-r%#x+512M" % SPLIT)
    tables = list(page.root.iter("table"))
    assert tables
    assert all(table.find("caption").text for table in tables)
    assert all(head.get("scope") in ("row", "col") for head in page.root.iter("th"))


def test_links_lead_to_what_is_there_once(program, sample):
    page = page_of(program, sample.core, "--blocks", "--map", "-r%#x+512M" % SPLIT)
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(names) == len(set(names))
    links = [attributes["href"][1:] for _, attributes in page.elements if "href" in attributes]
    assert links and set(links) <= set(names)
    fills = set(re.findall(r"url\(#(\w+)\)", page.root.find("head/style").text))
    assert fills and fills <= set(names)


def test_page_has_every_answer_about_ranges(program, sample):
    query = (sample.core, "-r%#x+512M" % FREE, "-r%#x+512M" % SPLIT)
    document = program.document(*query)
    page = page_of(program, *query)
    rows = page.rows("The ranges asked for")
    assert len(rows) == len(document["ranges"])
    for number, (row, answer) in enumerate(zip(rows, document["ranges"]), 1):
        assert row[0] == "R%d %s" % (number, span(answer))
        assert row[2].lower().replace(" ", "-") == answer["verdict"]
        assert row[3] == ", ".join(dict.fromkeys(reason["code"] for reason in answer["reasons"]))
        assert row[4] == answer["guard"]["outcome"]
        check_reasons(page, answer)
        check_teardown(page, answer)


def test_page_has_the_advice(program, sample):
    """What would let the memory go that is under one large leaf."""
    query = (sample.core, "-r%#x+512M" % SPLIT)
    advice = program.document(*query)["ranges"][0]["advice"]
    text = page_of(program, *query).all_text()
    assert ("Advice: " in text) == bool(advice)
    if advice:
        assert "each memory block of %s could be removed" % span(advice) in text


def check_reasons(page, answer):
    """The reasons, and the leaves in the way, are in a table of the range's own."""
    rows = page.rows("Reasons against removing %s" % span(answer))
    assert len(rows) == len(answer["reasons"])
    for row, reason in zip(rows, answer["reasons"]):
        assert row[:2] == [reason["code"], reason["message"]]
        leaf = reason["leaf"]
        if leaf:
            assert row[2] == "%s, %s" % (reason["map"], reason["edge"])
            assert int(row[3], 16) == int(reason["va"], 16)
            assert row[4].startswith(leaf["level"] + ", ")
            assert int(row[5].split("-")[0], 16) == int(leaf["va"], 16)
            assert int(row[6].split("-")[0], 16) == int(leaf["pa"], 16)


def check_teardown(page, answer):
    """All counts of both models are in a table of the range's own."""
    rows = page.rows("Cost of removing %s" % span(answer))
    for index, model in enumerate(("batched", "per_leaf")):
        counts = answer["teardown"][model]
        linear, vmemmap, tables, total = rows[4 * index:4 * index + 4]
        for row, count in ((linear, counts["linear"]), (vmemmap, counts["vmemmap"])):
            assert list(map(int, row[2:7])) == [count[key] for key in (
                "tlbi", "range_ops", "single_ops", "full_flushes", "flushes")]
        assert int(tables[2]) == counts["tables"]["tlbi"]
        assert int(tables[6]) == counts["tables"]["freed"]
        assert [int(total[i]) for i in (2, 7, 8)] == [counts["total"][key] for key in (
            "tlbi", "dsb", "isb")]


def test_page_has_every_memory_block(program, sample):
    document = program.document(sample.core, "--blocks")
    rows = page_of(program, sample.core, "--blocks").rows("Memory blocks in")
    size = document["kernel"]["memory_block_size"]
    shown = {}
    for row in rows:
        start, last = (int(word, 16) for word in re.findall("0x[0-9a-f]+", row[0]))
        for address in range(start, last, size):
            shown[address] = row
    assert sorted(shown) == [int(block["start"], 16) for block in document["blocks"]]
    for block in document["blocks"]:
        row = shown[int(block["start"], 16)]
        assert row[2] == {True: "boot", False: "hot-added"}[block["boot"]]
        assert row[5:7] == [block["verdict"], block["guard"]]
        assert row[7].startswith(", ".join(
            dict.fromkeys(reason["code"] for reason in block["reasons"])))


def test_refused_block_has_its_reason_in_words(program, sample):
    document = program.document(sample.core, "--blocks")
    text = page_of(program, sample.core, "--blocks").all_text()
    refused = [block for block in document["blocks"] if block["reasons"]]
    assert refused
    for block in refused:
        assert "%s: %s" % (block["name"], block["reasons"][0]["message"]) in text


def test_page_has_every_run_of_leaves(program, sample):
    document = program.document(sample.core, "--map")
    page = page_of(program, sample.core, "--map")
    for name in ("linear", "vmemmap"):
        rows = page.rows("Leaves of the %s map" % name)
        assert [(int(row[0].split("-")[0], 16), int(row[1], 16), row[2], int(row[4]))
                for row in rows] == [
            (int(run["va"], 16), int(run["pa"], 16), run["level"], run["count"])
            for run in document["map"][name]]


def test_page_has_every_suggestion(program, sample):
    document = program.document(sample.core, "--suggest=128M")
    rows = page_of(program, sample.core, "--suggest=128M").rows("Removable ranges")
    assert document["suggestions"]
    assert [(row[0], int(row[3]), int(row[4]), int(row[5])) for row in rows] == [
        (span(entry), entry["blocks"], entry["tlbi"], entry["refused"])
        for entry in document["suggestions"]]


def test_page_has_the_facts_and_the_models(program, sample):
    kernel = program.document(sample.core, "--blocks")["kernel"]
    page = page_of(program, sample.core, "--blocks")
    facts = dict(page.rows("Source and layout"))
    assert facts["release"] == kernel["release"]
    for name, key in (("PAGE_OFFSET", "page_offset"), ("VMEMMAP_START", "vmemmap_start"),
                      ("PA of swapper_pg_dir", "swapper_pg_dir")):
        assert int(facts[name], 16) == int(kernel[key], 16)
    models = {row[0]: row[1:] for row in page.rows("What this kernel does")}
    for name, key in (("teardown", "teardown"), ("flush", "flush"),
                      ("check at offlining", "guard"), ("mapping of added memory", "mapping")):
        assert models[name] == [kernel["models"][key]["value"] or "unknown",
                                kernel["models"][key]["from"]]


def test_page_has_the_warnings_and_overrides(program, sample):
    query = (sample.core, "--blocks", "--assume=teardown=per-leaf")
    document = program.document(*query)
    text = page_of(program, *query).all_text()
    assert all(warning in text for warning in document["warnings"])
    assert "teardown=per-leaf" in text


def test_prediction_is_not_taken_for_the_present(program, sample):
    page = page_of(program, sample.core, "--blocks", "--map", "--if-removed=%#x+128M" % FREE,
                   "--if-kernel=7.2.0")
    assert "This page does not describe the kernel as it is." in page.all_text()
    rows = page.rows("Predicted changes")
    assert rows[0][0] == "C1: %#x-%#x" % (FREE, FREE + 128 * MIB - 1)
    assert rows[1][0] == "kernel 7.2.0"


def test_present_is_not_called_a_prediction(program, sample):
    assert "prediction" not in page_of(program, sample.core).all_text()


def check_is_harmless(page, *shown):
    """What came from outside is text, and nothing else of it is in the page."""
    assert not {tag for tag, _ in page.elements} & (ACTIVE | {"b"})
    assert "alert(1)" not in page.text.replace("alert(1)&lt;/script&gt;", "")
    for text in shown:
        assert text in page.all_text()


def test_release_of_a_dump_is_text(program):
    image = Image(Layout(Machine(Kernel(release=HOSTILE), [Region(GIB, 256 * MIB, boot=True)])))
    containers.write_plain(program.file("core"), image)
    for query in ((), ("-rmemory8",)):
        check_is_harmless(page_of(program, "--vmcore=" + program.file("core"), *query), HOSTILE)


def test_name_of_a_dump_is_text(program, sample):
    name = HOSTILE.replace("/", "_")
    path = program.file(name)
    os.link(sample.path, path)
    page = page_of(program, "--vmcore=" + path, "--blocks")
    assert not {tag for tag, _ in page.elements} & (ACTIVE | {"b"})
    assert name in page.root.find("head/title").text
    assert name in page.all_text()


def test_words_of_the_command_line_are_text(program, sample):
    page = page_of(program, sample.core, "--blocks", "--kernel-release=" + HOSTILE)
    check_is_harmless(page, "--kernel-release=" + HOSTILE)


def test_release_of_a_prediction_is_text(program, sample):
    release = "7.2.0" + HOSTILE[6:]
    page = page_of(program, sample.core, "--blocks", "--if-kernel=" + release)
    check_is_harmless(page, "kernel " + release)


def test_reason_that_names_the_dump_is_text(program, sample):
    """Reasons and warnings may have what a file, or an error about it, says."""
    path = program.file("<b>&\"'")
    os.link(sample.holey.split("=")[1], path)
    page = page_of(program, "--vmcore=" + path, "--blocks", "--map", "-r%#x+512M" % FREE,
                   statuses=(2,))
    assert not {tag for tag, _ in page.elements} & (ACTIVE | {"b"})


@pytest.mark.parametrize("release", ("7.2.12\x1b[2J\x07", "7.2.12\x7f\x9b31m", "7.2.12-\u202egnorw",
                                     "7.2.12\ufffe\uffff", "7.2.12\ud800"))
def test_what_no_page_may_have_is_replaced(program, release):
    kernel = Kernel(release=release.encode("utf-8", "surrogatepass").decode("latin-1"))
    image = Image(Layout(Machine(kernel, [Region(GIB, 256 * MIB, boot=True)])))
    containers.write_plain(program.file("core"), image)
    text = page_of(program, "--vmcore=" + program.file("core")).text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff]", text)


def test_page_about_much_memory_is_small(program):
    """16 TiB by pages, whose tables are all read."""
    skip_under_valgrind(program, "this takes an hour")
    skip_if_left_out("page", "16 TiB")
    write_vast(program.file("vast"))
    result = program.run("--vmcore=" + program.file("vast"), "--html")
    assert len(result.stdout) < LIMIT
    Page(result.text)


def test_page_about_many_pieces_is_small_and_has_all_blocks(program):
    skip_under_valgrind(program, "this takes minutes")
    kinds = ("pmd", "pages", "cont-pmd")
    regions = [Region(GIB, 256 * MIB, boot=True)]
    regions += [Region(64 * GIB + i * 256 * MIB, 128 * MIB, linear=kinds[i % 3])
                for i in range(1200)]
    containers.write_plain(program.file("core"), Image(Layout(Machine(Kernel(), regions))))
    ranges = ["-r%#x+64M" % region.pa for region in regions[1:301]]
    result = program.run("--vmcore=" + program.file("core"), "--html", "--blocks", "--map",
                         "--suggest=128M", *ranges)
    assert len(result.stdout) < LIMIT
    page = Page(result.text)
    summaries = [summary.text for summary in page.root.iter("summary")]
    counts = [int(match[1]) for match in (
        re.search(r": (\d+) memory blocks?, ", summary) for summary in summaries) if match]
    assert sum(counts) == 1202
    assert "are joined" in page.all_text()
