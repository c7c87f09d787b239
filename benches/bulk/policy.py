"""What a policy costs: a conversion with one, compared with the same conversion without it.

    python3 benches/bulk/policy.py --rows 5000000 --dir /dev/shm [--fugo target/release/fugo] [--rounds 7]

All four columns of the roster are kept. Three forms run in turn in every round, each time in another order: without a
policy; with rules for the cells; with these rules and `group-size = 5`. The ratios are those of a round to its own run
without a policy. Exits with 1 if an output does not hold the people and the cells that the policy says: the cells are
made coarser once more here, from the output without a policy.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import Counter
from pathlib import Path
from statistics import median

from machine import sentence
from measure import Measurement, measure_apart
from roster import Fugo
from table import count, megabytes, seconds, table

MESS = 1
SCOPE = "agency/bench/1"
FORMS = ("no policy", "rules", "rules, groups of 5")
GROUP = 5
AS_OF = (2026, 4, 1)
HEADER = ("policy", "rows", "s, least", "s, median", "CPU s", "anonymous MB")
HEADER += ("time, relative to none", "CPU time, relative to none")
POLICY = """version = 1
["agency/bench"]
as-of = "{:04}-{:02}-{:02}"
{}
["agency/bench".columns]
birth_date = "age 5"
sex = "exact"
prefecture = "exact"
insurer = "first 2"
"""


def coarse(row: list[str]) -> tuple[str, ...]:
    """The kept cells of a row as the policy wants them."""
    _, born, sex, prefecture, insurer = row
    year, month, day = map(int, born.split("-"))
    age = AS_OF[0] - year - (AS_OF[1:] < (month, day))
    return f"{age // 5 * 5}-{age // 5 * 5 + 4}", sex, prefecture, insurer[:2]


def rows_of(path: Path) -> list[list[str]]:
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return list(rows)


def is_as_the_policy_says(outputs: dict[str, Path]) -> bool:
    """Compares the outputs of a small roster, row by row."""
    plain = [[row[0], *coarse(row)] for row in rows_of(outputs[FORMS[0]])]
    groups = Counter(tuple(row[1:]) for row in plain)
    large = [row for row in plain if groups[tuple(row[1:])] >= GROUP]
    return 0 < len(large) < len(plain) and plain == rows_of(outputs[FORMS[1]]) and large == rows_of(outputs[FORMS[2]])


class Bench:
    """The policies and the key, in one directory."""

    def __init__(self, fugo: Fugo, directory: Path) -> None:
        self.fugo, self.directory = fugo, directory
        (self.key,) = fugo.test_keys([SCOPE], directory)
        self.policies = {FORMS[0]: None}
        for form, more in zip(FORMS[1:], ("", f"group-size = {GROUP}")):
            self.policies[form] = directory / f"{len(self.policies)}.toml"
            self.policies[form].write_text(POLICY.format(*AS_OF, more), encoding="utf-8")

    def run(self, roster: Path, form: str, out: Path, order: str, **options: int) -> Measurement:
        policy = self.policies[form]
        more = {"policy": policy} if policy else {}
        measured = measure_apart(self.fugo.convert(roster, {self.key: out}, order, **more, **options))
        if measured.status not in (0, 1):
            raise SystemExit(f"{form}: exit status {measured.status}")
        return measured

    def check(self) -> None:
        roster = self.fugo.synth(60_000, MESS, self.directory / "small.csv")
        outputs = {form: self.directory / f"small-{number}.csv" for number, form in enumerate(FORMS)}
        for form, out in outputs.items():
            self.run(roster, form, out, "symbol")
        if not is_as_the_policy_says(outputs):
            raise SystemExit("an output is not as its policy says")

    def measured_lines(self, rows: int, rounds: int) -> list[list[str]]:
        roster = self.fugo.synth(rows, MESS, self.directory / "roster.csv")
        out, lines = self.directory / "out.csv", []
        for order, forms in (("symbol", FORMS), ("input", FORMS[:2])):
            done: dict[str, list[Measurement]] = {form: [] for form in forms}
            for number in range(rounds):
                turn = number % len(forms)
                for form in forms[turn:] + forms[:turn]:
                    done[form].append(self.run(roster, form, out, order, overwrite=out))
            for form in forms:
                ratios = [(one.seconds / none.seconds, one.cpu_seconds / none.cpu_seconds)
                          for one, none in zip(done[form], done[FORMS[0]])]
                wall = [one.seconds for one in done[form]]
                cells = [f"{form}; {order} order", count(rows), seconds(min(wall)), seconds(median(wall))]
                cells += [seconds(median(one.cpu_seconds for one in done[form]))]
                cells += [megabytes(max(one.peak_anonymous for one in done[form]))]
                lines.append(cells + [f"{median(ratio[i] for ratio in ratios):.2f}" for i in (0, 1)])
        return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--dir", type=Path, required=True, help="where to work; nothing is left there")
    parser.add_argument("--fugo", type=Path, default=Path("target/release/fugo"))
    args = parser.parse_args()
    fugo = Fugo(args.fugo.resolve())
    args.dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="policy-", dir=args.dir) as name:
        bench = Bench(fugo, Path(name))
        bench.check()
        lines = bench.measured_lines(args.rows, args.rounds)
        print(f"CSV → CSV, lenient, {MESS} % damaged, four columns kept, one key, {fugo.version()}.")
        print(sentence(Path(name)) + "\n")
        print(table(HEADER, lines))


if __name__ == "__main__":
    main()
