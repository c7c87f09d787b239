"""The commands, the folders that they run in, and what they may leave there."""
from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PEOPLE = 6_000
TODAY = 1_795_910_400  # 2026-11-29 09:00 in Japan
quoted = shlex.quote
RECORD = ["--record", "record", "--record-key", "people.key", "--record-signing-key", "sign.key"]

TRANSLATE = ["translate", "asked.csv", "--roster", "roster.csv", "--from-key", "nta.key", "--to-key", "moj.key", "--out",
             "moj2.csv", "--test-keys", "--report", "report2.json", "--quiet", "--grant", "two.note", "--grant-policy",
             "grants.toml", *RECORD]
EXTRACT = ["record", "extract", "record", "--trust", "record/log.toml", "--symbols", "symbols", "--out"]

# More calls than any command makes.
EVERY = 10**9

_numbers = itertools.count(1)
Check = Callable[[Path, bytes, dict[str, bytes]], bool]


def is_temporary(name: str) -> bool:
    """Names of unfinished files. Lock files are empty, and clearing them is the same duty."""
    return name.startswith((".fugo-", "tmp.", ".tmp")) or name.endswith((".fugo-new", ".tmp"))


@dataclass
class Case:
    name: str
    # The folder that a copy is made of.
    folder: str
    command: list[str]
    # What it writes.
    places: list[str]
    # The exit statuses of a command that finished.
    ends: set[int] = field(default_factory=lambda: {0})
    # Whether a place is complete, where its bytes are not the same each time.
    checks: dict[str, Check] = field(default_factory=dict)
    removes: set[str] = field(default_factory=set)
    may_change: set[str] = field(default_factory=set)
    public: tuple[str, ...] = ()
    # Whether all places are written, or none, if the command stops.
    all_or_none: bool = False
    # Whether what it prints is the same each time.
    prints: bool = False
    contradiction: Callable[[Path, dict[str, bytes]], list[str]] = lambda folder, before: []
    done: Callable[[Path], bool] = lambda folder: True
    # The command that runs at the same time, if it is not the same one, and what both of them must have left.
    other: list[str] = field(default_factory=list)
    two: Callable[[Path, int, int, dict[str, str]], list[str]] | None = None
    environment: dict[str, str] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    # Words of the message of a next run that finds what an earlier one has finished of its work, and replaces nothing.
    advice: str = "\0"
    # More calls than this are not all tried, but as many, evenly.
    most: int = EVERY
    quick: bool = True
    number: int = field(default_factory=lambda: next(_numbers))

    def is_complete(self, name: str, folder: Path, found: bytes, reference: dict[str, bytes]) -> bool:
        check = self.checks.get(name)
        return check(folder / name, found, reference) if check else found == reference[name]

    def is_public(self, name: str) -> bool:
        # Public keys, the registry of scopes, and its unfinished file.
        return name.endswith((".pub", ".scopes", ".scopes.fugo-new", *self.public))

    def contradictions(self, folder: Path, before: dict[str, bytes]) -> list[str]:
        return self.contradiction(folder, before)

    def is_done(self, folder: Path) -> bool:
        return self.done(folder)

    def half(self, states: dict[str, str]) -> list[str]:
        complete = [name for name, state in states.items() if state == "complete"]
        return [f"it stops with {complete} alone"] if self.all_or_none and 0 < len(complete) < len(states) else []

    def judge_two(self, folder: Path, one: int, other: int, states: dict[str, str]) -> list[str]:
        if self.two:
            return self.two(folder, one, other, states)
        return [] if all(state == "complete" for state in states.values()) else [f"two at once leave {states}"]


def run(*command: object, folder: Path, ends: tuple[int, ...] = (0,)) -> bytes:
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL)
    if done.returncode not in ends:
        raise SystemExit(f"{command}: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def numbers(first: int, count: int) -> Iterator[str]:
    """Valid numbers: eleven digits and the check digit."""
    for i in range(first, first + count):
        body = f"{i * 61_803_398_877 % 10**11:011}"
        rest = sum(int(digit) * weight for digit, weight in zip(body, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2))) % 11
        yield body + str(0 if rest <= 1 else 11 - rest)


