"""The results of a run as Markdown, and the block of README.md here that holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from battery import NAMES, SANITY_ONLY
from dictionary import Rates
from result import Result

README = Path(__file__).resolve().parent / "README.md"
_BEGIN, _END = "<!-- attacks -->", "<!-- /attacks -->"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---"] * len(header)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *rows))


def _small(value: float) -> str:
    return "0" if value == 0 else f"{value:.4g}" if value > 0.9 else f"{value:.2g}"


def first_pair(results: Mapping[str, Result]) -> str:
    """All results for one pair of scopes."""
    rows = []
    for result in results.values():
        says = result.name != SANITY_ONLY
        advantage = _small(result.advantage) if says else "–"
        bound = _small(result.bound) if says else "–"
        alarm = "**ALARM**" if result.alarm else "no"
        rows.append([
            result.name, f"{result.sample:,}", result.statistic, result.alarms_at, alarm, advantage, bound, result.measure,
            result.prediction if says else "–",
        ])
    header = ("", "rows or pairs", "found", "alarm at", "alarm", "estimate", "95 % below", "of what", "theorem predicts")
    return _table(header, rows)


def other_pairs(results: Mapping[str, Mapping[str, Result]]) -> str:
    """The statistics for the other pairs of scopes."""
    rows = [
        [pair, *(("**" + r.statistic + "**") if r.alarm else r.statistic for r in of_pair.values())]
        for pair, of_pair in results.items()
    ]
    return _table(("scopes", *NAMES), rows)


def matrix(controls: Mapping[str, tuple[str, str, Mapping[str, Result]]]) -> str:
    """The controls and the distinguishers that detect them. ●: alarm; ◉: alarm of the required one; ★: it is the only
    alarm."""
    rows = []
    for name, (mistake, finder, results) in controls.items():
        alarms = {result.name for result in results.values() if result.alarm} - {SANITY_ONLY}
        mark = {True: "★" if alarms == {finder} else "◉", False: "●"}
        cells = [mark[each == finder] if results[each].alarm else "" for each in NAMES]
        rows.append([f"{name}: {mistake}", *cells])
    return _table(("control", *NAMES), rows)


def rates(found: Rates) -> str:
    """The rates of the dictionary attack."""
    each, seed = found.hashing / found.hashed, found.seeding / found.seeds
    return (
        f"D9 tried {found.hashed:,} hashes of numbers at {1 / each:,.0f} per second and {found.seeds:,} seeds at "
        f"{1 / seed:,.0f} per second, in Python on one core. At these rates, all 10^11 numbers take {each * 1e11 / 3600:,.0f} "
        f"core-hours, and all 2^32 seeds {seed * 2**32 / 3600:,.0f}. `cargo bench --bench invert` measures the same "
        f"search with the library (docs/benchmarks.md). Under a scope key, the same enumeration inverts every symbol of that scope."
    )


def write(block: str) -> None:
    """Writes the block to the README."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    README.write_text(f"{before}{_BEGIN}\n{block}\n{_END}{after}", encoding="utf-8")


def stale(block: str) -> list[str]:
    """The differences between the README's block and this run, without figures: rows of tables by their first cell, and
    the distinguishers that detect a control."""
    text = README.read_text(encoding="utf-8").partition(_BEGIN)[2].partition(_END)[0]
    shown = [{_essence(line) for line in each.splitlines() if line.startswith("| ")} for each in (text, block)]
    return sorted(shown[0] ^ shown[1])


def _essence(line: str) -> str:
    first, *cells = (cell.strip() for cell in line.strip("|").split("|"))
    finders = [name for name, cell in zip(NAMES, cells) if cell in ("★", "◉")]
    return " ".join([first, *finders])
