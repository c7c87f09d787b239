#!/usr/bin/env python3
"""Writes Vectors_*.v, one file for each table. For each case of the project's vectors that the Coq definitions cover, and
for the published cases of HMAC and HKDF, they contain a check by Coq's virtual machine. counts.py counts them again.

usage: vectors.py VECTOR_FOLDER FOLDER
"""
import json
import pathlib
import sys

PURPOSES = ["agency", "insurers", "eligibility", "network", "research", "registry", "portal"]
FAULTS = {"scope-id": "ScopeId", "scope-id-fixed": "ScopeIdFixed", "epoch-zero": "EpochZero",
          "unknown-purpose": "UnknownPurpose"}


def cases(kind):
    with open(f"{sys.argv[1]}/{kind}.json", encoding="ascii") as file:
        data = json.load(file)
    assert data["schema"] == "fugo-vectors-1" and data["kind"] == kind
    return data["cases"]


def published(name):
    with open(f"{sys.argv[1]}/published/{name}.json", encoding="ascii") as file:
        return json.load(file)["cases"]


def listed(octets):
    return f"(octets {len(octets)}%nat 0x0{octets.hex()})"


def hexed(text):
    return listed(bytes.fromhex(text))


def scope(case):
    purpose = PURPOSES.index(case["purpose"]) + 1 if case["purpose"] in PURPOSES else 0
    return f"(Scope {purpose} {listed(case['scope'].encode())} {case['epoch']})"


def verdict(case):
    return {"ok": lambda: "Good", "non-digit": lambda: f"(NonDigit {case['offset']}%nat)",
            "length": lambda: f"(Length {case['found']}%nat)", "check-digit": lambda: "WrongCheckDigit",
            "never-issued": lambda: "NeverIssued"}[case["expect"]]()


def table(name, kind, rows):
    """One file; its check is called agree."""
    assert rows, name
    pathlib.Path(sys.argv[2], f"Vectors_{name}.v").write_text(
        "(** Generated from the project's vectors by vectors.py. *)\n"
        "From Coq Require Import NArith.\nFrom mathcomp Require Import all_ssreflect.\n"
        "From fugo Require Import Sha256 Encoding Checks.\n\n"
        f"Definition {name} : seq ({kind}) := [::\n  " + ";\n  ".join(rows) + "]%num.\n\n"
        f"Example agree : (size {name} == {len(rows)}) && all check_{name[:-1]} {name} = true.\n"
        "Proof. by vm_cast_no_check (erefl true). Qed.\n", encoding="ascii")


numbers, digits, keys, symbols = map(cases, ["numbers", "check_digits", "keys", "symbols"])
good_keys = [case for case in keys if case["expect"] == "ok"]
assert all(case["expect"] == "ok" for case in symbols)

table("numbers", "bytes * verdict", [f"({listed(c['text'].encode())}, {verdict(c)})" for c in numbers])
table("check_digits", "bytes * N", [f"({listed(c['body'].encode())}, {c['digit']})" for c in digits
                                    if c["expect"] == "ok"])
table("labels", "scope * bytes", [f"({scope(c)}, {hexed(c['label'])})" for c in good_keys])
table("faults", "scope * scope_fault", [f"({scope(c)}, {FAULTS[c['expect']]})" for c in keys
                                        if c["expect"] != "ok"])
table("keys", "bytes * scope * (bytes * bytes * bytes)",
      [f"({hexed(c['root'])}, {scope(c)}, ({hexed(c['root_tag'])}, {hexed(c['scope_key'])}, {hexed(c['tag'])}))"
       for c in good_keys])
table("symbols", "bytes * scope * bytes * bytes",
      [f"({hexed(c['root'])}, {scope(c)}, {listed(c['number'].encode())}, {hexed(c['symbol'])})" for c in symbols])
table("macs", "bytes * bytes * bytes",
      [f"({hexed(c['key'])}, {hexed(c['data'])}, {hexed(c['mac'])})" for c in published("rfc4231")])
expansions = published("rfc5869")
assert all(len(c["okm"]) == 2 * c["L"] for c in expansions)
table("expansions", "bytes * bytes * bytes",
      [f"({hexed(c['prk'])}, {hexed(c['info'])}, {hexed(c['okm'])})" for c in expansions])