def roster(path: Path, first: int, count: int) -> None:
    rows = [f"{number},{i % 5},{'memo ' * (i % 9)}" for i, number in enumerate(numbers(first, count))]
    # Two rejects, a row twice, and a person with two rows that differ.
    rows += ["12345,1,x", "999999999999,2,y", rows[0], rows[1].split(",")[0] + ",4,other"]
    path.write_text("my_number,group,memo\n" + "\n".join(rows) + "\n")


def prepare(work: Path, tool: str) -> None:
    """Makes the folders that the commands run in: keys; rosters; a conversion that can be recorded and delivered; grants."""
    keys = work / "keys"
    keys.mkdir()

    def fugo(*arguments: str, folder: Path, ends: tuple[int, ...] = (0,)) -> bytes:
        return run(tool, *arguments, folder=folder, ends=ends)

    fugo("key", "new", "--plaintext", "--out", "root.key", folder=keys)
    for scope, name in (("agency/nta/1", "nta.key"), ("agency/moj/1", "moj.key")):
        fugo("key", "derive", "--plaintext", "--root", "root.key", "--scope", scope, "--out", name, folder=keys)
    for name in ("a", "b", "c"):
        run("age-keygen", "-o", f"{name}.identity", folder=keys)
        (keys / f"{name}.recipient").write_bytes(run("age-keygen", "-y", f"{name}.identity", folder=keys))

    shared = work / "shared"
    shutil.copytree(keys, shared)
    split = ["key", "split", "root.key", "--threshold", "2", "--out-dir", "shares"]
    for name in "abc":
        split += ["--to", (keys / f"{name}.recipient").read_text().strip()]
    fugo(*split, folder=shared)

    rosters = work / "rosters"
    shutil.copytree(keys, rosters)
    roster(rosters / "roster.csv", 1, PEOPLE)
    roster(rosters / "other.csv", 4_000, PEOPLE)
    (rosters / "numbers.txt").write_text("\n".join([*numbers(1, PEOPLE), "12345"]) + "\n")
    (rosters / "policy.toml").write_text(
        'version = 1\n["agency/nta"]\nsmall-groups = "leave-out"\n["agency/nta".columns]\ngroup = "exact"\nmemo = "drop"\n')

    earlier = work / "earlier"
    shutil.copytree(rosters, earlier)
    outputs = ("--key", "nta.key", "--out", "nta.csv", "--key", "moj.key", "--out", "moj.csv", "--keep", "group")
    outputs += ("--test-keys", "--report", "report.json", "--quiet")
    fugo("convert", "other.csv", *outputs, folder=earlier, ends=(1,))

    large = work / "large"
    shutil.copytree(keys, large)
    roster(large / "roster.csv", 1, 200_000)

    issuer = work / "issuer"
    shutil.copytree(rosters, issuer)
    (issuer / "other.csv").unlink()
    fugo("convert", "roster.csv", *outputs, folder=issuer, ends=(1,))
    (issuer / "audit.json").write_bytes(fugo("audit", "nta.csv", "moj.csv", "--json", folder=issuer))
    fugo("key", "signing", "--plaintext", "--out", "sign.key", folder=issuer)
    fugo("key", "ledger", "--plaintext", "--out", "ledger.key", folder=issuer)
    recipient = (issuer / "a.recipient").read_text().strip()
    (issuer / "recipients.csv").write_text(f"scope,recipient\nagency/nta/1,{recipient}\nagency/moj/1,{recipient}\n")
    for name in ("ledgers", "outbox", "inbox"):
        (issuer / name).mkdir()

    recorded = work / "recorded"
    shutil.copytree(issuer, recorded)
    fugo(*record(1), folder=recorded)

    recipients = work / "recipients"
    shutil.copytree(issuer, recipients)
    fugo(*deliver(1), folder=recipients)

    granted = work / "granted"
    shutil.copytree(issuer, granted)
    (granted / "asked.csv").write_text("".join(
        line if i == 0 or i % 3 == 0 else "" for i, line in enumerate((granted / "nta.csv").open())))
    policy = "version = 1\nsignatures = 2\n[signers]\n"
    for name in ("tanaka", "sato"):
        fugo("key", "signing", "--plaintext", "--out", f"{name}.key", folder=granted)
        signer = fugo("grant", "signer", f"{name}.key.pub", "--name", name, "--test-keys", folder=granted).decode().strip()
        policy += (signer if " = " in signer else f'{name} = "{signer}"') + "\n"
    (granted / "grants.toml").write_text(policy)
    fugo(*grant(tags_of(keys)), folder=granted)
    fugo("grant", "sign", "grant.text", "--key", "tanaka.key", "--name", "tanaka", "--out", "one.note", "--test-keys",
         folder=granted)
    fugo("grant", "sign", "one.note", "--key", "sato.key", "--name", "sato", "--out", "two.note", "--test-keys",
         folder=granted)
    fugo("key", "derive", "--plaintext", "--root", "root.key", "--scope", "portal/record/1", "--out", "people.key", folder=granted)
    fugo("record", "init", "record", "--name", "record.test", "--signing-key", "sign.key", "--people", "portal/record/1",
         "--people-tag", tags_of(granted)["portal/record/1"], "--test-keys", folder=granted)

    watched = work / "watched"
    shutil.copytree(granted, watched)
    fugo(*TRANSLATE, folder=watched)
    fugo("key", "signing", "--plaintext", "--out", "witness.key", folder=watched)
    witness = fugo("record", "signer", "witness.key.pub", "--name", "witness.test", "--test-keys", folder=watched).decode()
    (watched / "trust.toml").write_text((watched / "record/log.toml").read_text() + witness)
    fugo("record", "request", "record", "--old", "0", "--out", "growth", folder=watched)
    fugo("convert", "roster.csv", "--key", "people.key", "--out", "people.csv", "--test-keys", "--quiet", folder=watched, ends=(1,))
    (watched / "symbols").write_text("".join((watched / "people.csv").read_text().splitlines(True)[1:4]))
    fugo(*EXTRACT, "extracts", folder=watched)
    (work / "extracts").mkdir()
    for file in (watched / "extracts").iterdir():
        file.rename(work / "extracts" / file.name)
    (watched / "extracts").rmdir()


