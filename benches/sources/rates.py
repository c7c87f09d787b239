#!/usr/bin/env python3
"""What each source of keys costs: a roster converted with a key file, by a program, signed out of a token, and in a token.

    cargo build --release -p fugo-cli && python3 benches/sources/rates.py [--rows 100000]

Needs the Debian package softhsm2. Wall and processor seconds of the whole command, the
best of --runs, and rows per second of wall time. Every output must be the same file."""

import argparse
import hashlib
import os
import pathlib
import resource
import runpy
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
arguments = argparse.ArgumentParser()
arguments.add_argument("--rows", type=int, default=100_000)
arguments.add_argument("--runs", type=int, default=3)
asked = arguments.parse_args()
os.environ.setdefault("FUGO", str(ROOT / "target/release/fugo"))
tokens = runpy.run_path(str(ROOT / "crates/keystore/tokens/tokens.py"), run_name="tokens")


def measured(folder, name, key):
    best = None
    for _ in range(asked.runs):
        out = folder.path / "out.csv"
        out.unlink(missing_ok=True)
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        folder.good("convert", "roster.csv", "--key", key, "--out", out, "--test-keys", "--quiet")
        wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best or (wall, cpu), (wall, cpu))
    wall, cpu = best
    print(f"| {name} | {wall:.2f} | {cpu:.2f} | {asked.rows / wall:,.0f} |", flush=True)
    return hashlib.sha256(out.read_bytes()).hexdigest()


with tempfile.TemporaryDirectory() as path:
    folder = tokens["Folder"](path, None)
    folder.roster(asked.rows)
    key, root = folder.file_key("agency/nta/1", "nta.key"), folder.known_root()
    folder.good("key", "import", key, "--in", folder.uri("nta"))
    folder.good("key", "import", root, "--in", folder.uri("root"), "--mode", "signed-out")
    program = folder.path / "kms-mac"
    program.write_text(
        "#!/usr/bin/python3 -I\nimport hashlib, hmac, sys\n"
        "sys.stdout.buffer.write(hmac.digest(bytes(range(32)), sys.stdin.buffer.read(), hashlib.sha256))\n"
    )
    program.chmod(0o700)
    expected = "test:agency/nta/1=7c2cb2a1@"
    print("| source | wall s | processor s | rows a second |\n|---|---|---|---|")
    found = {
        measured(folder, "key file", key),
        measured(folder, "program", expected + f"exec:{program}"),
        measured(folder, "signed out of SoftHSM2", expected + folder.uri("root")),
        measured(folder, "in SoftHSM2", folder.uri("nta")),
    }
    sys.exit(0 if len(found) == 1 else "the outputs differ")
