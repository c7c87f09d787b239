"""Checks before any timing that every contestant writes the same rows as fugo.

On a roster without damage, all contestants must write the same rows: symbols in hex and all kept columns, in the order
that they promise. Then one peer gets another key, and the check must detect the difference.
"""

from __future__ import annotations

import csv
from pathlib import Path

from contestants import Contestant, Place, complaint
from roster import write_peer_key

ROWS = 20_000


def check_agreement(place: Place) -> int:
    """Ends the program at the first difference; returns how many contestants agree."""
    roster = place.fugo.synth(ROWS, 0, place.directory / "agree.csv")
    place.admit(roster)
    expected = {order: _rows(place.fugo_as("fugo", order, symbol="hex"), roster) for order in ("input", "symbol")}
    if len(expected["input"]) != ROWS + 1:
        raise SystemExit(f"fugo made {len(expected['input']) - 1} rows of {ROWS}")
    rivals = [rival for rival in place.timed() if rival.name != "fugo"]
    for rival in rivals:
        if not _agrees(rival, roster, expected):
            raise SystemExit(f"{rival.name}, {rival.order} order: its rows are not fugo's")
    _check_that_a_wrong_key_shows(place, roster, expected)
    return len(rivals)


def _check_that_a_wrong_key_shows(place: Place, roster: Path, expected: dict[str, list[list[str]]]) -> None:
    strangers = place.directory / "another"
    strangers.mkdir()
    (another,) = place.fugo.test_keys(["agency/bench/1"], strangers)
    right = place.peer_key.read_bytes()
    write_peer_key(another, place.peer_key)
    try:
        if any(_agrees(rival, roster, expected) for rival in place.scripts("input")):
            raise SystemExit("a peer with another key agrees with fugo: this check detects nothing")
    finally:
        place.peer_key.write_bytes(right)


def _agrees(rival: Contestant, roster: Path, expected: dict[str, list[list[str]]]) -> bool:
    rows = _rows(rival, roster)
    if rival.order == "any":
        return sorted(rows) == sorted(expected["input"])
    return rows == expected[rival.order]


def _rows(contestant: Contestant, roster: Path) -> list[list[str]]:
    stderr = roster.with_suffix(".stderr")
    measurement, out = contestant.run(roster, stderr)
    if measurement.status != 0:
        raise SystemExit(f"{contestant.name}: exit status {measurement.status}: {complaint(stderr)}")
    with open(out, encoding="utf-8", newline="") as file:
        return [*csv.reader(file)]
