# SPDX-License-Identifier: GPL-2.0-or-later
"""The demands on a churn: every answer was true at some moment of the run that gave it.

A DIMM is absent, present, or in transition (`adding`, `removing`). While it is present or absent,
exactly one set of reasons is true of a range. That set follows from the reference walk, the layout
of the ranges and the kernel's check, not from the tool. During a transition the kernel makes or
removes mappings and sections one by one. Then the true set is the one before, or the one after, or,
as long as a section is missing, `not-present` with either of the two. A run is compared with all
phases that it overlaps. `unreadable` is never untrue, and is counted; any of the true reasons may
stand beside it. So `removable` is an error unless the DIMM was present or in transition, and there
was no reason against its removal.
"""

import json
import re
from collections import Counter
from functools import cached_property

from checks import codes, first, unequal, without_sandbox

BLOCK = 128 << 20
MOVING = {"adding", "removing"}
STATUS = {0: "removable", 1: "not-removable", 2: "unknown"}
ALARM = re.compile(r"BUG:|WARNING:|Unable to handle|Oops|Call trace|Internal error")
NEEDED_CYCLES, NEEDED_OVERLAPS = 10, 50


class Truth:
    """What is true of each range while the DIMM is there, and while it is not."""

    def __init__(self, case, evidence):
        self.case, self.leaves = case, evidence.leaves
        boot = codes(evidence.present.range(case.boot))
        self.absent = {case.boot: boot}
        self.present = {case.boot: boot}
        for wanted in (*case.ranges, *case.blocks):
            if wanted != case.boot:
                own = self._layout(wanted)
                self.absent[wanted] = own | {"not-present"}
                self.present[wanted] = own | self._leaf_reasons(wanted)

    def _layout(self, wanted):
        reasons = set()
        if wanted.start % BLOCK or wanted.size % BLOCK:
            reasons.add("misaligned")
        if wanted.start + wanted.size > self.case.dimm.start + self.case.dimm.size:
            reasons.add("not-present")
        return reasons

    def _leaf_reasons(self, wanted):
        if self.leaves.splits(wanted.start, wanted.size):
            return {"splits-leaf"}
        low, high = wanted.start // BLOCK, -(-(wanted.start + wanted.size) // BLOCK)
        vetoed = any(self.leaves.splits(number * BLOCK, BLOCK) for number in range(low, high))
        return {"guard-veto"} if self.case.guarded and vetoed else set()

    def allows(self, wanted, kinds, found):
        """Whether a run that overlapped these phases can have found all of these reasons."""
        sure = found - {"unreadable"}
        before, after = self.absent[wanted], self.present[wanted]
        if kinds & MOVING:
            return sure <= before | after and ("unreadable" in found or sure in (before, after)
                                               or "not-present" in sure)
        true = before if "absent" in kinds else after
        return sure <= true if "unreadable" in found else sure == true

    def allows_verdict(self, wanted, kinds, verdict):
        """The same for a verdict alone."""
        if verdict == "unknown":
            return True
        true = []
        if kinds & {"absent", *MOVING}:
            true.append(self.absent[wanted])
        if kinds - {"absent"}:
            true.append(self.present[wanted])
        return any(bool(reasons) == (verdict == "not-removable") for reasons in true)


class Seen:
    """One run, with the phases that it overlapped."""

    def __init__(self, run, phases):
        self.run = run
        self.phases = [phase for phase in phases
                       if phase.begin <= run.end and phase.end >= run.begin]
        self.kinds = {phase.kind for phase in self.phases}
        self.moving = bool(self.kinds & MOVING)

    @cached_property
    def document(self):
        """The JSON document that it printed, or None; only for a run with --json."""
        try:
            return json.loads(self.run.output)
        except ValueError:
            return None

    @property
    def entries(self):
        """Its answers about ranges, each with its range."""
        ranges = (self.document or {}).get("ranges") or []
        return list(zip(self.run.ranges, ranges))

    @property
    def verdicts(self):
        """Its answers by range, in short."""
        if "--json" not in self.run.words:
            return [(self.run.ranges[0], STATUS.get(self.run.status))]
        return [(wanted, entry["verdict"]) for wanted, entry in self.entries]

    @property
    def failed(self):
        """The sentence of a run without an answer."""
        if "--json" in self.run.words:
            return ((self.document or {}).get("error") or {}).get("message", "")
        return self.run.errors.strip()

    def __str__(self):
        return f"{self.run.words} at {self.run.begin} ({', '.join(sorted(self.kinds))})"


class Churned:
    """All runs of a guest."""

    def __init__(self, case, evidence):
        self.case, self.evidence = case, evidence
        self.truth = Truth(case, evidence)
        phases = evidence.phases
        self.seen = [Seen(run, phases) for run in evidence.runs]
        self.listings = [seen for seen in self.seen if "--blocks" in seen.run.words]


def as_asked(churned):
    """with the DIMM there, the tool gives the reasons that the reference walk implies"""
    present = churned.evidence.present
    return first(unequal(wanted.name, codes(present.range(wanted)),
                         churned.truth.present[wanted]) for wanted in churned.case.ranges)


def enough(churned):
    """there were enough runs and cycles, and runs while memory came and went"""
    overlaps = sum(seen.moving for seen in churned.seen)
    runs = len(churned.seen)
    return first((
        unequal("runs", runs, churned.case.runs),
        f"{churned.evidence.cycles} cycles" if churned.evidence.cycles < NEEDED_CYCLES else "",
        f"{overlaps} overlaps" if overlaps < NEEDED_OVERLAPS else "",
        f"{runs - overlaps} at rest" if runs - overlaps < NEEDED_OVERLAPS else "",
        *(f"no run while {kind}" for kind in ("absent", "present", "offlining", "onlining")
          if not any(kind in seen.kinds for seen in churned.seen))))