def grant(tags: dict[str, str], out: str = "grant.text") -> list[str]:
    return ["grant", "new", "--id", "2026-0001", "--inquirer", "年金機構", "--provider", "国税庁", "--from", "agency/nta/1",
            "--from-tag", tags["agency/nta/1"], "--to", "agency/moj/1", "--to-tag", tags["agency/moj/1"], "--items", "所得",
            "--legal-basis", "番号法 19条8号", "--purpose", "免除の審査", "--not-before", "2026-11-01T00:00:00Z",
            "--not-after", "2027-03-31T23:59:59Z", "--most-people", "100000", "--out", out]


def record(serial: int) -> list[str]:
    return ["ledger", "record", "nta.csv", "--ledger", "ledgers", "--key", "ledger.key", "--test-keys", "--report", "report.json",
            "--serial", str(serial)]


def deliver(serial: int) -> list[str]:
    return ["deliver", "nta.csv", "--test-keys", "--out-dir", "outbox", "--signing-key", "sign.key", "--report", "report.json",
            "--audit-report", "audit.json", "--recipients", "recipients.csv", "--serial", str(serial)]


def tags_of(folder: Path) -> dict[str, str]:
    rows = [line.split(",") for line in (folder / "root.key.scopes").read_text().splitlines()[1:]]
    return {"/".join(row[:3]): row[3] for row in rows}


# Checks of places whose bytes differ from run to run.

def by_command(tool: str, *arguments: str) -> Check:
    """The command accepts the file: {} is its path."""
    def check(path: Path, found: bytes, reference: dict[str, bytes]) -> bool:
        command = [tool, *(argument.replace("{}", str(path)) for argument in arguments)]
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, cwd=path.parent).returncode == 0
    return check


def ages(path: Path, found: bytes, reference: dict[str, bytes]) -> bool:
    return found.startswith(b"-----BEGIN AGE") and found.endswith(b"-----END AGE ENCRYPTED FILE-----\n")


# What is different in each run, or in each place.
VOLATILE = {"record", "run", "run_id", "seconds", "replaced", "rows_per_second"}


def stable(value: object) -> object:
    if isinstance(value, dict):
        return {key: stable(inner) for key, inner in value.items() if key not in VOLATILE}
    return [stable(inner) for inner in value] if isinstance(value, list) else value


