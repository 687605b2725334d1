"""Reads Autobahn's index.json and says whether every case is as good as it has to be.

Usage: conformance_verdict.py INDEX.json EXPECTED_CASES LABEL
Runs on Python 2.7 and 3. Exit code 1 when a case is worse than INFORMATIONAL, missing, or did not close cleanly.
"""
from __future__ import print_function

import collections
import json
import sys

GOOD_BEHAVIOUR = ("OK", "INFORMATIONAL")


def natural_order(case):
    return [int(part) for part in case.split(".")]


def main(path, expected, label):
    with open(path) as handle:
        agents = json.load(handle)
    if len(agents) != 1:
        print("%s: expected one agent in %s, found %d" % (label, path, len(agents)))
        return 1
    cases = list(agents.values())[0]
    counts = collections.Counter(case["behavior"] for case in cases.values())
    worse = [
        (name, case["behavior"], case["behaviorClose"])
        for name, case in cases.items()
        if case["behavior"] not in GOOD_BEHAVIOUR or case["behaviorClose"] not in GOOD_BEHAVIOUR
    ]
    for name, behaviour, close in sorted(worse, key=lambda row: natural_order(row[0])):
        print("  %-8s behaviour %-14s close %s" % (name, behaviour, close))
    summary = ", ".join("%d %s" % (counts[key], key) for key in sorted(counts, reverse=True))
    missing = expected - len(cases)
    print("%s: %d cases: %s%s" % (label, len(cases), summary, "; %d MISSING" % missing if missing > 0 else ""))
    return 1 if worse or missing > 0 else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