def statuses(churned):
    """the exit status is 0, 1 or 2, never a signal"""
    return first(f"{seen}: {seen.run.status}" for seen in churned.seen
                 if seen.run.status not in STATUS)


def documents(churned):
    """--json prints one document, -q nothing"""
    return first(f"{seen}: {seen.run.output[:100]!r}" for seen in churned.seen
                 if (seen.document is None if "--json" in seen.run.words else seen.run.output))


def sandboxed(churned):
    """and the sandbox is on"""
    return first(without_sandbox(str(seen), seen.document) for seen in churned.seen
                 if seen.document is not None and not seen.failed)


def complete(churned):
    """and it has an answer about each range, or says in a sentence why there is none"""
    return first(f"{seen}: {len(seen.entries)} answers" for seen in churned.seen
                 if "--json" in seen.run.words and not seen.failed
                 and [f"{wanted.start:#x}" for wanted in seen.run.ranges]
                 != [entry["start"] for entry in seen.document["ranges"]])


def status_of(verdicts):
    """The exit status that follows from some verdicts."""
    if "not-removable" in verdicts:
        return 1
    return 2 if "unknown" in verdicts else 0


def status_as_verdicts(churned):
    """and the status is that of the document's verdicts"""
    return first(unequal(str(seen), seen.run.status,
                         2 if seen.failed else status_of([word for _, word in seen.verdicts]))
                 for seen in churned.seen if "--json" in seen.run.words)


def true_verdicts(churned):
    """no verdict that was untrue throughout its run"""
    return first(f"{seen}: {wanted.name}: {verdict}" for seen in churned.seen
                 for wanted, verdict in seen.verdicts
                 if not churned.truth.allows_verdict(wanted, seen.kinds, verdict))


def true_reasons(churned):
    """no reason that was untrue throughout its run"""
    return first(f"{seen}: {wanted.name}: {sorted(codes(entry))}" for seen in churned.seen
                 for wanted, entry in seen.entries
                 if not churned.truth.allows(wanted, seen.kinds, codes(entry)))


def block_states(seen, block):
    """The states that a listing may give for a block of the DIMM, None for its absence. A block
    that is just going offline is neither online nor offline: the JSON document has `null`."""
    states = set()
    for phase in seen.phases:
        if phase.kind in MOVING:
            return {"online", "offline", "null", None}
        if phase.kind == "absent":
            states.add(None)
        else:
            states.add("online")
        if phase.block == block.name:
            states |= {"offline", "null"}
    return states


def listed(seen):
    """The listed blocks by name."""
    return {block["name"]: block for block in (seen.document or {}).get("blocks") or []}


def true_states(churned):
    """--blocks lists the DIMM's blocks when they are there, with a state that they had"""
    problems = []
    for seen in churned.listings:
        blocks = {} if seen.failed else listed(seen)
        for block in churned.case.blocks if blocks else ():
            entry = blocks.get(block.name)
            state = (entry["state"] or "null") if entry else None
            if state not in block_states(seen, block):
                problems.append(f"{seen}: {block.name}: {state}")
    return first(problems)


def true_blocks(churned):
    """and with reasons that they had"""
    return first(f"{seen}: {block.name}: {sorted(codes(listed(seen)[block.name]))}"
                 for seen in churned.listings for block in churned.case.blocks
                 if block.name in listed(seen)
                 and not churned.truth.allows(block, seen.kinds,
                                              codes(listed(seen)[block.name])))


def answers(churned):
    """Every verdict about a range, with its run."""
    return [(seen, verdict) for seen in churned.seen for _, verdict in seen.verdicts]


def sure_at_rest(churned):
    """an answer is unknown only while memory comes or goes"""
    return first((
        *(f"{seen}" for seen, verdict in answers(churned)
          if verdict == "unknown" and not seen.moving),
        *(f"{seen}: {seen.failed}" for seen in churned.seen if seen.failed and not seen.moving)))


def quiet_kernel(churned):
    """the kernel's log has no complaint"""
    return first(line for line in churned.evidence.messages.splitlines() if ALARM.search(line))


DEMANDS = (as_asked, enough, statuses, documents, sandboxed, complete, status_as_verdicts,
           true_verdicts, true_reasons, true_states, true_blocks, sure_at_rest, quiet_kernel)


def judge(case, evidence):
    """Yield each demand's text and what is wrong, an empty text if nothing is."""
    churned = Churned(case, evidence)
    for demand in DEMANDS:
        yield demand.__doc__, demand(churned)


def figures(case, evidence):
    """The part that is kept for the document."""
    churned = Churned(case, evidence)
    given = answers(churned)
    times = [seen.run.end - seen.run.begin for seen in churned.seen]
    kinds = Counter(phase.kind for phase in evidence.phases)
    return {"runs": len(times), "cycles": evidence.cycles, "offlined": kinds["offlining"],
            "moving_runs": sum(seen.moving for seen in churned.seen),
            "answers": len(given), "verdicts": Counter(verdict for _, verdict in given),
            "moving": sum(seen.moving for seen, _ in given),
            "unknown_moving": sum(seen.moving for seen, verdict in given
                                  if verdict == "unknown"),
            "unknown_at_rest": sum(not seen.moving for seen, verdict in given
                                   if verdict == "unknown"),
            "no_answer": Counter(seen.failed for seen in churned.seen if seen.failed),
            "mean_ms": sum(times) // max(len(times), 1) // 1000000,
            "dimm": {"start": case.dimm.start, "size": case.dimm.size}}
