"""Measures what each contestant does with damaged rows, on a small roster whose damage is known.

Each record's birth date is replaced by the record's own name, so that every output row shows its origin. `fugo synth`
gives the damage of each record, and fugo (lenient, zeros restored) gives each person's symbol.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from contestants import Contestant, Place, complaint

ROWS = 20_000
MESS = 20
_NAMED_COLUMN = 1

LOST = "valid people lost"
HASHED = "bad numbers hashed"
SHORT = "short records written"
LEAKED = "numbers left in a kept cell"
TWICE = "equal rows written twice"
CONFLICT = "rows that contradict another written"
COLUMNS = (LOST, HASHED, SHORT, LEAKED, TWICE, CONFLICT)

Written = dict[str, list[list[str]]]


@dataclass(frozen=True)
class Conduct:
    """The results of one contestant on the damaged roster. Fates count damaged rows by kind and by result."""

    name: str
    order: str
    status: int
    listed: int
    said: str
    groups: dict[str, tuple[int, int]]
    fates: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Damage:
    """One line of the truth file."""

    record: str
    kind: str
    expected: str
    person: str


class Mess:
    """The damaged roster, its truth, and the symbols of the people whose numbers can be read."""

    def __init__(self, place: Place) -> None:
        plain, truth = place.directory / "mess-plain.csv", place.directory / "mess-truth.csv"
        place.fugo.synth(ROWS, MESS, plain, truth)
        self.damage = _damage(truth)
        self.roster = place.directory / "mess.csv"
        self._name_records(plain)
        reference = place.fugo_as("fugo", "input", symbol="hex", restore_zeros=True)
        _, out = reference.run(self.roster)
        self.symbols = {record: rows[0][0] for record, rows in _written(out).items()}

    def _name_records(self, plain: Path) -> None:
        persons = {damage.record: damage.person for damage in self.damage}
        with open(plain, encoding="utf-8", newline="") as source, open(self.roster, "w", encoding="utf-8") as out:
            out.write(next(source))
            for record, line in enumerate(source, 1):
                cells = line.split(",")
                cells[_NAMED_COLUMN] = "r" + persons.get(str(record), str(record))
                out.write(",".join(cells))

    def fate(self, damage: Damage, rows: list[list[str]]) -> str:
        """right: the person's symbol; wrong: another or no person's symbol; leaked: the number is in a kept cell."""
        if not rows:
            return "absent"
        if damage.expected == "kept-number" and any(_holds_a_number(row) for row in rows):
            return "leaked"
        if damage.expected == "fields":
            return "written"
        return "right" if all(row[0] == self.symbols.get(damage.person) for row in rows) else "wrong"

    def judge(self, contestant: Contestant) -> Conduct:
        """Runs the contestant, and examines the rows of every damaged record."""
        stderr = self.roster.with_suffix(".stderr")
        measurement, out = contestant.run(self.roster, stderr)
        written = _written(out) if out.exists() else {}
        fates: dict[str, Counter[str]] = {}
        for damage in self.damage:
            fates.setdefault(damage.kind, Counter())[self.fate(damage, written.get(damage.person, []))] += 1
        return Conduct(
            contestant.name,
            _order(out),
            measurement.status,
            _listed(out),
            complaint(stderr) if measurement.status else "",
            self._groups(written),
            {kind: dict(counts) for kind, counts in sorted(fates.items())},
        )

    def _groups(self, written: Written) -> dict[str, tuple[int, int]]:
        """The faults, and the number of rows that could have them."""
        groups = {name: (0, 0) for name in COLUMNS}
        for damage in self.damage:
            rows = written.get(damage.person, [])
            name, wrong = self._verdict(damage, rows, written)
            groups[name] = (groups[name][0] + wrong, groups[name][1] + 1)
        return groups

    def _verdict(self, damage: Damage, rows: list[list[str]], written: Written) -> tuple[str, bool]:
        fate = self.fate(damage, rows)
        if damage.expected == "ok":
            return LOST, fate != "right"
        if damage.expected == "fields":
            return SHORT, fate != "absent"
        if damage.expected == "kept-number":
            return LEAKED, fate == "leaked"
        if damage.expected == "equal":
            return TWICE, len(rows) > 1
        if damage.expected == "differs":
            return CONFLICT, bool(rows)
        return HASHED, fate != "absent"


def _damage(truth: Path) -> list[Damage]:
    with open(truth, encoding="utf-8", newline="") as file:
        return [
            Damage(
                row["record"],
                row["kind"],
                row["lenient_zeros"],
                row["of_record"] if row["kind"] == "duplicate-equal" else row["record"],
            )
            for row in csv.DictReader(file)
        ]


def _written(out: Path) -> Written:
    """Output rows, by the record that they name."""
    rows: Written = {}
    with open(out, encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        for row in reader:
            rows.setdefault(row[_NAMED_COLUMN].removeprefix("r"), []).append(row)
    return rows


def _order(out: Path) -> str:
    """The order of the rows. A person's second row has the first row's name, and is skipped."""
    if not out.exists():
        return "no output"
    records = [int(record) for record in _written(out)]
    with open(out, encoding="utf-8", newline="") as file:
        symbols = [row[0] for row in csv.reader(file)][1:]
    if records == sorted(records):
        return "input"
    return "symbol" if symbols == sorted(symbols) else "neither"


def _listed(out: Path) -> int:
    """Rows in the files that are in the output's folder and share its name."""
    lists = [file for file in out.parent.glob(f"{out.stem}.*.csv") if file != out]
    return sum(max(0, len(file.read_text(encoding="utf-8").splitlines()) - 1) for file in lists)


def _holds_a_number(row: list[str]) -> bool:
    """Twelve digits in a kept cell, grouped or not. No generated column has that many digits."""
    return any(sum(c.isdigit() for c in unicodedata.normalize("NFKC", cell)) == 12 for cell in row[2:])
