"""Plays the linking game against files that `fugo convert` wrote, and against controls that must be detected.

Exit status 1 if the real construction raises an alarm, if a control is not detected by the distinguisher that must
detect it, or if a distinguisher (except the randomness battery) is not the only finder of any control.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import secrets
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import report
from battery import NAMES, SANITY_ONLY, play
from blind import SMALL_DELTA
from controls import FIRST, SECOND, controls
from delivery import Evidence
from dictionary import Rates
from ladder import ELIGIBILITY, INSURERS
from people import Population
from product import RECORD, Product
from result import Result

ROOT = Path(__file__).resolve().parents[2]
SCOPES = ((FIRST, SECOND), (FIRST, "agency/nta/2"), (FIRST, ELIGIBILITY), (INSURERS, FIRST), (INSURERS, ELIGIBILITY), (FIRST, RECORD))
CONTROL_PEOPLE = 200_000
SEED = 20_140_711


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=1_000_000, help="per side, for the real construction")
    parser.add_argument("--fugo", type=Path, default=ROOT / "target/release/fugo")
    parser.add_argument("--seed", default=str(SEED), help="seed of people and controls, a number or `fresh`; keys are always fresh")
    parser.add_argument("--dir", type=Path, help="where to work; nothing is left there")
    parser.add_argument("--write", action="store_true", help="put the tables into proof/attacks/README.md")
    parser.add_argument("--check", action="store_true", help="fail if proof/attacks/README.md has other rows than these")
    args = parser.parse_args()
    if args.people < 20_000:
        parser.error("--people is 20,000 or more")
    if not args.fugo.exists():
        parser.error(f"{args.fugo} is not there: cargo build --release -p fugo-cli")
    return args


@dataclass(frozen=True)
class Task:
    """A play: its name, and the function that makes its files."""

    name: str
    evidence: Callable[[], Evidence]


# The tasks, which the worker processes inherit.
_tasks: list[Task] = []


def _play(number: int) -> tuple[dict[str, Result], Rates]:
    rates = Rates()
    results = play(_tasks[number].evidence(), rates)
    alarms = [name for name in NAMES if results[name].alarm]
    print(f"  {_tasks[number].name}: {', '.join(alarms) or 'no alarm'}", file=sys.stderr)
    return results, rates


def play_all(tasks: list[Task]) -> list[tuple[dict[str, Result], Rates]]:
    """Runs all plays, on all cores."""
    _tasks[:] = tasks
    cores = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("fork")) as pool:
        return list(pool.map(_play, range(len(tasks))))


def real_tasks(product: Product, people: int, random: np.random.Generator) -> list[Task]:
    """Every pair of scopes. The next deliveries lack some people and have as many new people, more than a small
    delta."""
    population = Population.draw(people + 2 * SMALL_DELTA, random)
    now = Population(population.people[:people], population.block)
    later = population.people[2 * SMALL_DELTA :]
    plays = product.evidence(now, SCOPES, later)
    return [
        Task(" and ".join(pair), lambda evidence=evidence: evidence) for pair, evidence in zip(SCOPES, plays, strict=True)
    ]


def faults(
    real: dict[str, dict[str, Result]], caught: dict[str, tuple[str, str, dict[str, Result]]]
) -> list[str]:
    """All violations of the rules above."""
    found = [
        f"alarm on the real construction, {pair}: {result.name}, {result.statistic}"
        for pair, results in real.items()
        for result in results.values()
        if result.alarm
    ]
    sole = set()
    for name, (_, finder, results) in caught.items():
        alarms = {each for each in NAMES if results[each].alarm} - {SANITY_ONLY}
        if finder not in alarms:
            found.append(f"{finder} does not catch the control {name}: {results[finder].statistic}")
        if len(alarms) == 1:
            sole |= alarms
    found += [f"{name} is not the only finder of any control" for name in NAMES if name not in sole | {SANITY_ONLY}]
    return found


def main() -> int:
    args = options()
    seed = secrets.randbits(63) if args.seed == "fresh" else int(args.seed)
    random = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory(prefix="fugo-attacks-", dir=args.dir) as name:
        directory = Path(name)
        product = Product(args.fugo.resolve(), directory, sorted({scope for pair in SCOPES for scope in pair}))
        tasks = real_tasks(product, args.people, random)
        population = Population.draw(CONTROL_PEOPLE, np.random.default_rng([seed, len(SCOPES)]))
        wanted = list(controls(product, population, seed, directory))
        played = play_all(tasks + [Task(control.name, control.evidence) for control in wanted])
    real = {task.name: results for task, (results, _) in zip(tasks, played)}
    caught = {
        control.name: (control.mistake, control.finder, results)
        for control, (results, _) in zip(wanted, played[len(tasks) :], strict=True)
    }
    rates = played[0][1]
    found = faults(real, caught)
    first, *others = real
    chance = sum(result.false_alarm for results in real.values() for result in results.values())
    flags = "" if args.people == 1_000_000 else f" --people {args.people}"
    block = "\n\n".join([
        f"`proof/attacks/run{flags}`: {args.people:,} people per side, seed {seed}, fresh keys. {first}:",
        report.first_pair(real[first]),
        "The other pairs of scopes:",
        report.other_pairs({pair: real[pair] for pair in others}),
        f"If there is nothing to find, the probability that any of these {sum(map(len, real.values()))} tests raises an alarm is "
        f"about {chance:.1e} (sum over the thresholds). D3's z is the largest of 16,384: about 4 by chance.",
        f"Controls, {CONTROL_PEOPLE:,} people each. ★: only the required distinguisher raises an alarm; ◉: the required one "
        f"and others (●).",
        report.matrix(caught),
        report.rates(rates),
    ])
    print(block)
    if args.write and not found:
        report.write(block)
    if args.check:
        found += [f"proof/attacks/README.md is stale: {cell}; run proof/attacks/run --write" for cell in report.stale(block)]
    for fault in found:
        print(f"FAILED: {fault}", file=sys.stderr)
    print(f"\nattacks: {len(caught)} controls, {len(real)} pairs of scopes, {len(found)} faults", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