def same_json(path: Path, found: bytes, reference: dict[str, bytes]) -> bool:
    name = next(name for name in reference if str(path).endswith("/" + name))
    try:
        return stable(json.loads(found)) == stable(json.loads(reference[name]))
    except ValueError:
        return False


def has_line(line: str) -> Check:
    """A registry with this line, and otherwise lines of its form."""
    form = re.compile(r"\w+,[\w-]+,\d+,[0-9a-f]{8},[\d-]*,[\d-]*,[\d-]*")

    def check(path: Path, found: bytes, reference: dict[str, bytes]) -> bool:
        text = found.decode(errors="replace")
        lines = text.splitlines()
        return text.endswith("\n") and all(map(form.fullmatch, lines[1:])) and any(re.match(line, row) for row in lines)
    return check


def every(tool: str, work: Path) -> Iterator[Case]:
    tags = tags_of(work / "keys")
    shares = sorted(str(path.relative_to(work / "shared")) for path in (work / "shared/shares").iterdir())

    def fugo(*arguments: str) -> list[str]:
        return [tool, *arguments]

    outputs = ["--key", "nta.key", "--out", "nta.csv", "--key", "moj.key", "--out", "moj.csv", "--keep", "group"]
    outputs += ["--test-keys", "--report", "report.json", "--quiet"]
    written = ["nta.csv", "moj.csv", "nta.rejects.csv", "nta.duplicates.csv", "report.json"]
    report = {"report.json": same_json}

    def one_of_two(folder: Path, one: int, other: int, states: dict[str, str]) -> list[str]:
        """All files are of one run: the digests of its report are theirs."""
        import hashlib
        if 1 not in (one, other):
            return [f"exits {one}, {other}"]
        text = (folder / "report.json").read_text()
        digests = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in written[:4]]
        return [f"{name} is not of the run that wrote the report" for name, digest in zip(written, digests) if digest not in text]

    def complete_or_other(other: str) -> Check:
        del other
        return lambda path, found, reference: True

    yield Case("convert", "rosters", fugo("convert", "roster.csv", *outputs), written, {1}, report)
    yield Case("convert, over earlier outputs", "earlier", fugo("convert", "roster.csv", *outputs), written, {1}, report)
    in_order = ["--order", "input", "--unique"]
    yield Case("convert, in the order of the input", "earlier", fugo("convert", "roster.csv", *outputs, *in_order), written, {1},
               report, quick=False)
    # Two rosters at once.
    yield Case("convert, two rosters", "rosters", fugo("convert", "roster.csv", *outputs), written, {1},
               {name: complete_or_other(name) for name in written}, other=fugo("convert", "other.csv", *outputs),
               two=one_of_two, without={"enospc", "eio", "eintr", "short-read", "short-write", "kill", "power"})
    yield Case("convert to Parquet", "rosters",
               fugo("convert", "roster.csv", "--key", "nta.key", "--out", "nta.parquet", "--keep", "group", "--test-keys", "--quiet"),
               ["nta.parquet", "nta.rejects.csv", "nta.duplicates.csv"], {1}, quick=False)
    yield Case("convert with a policy", "rosters",
               fugo("convert", "roster.csv", "--key", "nta.key", "--out", "nta.csv", "--policy", "policy.toml", "--test-keys",
                    "--quiet", "--report", "report.json"),
               ["nta.csv", "nta.rejects.csv", "nta.duplicates.csv", "report.json"], {1}, report, quick=False)
    yield Case("convert, with rows that spill", "large",
               fugo("convert", "roster.csv", "--key", "nta.key", "--out", "nta.csv", "--keep", "memo", "--memory", "16M",
                    "--test-keys", "--quiet"),
               ["nta.csv", "nta.rejects.csv", "nta.duplicates.csv"], {1}, quick=False, most=24)
    translated = ["moj2.csv", "report2.json"]

    def recorded(folder: Path, before: dict[str, bytes]) -> list[str]:
        verify = [tool, "record", "verify", "record", "--trust", "record/log.toml", "--grant-policy", "grants.toml"]
        done = subprocess.run(verify, cwd=folder, capture_output=True)
        if done.returncode != 0:
            return [f"the record does not verify: {done.stderr.decode(errors='replace').strip()}"]
        entries = int((folder / "record/checkpoint").read_text().split("\n")[1])
        return ["an output is not recorded"] if (folder / "moj2.csv").exists() and entries == 0 else []

    yield Case("translate", "granted", fugo(*TRANSLATE), translated, {0, 1}, {"report2.json": same_json},
               contradiction=recorded, may_change={"record/checkpoint"}, most=120)

    def verifies(path: Path, found: bytes, reference: dict[str, bytes]) -> bool:
        command = [tool, "record", "verify", str(path.parent), "--trust", str(path.parent / "log.toml")]
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0

    init = ["record", "init", "new", "--name", "new.test", "--signing-key", "sign.key", "--people", "portal/record/1",
            "--people-tag", tags_of(work / "granted")["portal/record/1"], "--test-keys"]
    yield Case("record init", "granted", fugo(*init), ["new/log.toml", "new/checkpoint"],
               checks={"new/checkpoint": verifies}, all_or_none=True, advice="new exists")
    yield Case("record request", "watched", fugo("record", "request", "record", "--old", "0", "--out", "request"), ["request"])
    yield Case("record witness", "watched",
               fugo("record", "witness", "growth", "--trust", "trust.toml", "--state", "seen", "--begin", "--key", "witness.key",
                    "--name", "witness.test", "--out", "cosigned", "--test-keys"),
               ["seen", "cosigned"], advice="leave out --begin",
               checks={"cosigned": lambda path, found, reference: cosigned(tool, path)})
    extracts = sorted(f"extracts/{file.name}" for file in (work / "extracts").iterdir())
    yield Case("record extract", "watched", fugo(*EXTRACT, "extracts"), extracts, all_or_none=True, advice="name a new folder")

    yield Case("grant new", "granted", fugo(*grant(tags, "new.text")), ["new.text"], public=(".text",))
    yield Case("grant sign", "granted",
               fugo("grant", "sign", "one.note", "--key", "sato.key", "--name", "sato", "--out", "new.note", "--test-keys"),
               ["new.note"],
               public=(".note",))

    inspect = by_command(tool, "key", "inspect", "{}")
    yield Case("key new", "keys", fugo("key", "new", "--plaintext", "--out", "new.key"), ["new.key"],
               checks={"new.key": inspect})
    yield Case("key new, encrypted", "keys", ["sh", "-c", f'exec {quoted(tool)} key new --recipient "$(cat a.recipient)" --out new.key'],
               ["new.key"], checks={"new.key": by_command(tool, "key", "inspect", "{}", "--identity", "a.identity")})

    def both_recorded(folder: Path, one: int, other: int, states: dict[str, str]) -> list[str]:
        text = (folder / "root.key.scopes").read_text()
        missing = [scope for scope in ("agency,mof,1,", "agency,mlit,1,") if scope not in text]
        lost = [f"{scope} is not recorded" for scope in missing]
        return lost + ([] if one == other == 0 and (folder / "mlit.key").exists() else [f"exits {one}, {other}"])

    derive = ["key", "derive", "--plaintext", "--root", "root.key"]
    yield Case("key derive", "keys", fugo(*derive, "--scope", "agency/mof/1", "--out", "mof.key"),
               ["mof.key", "root.key.scopes"], checks={"root.key.scopes": has_line("agency,mof,1,")},
               other=fugo(*derive, "--scope", "agency/mlit/1", "--out", "mlit.key"), two=both_recorded,
               contradiction=lambda folder, before: [
                   "a key is written and not recorded"] if (folder / "mof.key").exists() and "mof,1," not in (folder / "root.key.scopes").read_text() else [])
    rotate = ["key", "rotate", "--plaintext", "--root", "root.key", "--scope", "agency/nta/1", "--valid-from", "2027-04-01",
              "--accept-until", "2027-04-30", "--out", "nta2.key"]

    def dates_together(folder: Path, before: dict[str, bytes]) -> list[str]:
        text = (folder / "root.key.scopes").read_text()
        old, new = (re.search(pattern, text, re.M) is not None
                    for pattern in (r"^agency,nta,1,\w+,,2027-04-30,", r"^agency,nta,2,\w+,2027-04-01,,"))
        lost = [] if old == new else ["one date of a rotation is recorded without the other"]
        return lost + (["a key is written and not recorded"] if (folder / "nta2.key").exists() and not new else [])

    yield Case("key rotate", "keys", fugo(*rotate), ["nta2.key", "root.key.scopes"], contradiction=dates_together)
    yield Case("key dates", "keys",
               fugo("key", "dates", "--registry", "root.key.scopes", "--scope", "agency/nta/1", "--accept-until", "2030-01-01"),
               ["root.key.scopes"], prints=True)

    def destroyed(folder: Path, before: dict[str, bytes]) -> list[str]:
        recorded = re.search(r"^agency,nta,1,\w+,,,\d{4}-", (folder / "root.key.scopes").read_text(), re.M)
        path = folder / "nta.key"
        intact = path.exists() and path.read_bytes() == before["nta.key"]
        return ["the key is gone and its end is not recorded"] if not intact and not recorded else []

    yield Case("key destroy", "keys",
               fugo("key", "destroy", "nta.key", "--registry", "root.key.scopes", "--although-accepted"), ["root.key.scopes"],
               checks={"root.key.scopes": has_line(r"agency,nta,1,\w+,,,\d")}, removes={"nta.key"}, contradiction=destroyed,
               done=lambda folder: not (folder / "nta.key").exists(), two=lambda folder, one, other, states:
               [] if 0 in (one, other) and not (folder / "nta.key").exists() else [f"exits {one}, {other}"])
    yield Case("key signing", "keys", fugo("key", "signing", "--plaintext", "--out", "new.key"), ["new.key", "new.key.pub"],
               advice="fugo key public", checks={"new.key": by_command(tool, "key", "public", "{}"),
                       "new.key.pub": lambda path, found, reference: pair(tool, path, found)})
    yield Case("key ledger", "keys", fugo("key", "ledger", "--plaintext", "--out", "new.key"), ["new.key"],
               checks={"new.key": lambda path, found, reference: len(found) == len(reference["new.key"])})
    split = "exec " + quoted(tool) + " key split root.key --threshold 2 --out-dir shares" + "".join(
        f' --to "$(cat {name}.recipient)"' for name in "abc")

    yield Case("key split", "keys", ["sh", "-c", split], shares, checks=dict.fromkeys(shares, ages), all_or_none=True,
               advice="move this one away")
    yield Case("key join", "shared", fugo("key", "join", *shares[:2], "--root-identity", "a.identity", "--root-identity", "b.identity", "--plaintext",
                                          "--out", "joined.key"), ["joined.key"], quick=False)

    ledger = "ledgers/agency-nta-1.ledger"
    yield Case("ledger record, the first", "issuer", fugo(*record(1)), [ledger], prints=True)
    yield Case("ledger record, the second", "recorded", fugo(*record(2)), [ledger], prints=True, quick=False)
    delivered = [f"outbox/agency-nta-1-1/agency-nta-1-1.{suffix}" for suffix in ("tar.age", "manifest.json")]
    yield Case("deliver", "issuer", fugo(*deliver(1)), delivered,
               checks={name: lambda path, found, reference: opens(tool, path) for name in delivered}, all_or_none=True,
               public=(".tar.age", ".manifest.json"))
    received = [f"inbox/agency-nta-1-1.{suffix}" for suffix in ("csv", "manifest.json")]
    yield Case("receive", "recipients",
               fugo("receive", delivered[0], "--test-keys", "--identity", "a.identity", "--signer", "sign.key.pub", "--out-dir",
                    "inbox"), received, prints=True, public=(".manifest.json",))
    yield Case("audit --report", "issuer", fugo("audit", "nta.csv", "moj.csv", "--report", "new.json"), ["new.json"],
               checks={"new.json": same_json}, prints=True)
    yield Case("check", "rosters", fugo("check", "numbers.txt"), [], {1}, prints=True, quick=False,
               without={"kill", "power", "two"})
    yield Case("key public", "issuer", fugo("key", "public", "sign.key"), [], prints=True, without={"kill", "power", "two"})
    yield Case("synth", "keys", fugo("synth", "--rows", "2000", "--seed", "1", "--out", "people.csv"), ["people.csv"], quick=False)


