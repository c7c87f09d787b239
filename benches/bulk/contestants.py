"""The contestants of the comparison, and their commands."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from measure import Measurement, measure_apart
from postgres import Server, sql
from roster import Fugo, write_peer_key, write_whole_records

_ENGINES = Path(__file__).resolve().parent / "engines"
_SCRIPTS = (
    ("Polars, HMAC in Python", "polars_script.py"),
    ("pandas, HMAC in Python", "pandas_script.py"),
    ("Python, csv and hashlib", "csv_script.py"),
)


@dataclass(frozen=True)
class Run:
    """A command that writes `out`. `servers` are processes that work for it."""

    command: list[str]
    out: Path
    stdin: Path | None = None
    servers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Contestant:
    """`order` is the order that its output promises: input, symbol or any."""

    name: str
    order: str
    slow: bool
    plan: Callable[[Path], Run]

    def run(self, roster: Path, stderr: Path | None = None) -> tuple[Measurement, Path]:
        """Measures one conversion. The outputs of the one before are removed first."""
        run = self.plan(roster)
        for old in (file for file in run.out.parent.glob(f"{run.out.stem}*") if file.is_file()):
            old.unlink()
        return measure_apart(run.command, run.stdin, [*run.servers], stderr), run.out


def complaint(stderr: Path) -> str:
    """The first line with an error, or the first line. Later lines may quote a record."""
    lines = stderr.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line for line in lines if "error" in line.lower()), "".join(lines[:1]))


class Place:
    """A directory with a key and outputs, and the peers' commands for them."""

    def __init__(self, directory: Path, fugo: Fugo, python: Path, server: Server | None) -> None:
        self.directory, self.fugo, self.python, self.server = directory, fugo, python, server
        (self.key,) = fugo.test_keys(["agency/bench/1"], directory)
        self.peer_key = write_peer_key(self.key, directory / "peer.key")
        self.outputs = directory / "out"
        self.outputs.mkdir()

    def admit(self, roster: Path, as_is: bool = False) -> int:
        """Gives PostgreSQL its own copy of a roster, and returns how many short records the copy lacks, because COPY
        refuses a file with short records. With `as_is`, the copy has them.
        """
        if self.server is None:
            return 0
        copy = self.server.directory / roster.name
        missing = 0
        if as_is:
            shutil.copyfile(roster, copy)
        else:
            missing = write_whole_records(roster, copy)
        self.server.give(copy)
        return missing

    def fugo_as(self, name: str, order: str, number_format: str = "lenient", **options: str | int | bool) -> Contestant:
        """Rejects and duplicates are listed in the output's folder."""

        def plan(roster: Path) -> Run:
            out = self.outputs / "out.csv"
            return Run(self.fugo.convert(roster, {self.key: out}, order, number_format, **options), out)

        return Contestant(name, order, False, plan)

    def duckdb(self, name: str, order: str, check_digit: bool = False) -> Contestant:
        """Keeps the input's order unless another order is requested, as DuckDB does by default."""
        options = ["--check-digit"] if check_digit else []
        return self._script(name, "duckdb_script.py", order, False, options)

    def scripts(self, order: str) -> list[Contestant]:
        """The peers in which Python computes the HMAC."""
        return [self._script(name, script, order, True, []) for name, script in _SCRIPTS]

    def postgres(self, order: str) -> list[Contestant]:
        """None without a server. A table has no order, so the order is `any` instead of `input`."""
        server = self.server
        if server is None:
            return []

        def plan(roster: Path) -> Run:
            out = server.directory / "out.csv"
            statements = self.directory / "statements.sql"
            statements.touch(mode=0o600)
            key = bytes.fromhex(self.peer_key.read_text())
            statements.write_text(sql(key, server.directory / roster.name, out, order == "symbol"))
            return Run(server.client(), out, statements, (server.postmaster,))

        return [Contestant("PostgreSQL, pgcrypto", order, True, plan)]

    def timed(self) -> list[Contestant]:
        """All contestants, by the comparison that they take part in."""
        rivals = []
        for order in ("input", "symbol"):
            rivals.append(self.fugo_as("fugo", order))
            rivals.append(self.duckdb("DuckDB", order))
            rivals.append(self.duckdb("DuckDB, check digit in SQL", order, check_digit=True))
            rivals += self.scripts(order)
            rivals += self.postgres("symbol" if order == "symbol" else "any")
        return rivals

    def _script(self, name: str, script: str, order: str, slow: bool, options: list[str]) -> Contestant:
        more = [*options, "--sort"] if order == "symbol" else options

        def plan(roster: Path) -> Run:
            out = self.outputs / "out.csv"
            files = [f"--key={self.peer_key}", f"--input={roster}", f"--out={out}"]
            return Run([str(self.python), str(_ENGINES / script), *files, *more], out)

        return Contestant(name, order, slow, plan)
