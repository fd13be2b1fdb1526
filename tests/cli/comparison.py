# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers of the program compared with those of the oracle."""

from oracle import LEVEL_NAMES, Oracle


def reason_set(answer):
    """The reasons of an answer, reduced to what the contract fixes for each code."""
    found = set()
    for reason in answer["reasons"]:
        code = reason["code"]
        if code == "splits-leaf":
            found.add((code, reason["map"], reason["edge"]))
        elif code == "malformed-cont":
            found.add((code, reason["map"], None))
        else:
            found.add((code, None, None))
    return found


def differences(wanted, got, path):
    """Where two JSON values differ, ignoring keys that only GOT has."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        return [text for key in wanted
                for text in differences(wanted[key], got.get(key), path + "." + key)]
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        return [text for number, pair in enumerate(zip(wanted, got))
                for text in differences(*pair, "%s[%d]" % (path, number))]
    return [] if wanted == got else ["%s: expected %s, got %s" % (path, wanted, got)]


class Judge:
    """Compares answers of the program with the oracle's."""

    def __init__(self, layout, model):
        self.layout = layout
        self.kernel = layout.kernel
        self.oracle = Oracle(layout, model)
        self.page_faults = any(fault.kind.endswith("-table") or fault.kind == "wrong-pa"
                               for fault in layout.machine.faults)

    def check(self, query, answer):
        """Differences between an answer and the expected one."""
        oracle, start, size = self.oracle, query.start, query.size
        reasons = oracle.reasons(start, size)
        texts = differences({"start": "%#x" % start, "end": "%#x" % (start + size - 1),
                             "size": size, "verdict": oracle.verdict(reasons)}, answer, "range")
        if reason_set(answer) != reasons:
            texts.append("reasons: expected %s, got %s"
                         % (sorted(reasons, key=str), sorted(reason_set(answer), key=str)))
        texts += self.check_leaves_of_reasons(start, size, answer)
        if not self.wrong_output(start, size):
            texts += differences(oracle.mapping(start, size), answer, "range")
        if not self.page_faults and self.page_aligned_vmemmap(start, size):
            texts += differences(oracle.teardown(start, size), answer["teardown"], "teardown")
        if self.whole_online_blocks(start, size):
            texts += differences(oracle.guard(start, size), answer["guard"], "guard")
        return texts

    def wrong_output(self, start, size):
        """Whether bytes are hard to classify, because a leaf leads elsewhere."""
        return self.oracle.views["linear"].wrong_output(*self.layout.span("linear", start, size))

    def page_aligned_vmemmap(self, start, size):
        """Flushes of part of a page of struct pages do not matter."""
        return not any(va % self.kernel.page_size
                       for va in self.layout.span("vmemmap", start, size))

    def whole_online_blocks(self, start, size):
        """Whether the guard would be asked about each of the blocks."""
        step = self.kernel.section_size
        if self.page_faults or start % step or size % step:
            return False
        return all(region is not None and region.online
                   for region in self.oracle.sections(start, size))

    def check_leaves_of_reasons(self, start, size, answer):
        """A splits-leaf names the leaf that it splits."""
        texts = []
        for reason in answer["reasons"]:
            if reason["code"] != "splits-leaf":
                continue
            span = self.layout.span(reason["map"], start, size)
            edge = span[reason["edge"] == "end"]
            if reason["edge"] is None:      # between two blocks with a call each
                edge = int(reason["va"], 16)
            view = self.oracle.views[reason["map"]]
            texts += differences("%#x" % edge, reason["va"], "splits-leaf.va")
            if view.broken_at(edge) is not None:
                continue
            name, va, pa, leaf_size = view.leaf(edge)
            wanted = {"level": name, "va": "%#x" % va, "size": leaf_size}
            if not self.wrong_output(start, size):
                wanted["pa"] = "%#x" % pa
            texts += differences(wanted, reason["leaf"], "splits-leaf.leaf")
        return texts


def map_runs(view):
    """The runs that --map must show for one map."""
    pieces = []
    for run in view.layout.runs:
        pieces += _map_pieces(view, run)
    merged = []
    for piece in pieces:
        if merged and _follows(merged[-1], piece):
            merged[-1]["count"] += piece["count"]
        else:
            merged.append(piece)
    return [dict(piece, va="%#x" % piece["va"], pa="%#x" % piece["pa"]) for piece in merged]


def _map_pieces(view, run):
    """A run as whole groups, or singly if its group is malformed."""
    if not run.cont:
        return [_piece(run, False, run.size)]
    group = view.geometry.cont_size(run.level)
    members = view.geometry.members(run.level)
    pieces, at = [], 0
    while at < run.count:
        va = run.va + at * run.size
        count = min(run.count - at, members - va % group // run.size)
        whole = (run.level, va & -group) not in view.broken
        pieces.append(_piece(run.cut(at, at + count), whole, group if whole else run.size))
        at += count
    return pieces


def _piece(run, whole, size):
    return {"va": run.va, "pa": run.pa, "level": LEVEL_NAMES[run.level, whole],
            "leaf_size": size, "count": run.count * run.size // size,
            "valid": run.state == "valid", "expected": True}


def _follows(last, piece):
    """Whether two pieces form one run."""
    size = last["leaf_size"] * last["count"]
    kind = ("level", "leaf_size", "valid")
    return (all(last[key] == piece[key] for key in kind)
            and last["va"] + size == piece["va"] and last["pa"] + size == piece["pa"])
