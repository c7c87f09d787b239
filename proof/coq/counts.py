#!/usr/bin/env python3
"""Counts what Vectors_*.v evaluate, and compares it with the JSON files. It shares no code with vectors.py, so a case
that vectors.py drops or repeats is noticed.

usage: counts.py VECTOR_FOLDER FOLDER
"""
import json
import pathlib
import re
import sys

VECTORS, FOLDER = map(pathlib.Path, sys.argv[1:])


def cases(name, kept=lambda outcome: True, fields=None):
    """How many different cases the file has, of those with these outcomes; different in these fields. For Coq, all
    unknown purposes are one."""
    listed = json.loads((VECTORS / f"{name}.json").read_text(encoding="ascii"))["cases"]
    for case in listed:
        if case.get("expect") == "unknown-purpose":
            case["purpose"] = ""
    return len({json.dumps({f: case[f] for f in fields or case}, sort_keys=True)
                for case in listed if kept(case.get("expect"))})


def fine(outcome):
    return outcome == "ok"


def refused(outcome):
    return outcome != "ok"


EXPECTED = {
    "numbers": cases("numbers"),
    "check_digits": cases("check_digits", fine),
    "labels": cases("keys", fine, ["purpose", "scope", "epoch"]),
    "keys": cases("keys", fine),
    "faults": cases("keys", refused, ["purpose", "scope", "epoch"]),
    "symbols": cases("symbols"),
    "macs": cases("published/rfc4231"),
    "expansions": cases("published/rfc5869"),
}


def evaluated(name):
    """The rows of the table that Coq evaluates, each different row once."""
    text = (FOLDER / f"Vectors_{name}.v").read_text(encoding="ascii")
    rows = re.search(rf"^Definition {name} : seq [^\n]* := \[::\n(.*)\]%num\.$", text, re.DOTALL | re.MULTILINE)[1]
    rows = [row.strip().rstrip(";") for row in rows.split("\n")]
    check = f"Example agree : (size {name} == {len(rows)}) && all check_{name[:-1]} {name} = true.\nProof. by vm_cast"
    if check not in text:
        sys.exit(f"Vectors_{name}.v does not check each of its {len(rows)} rows")
    return len(set(rows))


if {path.stem[8:] for path in FOLDER.glob("Vectors_*.v")} != set(EXPECTED):
    sys.exit(f"the tables are not {sorted(EXPECTED)}")
for table, count in EXPECTED.items():
    if evaluated(table) != count:
        sys.exit(f"{table}: {evaluated(table)} are evaluated, but the vectors have {count}")
    print(f"{count:4} {table}")