def cosigned(tool: str, path: Path) -> bool:
    """The checkpoint is signed by the log and by the witness. The time of the signature differs from run to run."""
    trust = path.parent / "needed.toml"
    trust.write_text((path.parent / "trust.toml").read_text().replace("witnesses-needed = 0", "witnesses-needed = 1"))
    command = [tool, "record", "verify", "record", "--trust", trust.name, "--checkpoint", path.name]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, cwd=path.parent)
    trust.unlink()
    return done.returncode == 0


def opens(tool: str, path: Path) -> bool:
    """A delivery is complete if its recipient can receive it."""
    folder = path.parents[2]
    sealed = path.parent / f"{path.parent.name}.tar.age"
    inbox = folder / "checked"
    inbox.mkdir(exist_ok=True)
    done = subprocess.run([tool, "receive", sealed, "--test-keys", "--identity", "a.identity", "--signer", "sign.key.pub",
                           "--out-dir", inbox], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL)
    rows = inbox / f"{path.parent.name}.csv"
    complete = done.returncode == 0 and rows.read_bytes() == (folder / "nta.csv").read_bytes()
    shutil.rmtree(inbox)
    return complete


def pair(tool: str, path: Path, found: bytes) -> bool:
    """The public key of the private key next to it."""
    done = subprocess.run([tool, "key", "public", path.with_suffix("")], capture_output=True, stdin=subprocess.DEVNULL)
    return done.returncode == 0 and done.stdout == found


