"""The parties of the information network (情報連携), each with a directory of its own, and what they do with the tool."""

from __future__ import annotations

import csv
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

PEOPLE = "portal/record/1"
TEST_KEYS = {("grant", "sign"), ("grant", "signer"), ("record", "init"), ("record", "witness"), ("record", "signer")}


def number(body: int) -> str:
    """A number with its check digit (the ordinance of 2014, article 5)."""
    digits = [int(digit) for digit in f"{body:011}"]
    total = sum(digit * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(digits), start=1))
    rest = total % 11
    return f"{body:011}{0 if rest <= 1 else 11 - rest}"


class Network:
    """The directories of the parties."""

    def __init__(self, tool: Path, root: Path, parties: tuple[str, ...]) -> None:
        self.tool, self.root = tool, root
        for party in parties:
            (root / party).mkdir()

    def at(self, path: str) -> Path:
        return self.root / path

    def run(self, party: str, *args: str, status: int = 0) -> str:
        """A command of a party in its own directory. Returns what it printed."""
        if args[:1] in (("convert",), ("translate",)) or args[:2] in TEST_KEYS:
            args = (*args, "--test-keys")
        done = subprocess.run([self.tool, *args], cwd=self.at(party), capture_output=True, text=True, check=False)
        if done.returncode != status:
            raise SystemExit(f"{party}: fugo {' '.join(args)} ended with {done.returncode}, not {status}:\n{done.stderr}")
        return done.stdout + done.stderr

    def refused(self, party: str, says: str, *args: str) -> None:
        """A command that must be refused for this reason."""
        said = self.run(party, *args, status=2)
        if says not in said:
            raise SystemExit(f"{party}: fugo {' '.join(args)} does not say `{says}`:\n{said}")
        print(f"  refused, as it must be: {says}")

    def send(self, path: str, *to: str) -> None:
        """Gives a copy of a file to others."""
        for party in to:
            shutil.copy(self.at(path), self.at(party))

    def column(self, path: str, name: str) -> list[str]:
        with self.at(path).open(encoding="utf-8", newline="") as file:
            return [row[name] for row in csv.DictReader(file)]

    def texts(self, party: str) -> set[str]:
        """Every symbol in text form that is in a file of a party."""
        found: set[str] = set()
        for file in self.at(party).rglob("*"):
            if file.is_file():
                text = file.read_bytes().decode("utf-8", "replace")
                for part in ("kikan1", "portal1"):
                    at = text.find(part)
                    while at >= 0:
                        end = at + len(part)
                        while end < len(text) and text[end].isalnum():
                            end += 1
                        found.add(text[at:end])
                        at = text.find(part, end)
        return {symbol for symbol in found if len(symbol) > 30}

    def holds(self, party: str, value: bytes) -> bool:
        return any(value in file.read_bytes() for file in self.at(party).rglob("*") if file.is_file())


def check(claim: str, holds: bool) -> None:
    if not holds:
        raise SystemExit(f"FAILED: {claim}")
    print(f"  {claim}")


def key_of(scope: str) -> str:
    """The name of the key file of a scope."""
    return scope.replace("/", "-") + ".key"


def keys(net: Network, scopes: tuple[str, ...]) -> dict[str, str]:
    """The centre makes all keys of symbols; everybody who signs makes their own. Returns the tags of the scopes."""
    run = net.run
    run("centre", "key", "new", "--plaintext", "--out", "root.key")
    tags = {}
    for scope in (*scopes, PEOPLE):
        file = key_of(scope)
        said = run("centre", "key", "derive", "--plaintext", "--root", "root.key", "--scope", scope, "--out", file)
        tags[scope] = next(word for word in said.replace(",", " ").split() if len(word) == 8 and all(c in "0123456789abcdef" for c in word))
    for party in ("tanaka", "sato", "supervisor", "centre"):
        run(party, "key", "signing", "--plaintext", "--out", "sign.key")
    policy = "version = 1\nsignatures = 2\nbreak-glass-signatures = 1\nbreak-glass-hours = 24\n\n[signers]\n"
    for party in ("sato", "tanaka"):
        policy += run(party, "grant", "signer", "sign.key.pub", "--name", party)
    net.at("centre/grants.toml").write_text(policy, encoding="utf-8")
    run("centre", "record", "init", "record", "--name", "record.example/2026", "--signing-key", "sign.key",
        "--people", PEOPLE, "--people-tag", tags[PEOPLE])
    trust = net.at("centre/record/log.toml").read_text(encoding="utf-8").replace("witnesses-needed = 0", "witnesses-needed = 1")
    trust += run("supervisor", "record", "signer", "sign.key.pub", "--name", "supervisor")
    net.at("centre/trust.toml").write_text(trust, encoding="utf-8")
    net.send("centre/trust.toml", "supervisor", "portal", "citizen", "holder")
    net.send("centre/grants.toml", "supervisor")
    return tags


def grant(net: Network, terms: dict[str, str], of: tuple[str, str], tags: dict[str, str], is_emergency: bool = False) -> str:
    """The inquirer's lawyer writes a grant, and two people sign it, one after the other; in an emergency, one. Returns the
    name of the note, which the centre gets."""
    name, emergency = terms["--id"], ["--break-glass"] if is_emergency else []
    scopes = {"--from": of[0], "--from-tag": tags[of[0]], "--to": of[1], "--to-tag": tags[of[1]]}
    net.run("tanaka", "grant", "new", *(word for pair in (terms | scopes).items() for word in pair), *emergency, "--out", f"{name}.text")
    signed = f"{name}.note" if is_emergency else f"{name}.one"
    net.run("tanaka", "grant", "sign", f"{name}.text", "--key", "sign.key", "--name", "tanaka", "--out", signed)
    net.send(f"tanaka/{signed}", "centre" if is_emergency else "sato")
    if not is_emergency:
        net.run("sato", "grant", "sign", signed, "--key", "sign.key", "--name", "sato", "--out", f"{name}.note")
        net.send(f"sato/{name}.note", "centre")
    return f"{name}.note"


def hours_from_now(hours: float) -> str:
    """A time as grants write it."""
    return f"{datetime.now(timezone.utc) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def translate(rows: str, out: str, of: tuple[str, str], note: str) -> list[str]:
    """The arguments of a translation, recorded."""
    return ["translate", rows, "--from-key", key_of(of[0]), "--to-key", key_of(of[1]), "--out", out, "--roster", "roster.csv",
            "--grant", note, "--grant-policy", "grants.toml", "--record", "record", "--record-key", "portal-record-1.key",
            "--record-signing-key", "sign.key", "--quiet"]


def witnessed(net: Network, old: int, *more: str) -> None:
    """The centre asks the supervisor to sign, and gives the record and the signed checkpoint to its holder."""
    net.run("centre", "record", "request", "record", "--old", str(old), "--out", "request")
    net.send("centre/request", "supervisor")
    net.run("supervisor", "record", "witness", "request", "--trust", "trust.toml", "--state", "seen", "--key", "sign.key",
            "--name", "supervisor", "--out", "cosigned", *more)
    net.send("supervisor/cosigned", "holder")
    shutil.rmtree(net.at("holder/record"), ignore_errors=True)
    shutil.copytree(net.at("centre/record"), net.at("holder/record"))
