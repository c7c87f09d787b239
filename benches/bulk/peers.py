"""Compares `fugo convert` with the tools that a user would otherwise choose, on the same roster, in turn.

    python3 benches/bulk/peers.py --rows 5000000 --dir /dev/shm --fugo target/release/fugo

Checks first that all of them write the same symbols, then times them, and shows what each does with damaged rows.
`--only DuckDB --rounds 9` times fugo and one other alone, often enough for a ratio on a noisy machine.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

import agree
import conduct
import postgres
from contestants import Contestant, Place, complaint
from machine import machine, sentence
from measure import Measurement
from peer_venv import peer_python, versions
from roster import Fugo
from table import count, megabytes, seconds, table

MESS = 1


@dataclass
class Result:
    """All rounds of one contestant."""

    name: str
    order: str
    rows: int
    rounds: list[Measurement] = field(default_factory=list)

    def seconds(self) -> float:
        return median(each.seconds for each in self.rounds)

    def rate(self) -> float:
        """Rows per second, by the median."""
        return self.rows / self.seconds()


def time_all(place: Place, rows: int, slow_rows: int, rounds: int, only: str | None) -> list[Result]:
    """Times all contestants, or fugo and one other, in turn, `rounds` times, so that a slow period of the machine
    affects all of them."""
    rosters = {size: place.directory / f"roster-{size}.csv" for size in (rows, min(rows, slow_rows))}
    for size, roster in rosters.items():
        place.fugo.synth(size, MESS, roster)
    place.admit(rosters[min(rows, slow_rows)])
    rivals = [rival for rival in place.timed() if only in (None, rival.name) or rival.name == "fugo"]
    results = [Result(rival.name, rival.order, min(rows, slow_rows) if rival.slow else rows) for rival in rivals]
    for turn in range(rounds):
        for rival, result in zip(rivals, results):
            print(f"round {turn + 1}: {rival.name}, {rival.order} order", file=sys.stderr)
            result.rounds.append(_timed(rival, rosters[result.rows]))
    return results


def judge_all(place: Place) -> list[conduct.Conduct]:
    """All contestants on the damaged roster; PostgreSQL with the short records, and again without them."""
    mess = conduct.Mess(place)
    judged = [mess.judge(rival) for rival in _on_trial(place)]
    for rival in place.postgres("any"):
        place.admit(mess.roster, as_is=True)
        judged.append(mess.judge(rival))
        missing = place.admit(mess.roster)
        without = Contestant(f"{rival.name}, without the {missing} short records", rival.order, rival.slow, rival.plan)
        judged.append(mess.judge(without))
    return judged


def _on_trial(place: Place) -> Iterator[Contestant]:
    hexadecimal = {"symbol": "hex"}
    yield place.fugo_as("fugo, strict", "symbol", "strict", **hexadecimal)
    yield place.fugo_as("fugo, lenient", "symbol", **hexadecimal)
    yield place.fugo_as("fugo, lenient, zeros restored", "symbol", restore_zeros=True, **hexadecimal)
    yield place.fugo_as("fugo, lenient, zeros restored", "input", restore_zeros=True, **hexadecimal)
    yield place.duckdb("DuckDB", "input")
    yield place.duckdb("DuckDB, check digit in SQL", "input", check_digit=True)
    yield from place.scripts("input")


def _timed(rival: Contestant, roster: Path) -> Measurement:
    stderr = roster.with_suffix(".stderr")
    measurement, _ = rival.run(roster, stderr)
    # fugo exits with 1 after it listed rejects, which this roster does not have.
    if measurement.status not in ((0, 1) if rival.name == "fugo" else (0,)):
        raise SystemExit(f"{rival.name}: exit status {measurement.status}: {complaint(stderr)}")
    return measurement


def speed_table(results: list[Result]) -> str:
    """The last column is the ratio of fugo's rate to each peer's, by the medians in one order. `any` is compared with
    fugo's input order."""
    fugo = {result.order: result.rate() for result in results if result.name == "fugo"}
    header = ("what", "order", "rows", "s, least", "s, median", "rows/s, best", "rows/s, median")
    header += ("CPU s for a million rows", "resident MB", "anonymous MB", "fugo's rows/s, relative to this")
    lines = []
    for result in results:
        rounds = result.rounds
        times = [each.seconds for each in rounds]
        resident = [each.peak_resident for each in rounds if each.peak_resident is not None]
        cells = [result.name, result.order, count(result.rows), seconds(min(times)), seconds(result.seconds())]
        cells += [count(result.rows / min(times)), count(result.rate())]
        cells += [seconds(median(each.cpu_seconds for each in rounds) / result.rows * 1e6)]
        cells += [megabytes(max(resident, default=None)), megabytes(max(each.peak_anonymous for each in rounds))]
        ratio = fugo["input" if result.order == "any" else result.order] / result.rate()
        lines.append([*cells, "1" if result.name == "fugo" else f"{ratio:.2f} ×"])
    return table(header, lines, left=2)