def clocks(work: Path, tool: str, clock: Path) -> tuple[int, list[str]]:
    """Commands that ask for the day, with clocks that are wrong, that jump, and that are at the ends of a window."""
    days = 86_400
    never = [-1, -(2**40), 253_402_300_800, 2**62]
    first, last = 1_806_505_200, 1_809_097_200  # 2027-04-01 and 2027-05-01, 00:00 in Japan
    before, after = 1_793_491_200, 1_806_537_600  # 2026-11-01 00:00:00 and 2027-04-01 00:00:00 UTC: the window of the grant
    keys = work / "clocks"
    shutil.copytree(work / "issuer", keys)
    for name in ("asked.csv", "grants.toml", "two.note", "people.key"):
        shutil.copy(work / "granted" / name, keys)
    shutil.copytree(work / "granted/record", keys / "record")
    run(tool, "key", "rotate", "--plaintext", "--root", "root.key", "--scope", "agency/nta/1", "--valid-from", "2027-04-01",
        "--accept-until", "2027-04-30", "--out", "nta2.key", folder=keys)
    registry = ["--registry", "root.key.scopes", "--test-keys", "--quiet"]
    convert = ["convert", "roster.csv", "--out", "out.csv", *registry, "--key"]
    translate = ["translate", "asked.csv", "--roster", "roster.csv", "--from-key", "nta.key", "--to-key", "moj.key", "--out",
                 "out.csv", "--test-keys", "--grant", "two.note", "--grant-policy", "grants.toml", "--quiet", *RECORD]
    undated = deliver(1)[:-2]
    # (command, what the clock says, whether the command may finish)
    trials: list[tuple[list[str], str, bool]] = []
    for now, old, new in ((TODAY, True, False), (first - 1, True, False), (first, False, True), (last, False, True)):
        trials += [([*convert, "nta.key"], f"{now}", old), ([*convert, "nta2.key"], f"{now}", new)]
    for command in ([*convert, "nta.key"], ["key", "destroy", "nta.key", "--registry", "root.key.scopes", "--although-accepted"]):
        # Before 2026-01-02 in Japan nobody had this tool.
        trials += [(command, f"{now}", False) for now in [*never, 0, 1_767_279_599]]
    trials.append(([*convert, "nta.key"], "1767279600", True))
    for now, granted in ((before - 1, False), (before, True), (after - 1, True), (after, False), (TODAY + 3650 * days, False)):
        trials.append((translate, f"{now}", granted))
    trials += [(translate, f"{now}", False) for now in never]
    # The clock is read once for each decision: a jump afterwards changes nothing, in either direction.
    trials += [(translate, f"{TODAY},1,{TODAY + 3650 * days}", True), (translate, f"{TODAY},1,0", True),
               ([*convert, "nta.key"], f"{TODAY},1,{last}", True), ([*convert, "nta2.key"], f"{first},1,0", True)]
    trials += [(undated, f"{now}", True) for now in (TODAY, first, 4_102_444_800)]
    trials += [(undated, f"{now}", False) for now in never]
    trials += [([*convert, "nta.key"], f"{TODAY}", True), ([*convert, "nta2.key"], f"{first}", True)]
    wrong = []

    def trial(command: list[str], now: str, may: bool, tool: str = tool) -> None:
        folder = work / "clock"
        shutil.copytree(keys, folder)
        before = (folder / "root.key.scopes").read_bytes()
        done = subprocess.run([tool, *command], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL,
                              env={**os.environ, "LD_PRELOAD": str(clock), "FUGO_CLOCK": now})
        new = [path.name for path in (*folder.glob("out.csv"), *(folder / "outbox").glob("*"))]
        finished = done.returncode in (0, 1) and (bool(new) or command[:2] == ["key", "destroy"])
        if finished != may or (not may and (done.returncode != 2 or new or (folder / "root.key.scopes").read_bytes() != before)):
            said = done.stderr.decode(errors="replace").strip()[:200]
            wrong.append(f"clock {now}: {' '.join(command[:2])}: exit {done.returncode}, {new}: {said}")
        shutil.rmtree(folder)

    for command, now, may in trials:
        trial(command, now, may)
    # An older delivery by a clock that went back is refused: the folder has a later serial.
    folder = work / "clock"
    shutil.copytree(keys, folder)
    for now, end in ((first, 0), (TODAY, 2)):
        done = subprocess.run([tool, *undated], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL,
                              env={**os.environ, "LD_PRELOAD": str(clock), "FUGO_CLOCK": f"{now}"})
        if done.returncode != end:
            wrong.append(f"clock {now}: deliver after a later delivery: exit {done.returncode}")
    shutil.rmtree(folder)
    # A program that does not look at the clock must be found.
    found = len(wrong)
    copies = work / "copies"
    copies.write_text("#!/bin/sh\ncp roster.csv out.csv\n")
    copies.chmod(0o755)
    trial(translate, f"{after}", False, str(copies))
    if len(wrong) == found:
        raise SystemExit("FAILED: a program that does not look at the clock is not found")
    print("found: a program that does not look at the clock")
    del wrong[found:]
    return len(trials) + 2, wrong


