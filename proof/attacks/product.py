"""The real construction: files that `fugo convert` writes for invented people under new test keys, and what the holder
of the record of translations has."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from delivery import SYMBOL, Evidence, read
from ladder import ELIGIBILITY, INSURERS
from people import Population, with_repeats


# The scope of the symbols by which a record names people, and that of the rows that are translated.
RECORD, ASKED, ANSWERED = "portal/record/1", "agency/nta/1", "agency/mof/1"
_LEAF = 2 * SYMBOL


class Product:
    """The tool with one root key and a key for each scope, in a directory that only this user can read."""

    def __init__(self, program: Path, directory: Path, scopes: Sequence[str]) -> None:
        self._program, self._directory = program, directory
        root = directory / "root.key"
        self._run("key", "new", "--plaintext", "--out", root)
        self._tags = {}
        for scope in scopes:
            said = self._run("key", "derive", "--plaintext", "--root", root, "--scope", scope, "--out", self._key(scope))
            self._tags[scope] = re.search(r"\b[0-9a-f]{8}\b", said).group()
        if RECORD in scopes:
            self._begin_record()

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

    def _begin_record(self) -> None:
        """An empty record, and a grant for everybody that two people have signed."""
        at, policy = self._directory, "version = 1\n[signers]\n"
        for name in ("record", "one", "two"):
            self._run("key", "signing", "--plaintext", "--out", at / f"{name}.sign")
        for name in ("one", "two"):
            policy += self._run("grant", "signer", at / f"{name}.sign.pub", "--name", name, "--test-keys")
        (at / "grants.toml").write_text(policy, encoding="utf-8")
        terms = {
            "--id": "all", "--inquirer": "a", "--provider": "b", "--from": ASKED, "--from-tag": self._tags[ASKED], "--to": ANSWERED,
            "--to-tag": self._tags[ANSWERED], "--items": "c", "--legal-basis": "d", "--purpose": "e",
            "--not-before": "2026-01-01T00:00:00Z", "--not-after": "2099-12-31T23:59:59Z", "--most-people": str(10**12),
            "--out": at / "all.text",
        }
        self._run("grant", "new", *(word for pair in terms.items() for word in pair))
        for signer, before, after in (("one", "all.text", "all.one"), ("two", "all.one", "all.note")):
            self._run("grant", "sign", at / before, "--test-keys", "--key", at / f"{signer}.sign", "--name", signer, "--out", at / after)
        self._run("record", "init", at / "record", "--test-keys", "--name", "record", "--signing-key", at / "record.sign", "--people", RECORD,
                  "--people-tag", self._tags[RECORD])

    def recorded(self, people: np.ndarray) -> np.ndarray:
        """The symbols in the leaves of the entry of a translation of everybody, in the order of the file."""
        own, at = f"{os.getpid()}", self._directory
        roster, asked, answered = (at / f"{own}-{name}.csv" for name in ("roster", "asked", "answered"))
        lines = np.concatenate([people, np.full((len(people), 1), ord("\n"), np.uint8)], axis=1)
        roster.write_bytes(b"my_number\n" + lines.tobytes())
        self._run("convert", roster, "--test-keys", "--quiet", "--key", self._key(ASKED), "--out", asked)
        self._run("translate", asked, "--test-keys", "--quiet", "--roster", roster, "--from-key", self._key(ASKED), "--to-key",
                  self._key(ANSWERED), "--out", answered, "--grant", at / "all.note", "--grant-policy", at / "grants.toml",
                  "--record", at / "record", "--record-key", self._key(RECORD), "--record-signing-key", at / "record.sign")
        entries = int((at / "record/checkpoint").read_text(encoding="utf-8").split("\n")[1])
        leaves = (at / f"record/people/{entries - 1:03}").read_bytes()[: _LEAF * len(people)]
        for file in (roster, asked, answered):
            file.unlink()
        return np.frombuffer(leaves, np.uint8).reshape(-1, _LEAF)[:, :SYMBOL].copy()

    def evidence(self, population: Population, pairs: Sequence[tuple[str, str]], later: np.ndarray | None) -> list[Evidence]:
        """One play of the game for each pair of scopes: known pairs from files in the input's order; complete
        deliveries in symbol order, of a roster in which some people have several rows; and the next deliveries, if
        there are later people. Of the record of translations, the leaves of an entry are the file."""
        scopes = sorted({scope for pair in pairs for scope in pair})
        people = population.people
        known = self.convert(people, scopes, "input")
        # Of equal rows, a file in symbol order has only one.
        files = self.convert(with_repeats(people), scopes)
        next_files = self.convert(later, scopes) if later is not None else None
        if RECORD in scopes:
            files[scopes.index(RECORD)] = self.recorded(people)
            if next_files:
                next_files[scopes.index(RECORD)] = self.recorded(later)
        plays = []
        for pair in pairs:
            a, b = (scopes.index(scope) for scope in pair)
            after = (next_files[a], next_files[b]) if next_files else None
            plays.append(Evidence((known[a], known[b]), (files[a], files[b]), after, None, pair, population.block))
        return plays

    def _key(self, scope: str) -> Path:
        return self._directory / (scope.replace("/", "-") + ".key")

    def _run(self, *arguments: str | Path) -> str:
        done = subprocess.run([self._program, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{self._program} {arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout + done.stderr
