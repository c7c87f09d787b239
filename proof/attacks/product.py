"""The real construction: files that `fugo convert` writes for invented people under new test keys."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from delivery import Evidence, read
from ladder import ELIGIBILITY, INSURERS
from people import Population, with_repeats


class Product:
    """The tool with one root key and a key for each scope, in a directory that only this user can read."""

    def __init__(self, program: Path, directory: Path, scopes: Sequence[str]) -> None:
        self._program, self._directory = program, directory
        root = directory / "root.key"
        self._run("key", "new", "--plaintext", "--out", root)
        for scope in scopes:
            self._run("key", "derive", "--plaintext", "--root", root, "--scope", scope, "--out", self._key(scope))

    def convert(self, people: np.ndarray, scopes: Sequence[str], order: str = "symbol") -> list[np.ndarray]:
        """The symbols of each scope's file, in its order. Every row must be converted."""
        # Several processes convert at the same time.
        own = f"{os.getpid()}"
        roster = self._directory / f"{own}-roster.csv"
        lines = np.concatenate([people, np.full((len(people), 1), ord("\n"), np.uint8)], axis=1)
        roster.write_bytes(b"my_number\n" + lines.tobytes())
        command = ["convert", roster, "--test-keys", "--symbol", "hex", "--order", order, "--quiet"]
        outs = []
        for number, scope in enumerate(scopes):
            outs.append(self._directory / f"{own}-{number}.csv")
            command += ["--key", self._key(scope), "--out", outs[-1]]
        if ELIGIBILITY in scopes:
            command += ["--insurers-key", self._key(INSURERS)]
        self._run(*command)
        roster.unlink()
        files = [read(out) for out in outs]
        for out in outs:
            out.unlink()
        return files

    def evidence(self, population: Population, pairs: Sequence[tuple[str, str]], later: np.ndarray | None) -> list[Evidence]:
        """One play of the game for each pair of scopes: known pairs from files in the input's order; complete
        deliveries in symbol order, of a roster in which some people have several rows; and the next deliveries, if
        there are later people."""
        scopes = sorted({scope for pair in pairs for scope in pair})
        people = population.people
        known = self.convert(people, scopes, "input")
        # Of equal rows, a file in symbol order has only one.
        files = self.convert(with_repeats(people), scopes)
        next_files = self.convert(later, scopes) if later is not None else None
        plays = []
        for pair in pairs:
            a, b = (scopes.index(scope) for scope in pair)
            after = (next_files[a], next_files[b]) if next_files else None
            plays.append(Evidence((known[a], known[b]), (files[a], files[b]), after, None, pair, population.block))
        return plays

    def _key(self, scope: str) -> Path:
        return self._directory / (scope.replace("/", "-") + ".key")

    def _run(self, *arguments: str | Path) -> None:
        done = subprocess.run([self._program, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{self._program} {arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