def planted(work: Path, tool: str) -> Iterator[tuple[Case, str, str, str]]:
    """Programs that do what must be found: (program, fault, column, words of the reason)."""
    def shell(name: str, script: str, **more: object) -> Case:
        return Case(name, "rosters", ["sh", "-c", f"umask 077; {script}"], ["out.csv"], **more)

    in_place = "dd if=roster.csv of=out.csv bs=20000 2>/dev/null"
    yield shell("a program that writes in place", in_place), "kill", "lost", "torn"
    yield shell("a program that ignores a full disk", f"{in_place}; exit 0"), "enospc", "lost", "torn"
    yield shell("a program whose file others can read", f"umask 022; {in_place}"), "kill", "exposed", "mode"
    renamed = "cp roster.csv out.tmp && mv out.tmp out.csv"
    yield shell("a program that renames and does not flush", f"{renamed} && touch done"), "power", "lost", "torn"
    yield shell("a program that ends before its file is on the device", renamed), "eintr", "lost", "not flushed"
    yield shell("a program that flushes its file and not the folder", "dd if=roster.csv of=out.tmp bs=20000 conv=fsync 2>/dev/null && mv out.tmp out.csv"), \
        "short-read", "lost", "folder of out.csv is not flushed"
    yield shell("a program that leaves its temporary file", "cp roster.csv tmp.$$ && mv tmp.$$ out.csv"), "kill", "left", "left tmp."
    once = "import os; os.write(os.open('out.csv', os.O_WRONLY | os.O_CREAT, 0o600), open('roster.csv', 'rb').read())"
    yield Case("a program that ignores a short write", "rosters", ["python3", "-S", "-c", once], ["out.csv"]), \
        "short-write", "lost", "torn"
    yield shell("two programs that write one file", in_place, other=["sh", "-c", "umask 077; " + in_place.replace("roster.csv", "other.csv")],
                two=lambda folder, one, other, states: []), "two", "lost", "torn"
    yield shell("a program that dies of a fault", f"{in_place} || kill -SEGV $$"), "enospc", "lost", "exit 139"