def conduct_table(judged: list[conduct.Conduct]) -> str:
    header = ("what", "order found", *conduct.COLUMNS, "exit", "bad rows listed")
    lines = []
    for each in judged:
        if each.order == "no output":
            cells = [each.said] + [""] * (len(conduct.COLUMNS) - 1)
        else:
            cells = [f"{wrong:,} of {of:,}" for wrong, of in each.groups.values()]
        lines.append([each.name, each.order, *cells, str(each.status), count(each.listed)])
    return table(header, lines, left=2)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--slow-rows", type=int, default=500_000, help="for those in which Python or PostgreSQL hashes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", metavar="NAME", help="time fugo and this one, and show nothing else")
    parser.add_argument("--dir", type=Path, required=True, help="where to work; nothing is left there")
    parser.add_argument("--fugo", type=Path, default=Path("target/release/fugo"))
    parser.add_argument("--json", type=Path, help="write every single measurement here")
    args = parser.parse_args()
    if min(args.rows, args.slow_rows, args.rounds) < 1:
        parser.error("--rows, --slow-rows and --rounds are 1 or more")
    return args


def main() -> None:
    args = options()
    fugo, python = Fugo(args.fugo.resolve()), peer_python()
    args.dir.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peers-", dir=args.dir)))
        directory.chmod(0o711)  # PostgreSQL's account must reach its own directory below
        software = {"fugo": fugo.version().removeprefix("fugo "), **versions(python)}
        server = None
        try:
            server = stack.enter_context(postgres.serve(directory.resolve() / "postgres"))
            software["PostgreSQL"] = postgres.version(server.binaries)
        except postgres.Unavailable as reason:
            print(f"skipped: PostgreSQL: {reason}")
        place = Place(directory, fugo, python, server)
        names = {rival.name for rival in place.timed()}
        if args.only and args.only not in names:
            raise SystemExit(f"{args.only}: no contestant has this name; these have: {', '.join(sorted(names))}")
        agreeing = agree.check_agreement(place)
        judged = [] if args.only else judge_all(place)
        results = time_all(place, args.rows, args.slow_rows, args.rounds, args.only)
        print(sentence(directory))
        print("Software: " + ", ".join(f"{name} {version}" for name, version in software.items()) + ".\n")
        print(f"{agreeing} contestants write the same rows as fugo ({count(agree.ROWS)} rows without damage).\n")
        print(speed_table(results))
        if judged:
            print(f"\nDamaged rows, {conduct.MESS} % of {count(conduct.ROWS)}:\n\n{conduct_table(judged)}")
        if args.json:
            record = {"machine": machine(directory), "software": software, "mess": MESS}
            record |= {"speed": [asdict(each) for each in results], "conduct": [asdict(each) for each in judged]}
            args.json.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
