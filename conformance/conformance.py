"""Every vector, played through the installed Python package:   conformance.py VECTORS_DIR

Prints `NAME CASES` for each file; on a mismatch `NAME case ID: …` on standard error, and exits 1 at the end.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fugo

Case = dict[str, Any]
Outcome = dict[str, Any]


def outcome_of_error(error: fugo.FugoError, *numbers: str) -> Outcome:
    """The kind, and those of its numbers that it has."""
    outcome: Outcome = {"expect": error.kind}
    for name in numbers:
        value = getattr(error, name)
        if value is not None:
            outcome[name] = value
    return outcome


def check_digits(case: Case) -> Outcome:
    try:
        digits = {fugo.check_digit(body) for body in (case["body"], case["body"].encode())}
        return {"expect": "ok", "digit": digits.pop() if len(digits) == 1 else "two"}
    except fugo.MyNumberError as error:
        return outcome_of_error(error, "offset", "found")


def numbers(case: Case) -> Outcome:
    text = case["text"]
    try:
        number = fugo.MyNumber(text)
        outcome: Outcome = {"expect": "ok"}
        if number.expose_digits() != text or number != fugo.MyNumber(text.encode()):
            outcome["digits"] = "not those given"
    except fugo.MyNumberError as error:
        outcome = outcome_of_error(error, "offset", "found")
    return both_doors(outcome, KEY.symbols([text], errors="null"))


def normalize(case: Case) -> Outcome:
    text, restore_zeros = case["text"], case["restore_zeros"]
    try:
        normalized = fugo.normalize(text, restore_zeros=restore_zeros)
        digits = normalized.parse().expose_digits()
        outcome: Outcome = {"expect": "ok", "digits": digits, "changes": list(normalized.changes)}
    except fugo.MyNumberError as error:
        outcome = outcome_of_error(error, "offset", "found")
    column = KEY.symbols([text], number_format="lenient", restore_zeros=restore_zeros, errors="null")
    return both_doors(outcome, column)


def both_doors(outcome: Outcome, column: fugo.SymbolColumn) -> Outcome:
    """The outcome of the scalar call, if the outcome of the column is the same."""
    found: Outcome = {"expect": "ok"}
    if column.faults:
        fault = column.faults[0]
        pairs: Outcome = {"expect": fault.kind, "offset": fault.offset, "found": fault.found}
        found = {name: value for name, value in pairs.items() if value is not None}
    same = all(outcome.get(name) == found.get(name) for name in ("expect", "offset", "found"))
    return outcome if same else {**outcome, "column": found}


def keys(case: Case) -> Outcome:
    try:
        scope = fugo.Scope.of(case["purpose"], case["scope"], case["epoch"])
    except fugo.ScopeError as error:
        return outcome_of_error(error)
    root = fugo.RootKey(bytes.fromhex(case["root"]))
    # A key never shows its bytes; it is equal to the key of the right ones, and to no other.
    expected = bytes.fromhex(case.get("scope_key", ""))
    is_right = len(expected) == 32 and root.scope_key(scope) == fugo.ScopeKey(scope, bytearray(expected))
    return {
        "expect": "ok",
        "root_tag": root.tag,
        "label": scope.label().hex(),
        "scope_key": case["scope_key"] if is_right else "another",
        "tag": root.scope_key(str(scope)).tag,
    }


def symbols(case: Case) -> Outcome:
    root = fugo.RootKey(bytes.fromhex(case["root"]))
    scope = fugo.Scope.of(case["purpose"], case["scope"], case["epoch"])
    number = fugo.MyNumber(case["number"])
    outcome: Outcome = {"expect": "ok"}
    if scope.purpose == "eligibility":
        insurers_key = root.scope_key("insurers/all/1")
        key = fugo.SymbolKey(root.scope_key(scope), insurers_key=insurers_key)
        insurers, issuer = fugo.SymbolKey(insurers_key), fugo.SymbolKey(root.scope_key(scope))
        first = insurers.symbol(number)
        outcome["insurers_symbol"] = bytes(first).hex()
        column = issuer.symbols_from_insurers([insurers.text(first)], insurers_tag=insurers.tag)
        others = [bytes(issuer.symbol_from_insurers(first)), *column.to_pylist()]
    else:
        key = fugo.SymbolKey(root.scope_key(scope))
        others = []
    symbol = key.symbol(number)
    text = key.text(symbol)
    others += [*key.symbols([case["number"]]).to_pylist(), *key.symbols([number], output="binary").to_pylist()]
    others += [bytes(key.parse_text(line)) for line in key.symbols([number], output="text").to_pylist()]
    outcome |= {"symbol": bytes(symbol).hex(), "text": text}
    if any(other != bytes(symbol) for other in others) or key.parse_text(text) != symbol:
        outcome["other functions"] = "another symbol"
    return outcome


def text(case: Case) -> Outcome:
    try:
        _, tag, symbol = fugo.decode_text(case["text"], purpose=case["purpose"], tag=case["tag"])
    except fugo.TextError as error:
        return outcome_of_error(error)
    outcome = {"expect": "ok", "symbol": bytes(symbol).hex()}
    again = symbol.text(tag)
    # Zeros mark a refused row in buffers of symbols, so no symbol may be made from them.
    if any(bytes(symbol)):
        again = fugo.Symbol(case["purpose"], bytes(symbol)).text(tag)
    return outcome if again == case["text"] else {**outcome, "encoded again": "another text"}


def lineage(case: Case) -> Outcome:
    try:
        made = fugo.Lineage((pair[0], pair[1]) for pair in case["pairs"])
    except fugo.LineageError as error:
        return {**outcome_of_error(error, "pair"), "queries": []}
    queries = [[query[0], made.first(query[0]).expose_digits()] for query in case["queries"]]
    return {"expect": "ok", "queries": queries}


def keyfile(case: Case) -> Outcome:
    try:
        file = fugo.KeyFile.parse_plaintext(bytearray(case["plaintext"].encode()))
    except fugo.KeyFileError as error:
        return outcome_of_error(error)
    key = file.key
    outcome: Outcome = {"expect": "ok", "use": file.usage, "tag": file.tag}
    if isinstance(key, fugo.RootKey):
        return outcome | {"kind": "root"}
    scope = key.scope
    return outcome | {"kind": "scope", "purpose": scope.purpose, "scope": scope.id, "epoch": scope.epoch}


KEY = fugo.SymbolKey(fugo.RootKey(bytes(range(32))).scope_key("agency/nta/1"))

# For each file: what plays a case, the inputs of a case, and every word that `expect` can be.
KINDS: dict[str, tuple[Callable[[Case], Outcome], set[str], set[str]]] = {
    "check_digits": (check_digits, {"body"}, {"ok", "non-digit", "length"}),
    "numbers": (numbers, {"text"}, {"ok", "non-digit", "length", "check-digit", "never-issued"}),
    "normalize": (
        normalize,
        {"text", "restore_zeros"},
        {
            "ok",
            "empty",
            "scientific-notation",
            "character",
            "length",
            "grouping",
            "check-digit",
            "never-issued",
        },
    ),
    "keys": (
        keys,
        {"root", "purpose", "scope", "epoch"},
        {"ok", "scope-id", "scope-id-fixed", "epoch-zero", "unknown-purpose"},
    ),
    "symbols": (symbols, {"root", "purpose", "scope", "epoch", "number"}, {"ok"}),
    "text": (text, {"text", "purpose", "tag"}, {"ok", "corrupted", "unknown-part", "wrong-purpose", "wrong-key"}),
    "lineage": (lineage, {"pairs"}, {"ok", "duplicate-new", "duplicate-previous", "self-pair", "cycle"}),
    "keyfile": (keyfile, {"plaintext"}, {"ok", "unknown-line", "missing-line", "bad-value", "tag-mismatch"}),
}


def play(name: str, directory: Path) -> bool:
    """Plays one file; whether every case came out as it says."""
    file = json.loads((directory / f"{name}.json").read_text("ascii"))
    if (file["schema"], file["kind"]) != ("fugo-vectors-1", name):
        raise SystemExit(f"{name}: schema or kind is not known")
    outcome_of, inputs, vocabulary = KINDS[name]
    is_good = True
    for case in file["cases"]:
        if case["expect"] not in vocabulary:
            raise SystemExit(f"{name} case {case['id']}: expect is not known")
        expected = {field: value for field, value in case.items() if field not in inputs | {"id", "comment"}}
        try:
            found = outcome_of(case)
        except fugo.FugoError as error:
            found = {"refused where nothing may be": error.kind}
        if found != expected:
            print(f"{name} case {case['id']}: expected {expected}, found {found}", file=sys.stderr)
            is_good = False
    print(name, len(file["cases"]))
    return is_good


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: conformance.py VECTORS_DIR", file=sys.stderr)
        return 2
    return 0 if all([play(name, Path(sys.argv[1])) for name in KINDS]) else 1


if __name__ == "__main__":
    sys.exit(main())
