"""Vectors with one wrong expectation a file: what a program that compares must find."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Case = dict[str, Any]

# In the order in which programs report them, each with what goes with `expect`.
KINDS: dict[str, tuple[str, ...]] = {
    "check_digits": ("digit", "offset", "found"),
    "numbers": ("offset", "found"),
    "normalize": ("digits", "changes", "offset", "found"),
    "keys": ("root_tag", "label", "scope_key", "tag"),
    "symbols": ("symbol", "text", "insurers_symbol"),
    "text": ("symbol",),
    "lineage": ("pair", "queries"),
    "keyfile": ("kind", "use", "tag", "purpose", "scope", "epoch"),
}

OTHERS = {"root": "scope", "scope": "root", "production": "test", "test": "production"}


def other(field: str, value: Any) -> Any:
    """A value of the same form that is not `value`."""
    match value:
        case int():
            return value + 1
        case list() if field == "changes":
            return value[1:] if value else ["trimmed"]
        case list():
            number, first = value[-1]
            return [*value[:-1], [number, "000000000051" if first != "000000000051" else "123456789018"]]
        case str() if field in ("kind", "use"):
            return OTHERS[value]
        case str() if field == "purpose":
            return "agency" if value != "agency" else "portal"
        case str() if field == "scope":
            return value[:-1] + ("a" if value[-1] != "a" else "b")
        case str():
            return value[:-1] + ("0" if value[-1] != "0" else "8")
    raise TypeError(f"no other value for {field}")


def outcome(kind: str, case: Case) -> Case:
    return {field: case[field] for field in ("expect", *KINDS[kind]) if field in case}


def spoils(kind: str, cases: list[Case]) -> Iterator[tuple[int, str, Case]]:
    """(place, what, spoilt case): the last case of each outcome with each of its fields changed, then with the outcome of
    another."""
    last: dict[str, int] = {case["expect"]: place for place, case in enumerate(cases)}
    for expect, place in last.items():
        seen = set()
        # The last case that has the field, since not every case of an outcome has every field.
        for at in range(place, -1, -1):
            case = cases[at]
            for field in KINDS[kind]:
                if case["expect"] == expect and field in case and case[field] != [] and field not in seen:
                    seen.add(field)
                    yield at, f"{field} changed", {**case, field: other(field, case[field])}
        kept = {name: value for name, value in cases[place].items() if name not in outcome(kind, cases[place])}
        for elsewhere in others(list(last), expect):
            given = outcome(kind, cases[last[elsewhere]])
            if kind == "lineage":
                # Of numbers that this case does not have.
                given["queries"] = []
            yield place, f"{elsewhere} for {expect}", {**kept, **given}


def others(words: list[str], expect: str) -> list[str]:
    """`ok`, and one other failure, as far as there are such."""
    failures = [word for word in words if word not in ("ok", expect)]
    return [*(["ok"] if expect != "ok" and "ok" in words else []), *failures[:1]]


def rounds(vectors: Path) -> Iterator[tuple[list[tuple[str, int, str]], dict[str, str]]]:
    """Rounds of all files, each with its (kind, case id, what) and the spoilt files' texts."""
    files = {kind: json.loads((vectors / f"{kind}.json").read_text()) for kind in KINDS}
    waiting = {kind: list(spoils(kind, file["cases"])) for kind, file in files.items()}
    while any(waiting.values()):
        spoilt, texts = [], {}
        for kind, file in files.items():
            changed = copy.deepcopy(file)
            if waiting[kind]:
                place, what, case = waiting[kind].pop()
                changed["cases"][place] = case
                spoilt.append((kind, case["id"], what))
            texts[kind] = json.dumps(changed)
        yield spoilt, texts


def unreadable(vectors: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Vectors of a form that no program here knows: each must be refused, not skipped."""
    files = {kind: json.loads((vectors / f"{kind}.json").read_text()) for kind in KINDS}

    def texts(change: dict[str, Any]) -> dict[str, str]:
        return {kind: json.dumps({**file, **change} if kind == "text" else file) for kind, file in files.items()}

    yield "an unknown schema", texts({"schema": "fugo-vectors-2"})
    yield "an unknown kind", texts({"kind": "texts"})
    cases = [*files["text"]["cases"][:-1], {**files["text"]["cases"][-1], "expect": "unheard-of"}]
    yield "an unknown outcome", texts({"cases": cases})
