"""Delivers a roster with the tool, and opens and verifies the delivery without it.

usage: delivery.py TOOL
"""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

import verify
from securesystemslib.exceptions import VerificationError

PEOPLE = 1_000
NAME = "agency-nta-1-20261129"


def run(*command, folder):
    return subprocess.run([str(part) for part in command], cwd=folder, check=True, capture_output=True).stdout


def numbers(count):
    """Valid numbers: eleven digits and the check digit."""
    for i in range(1, count + 1):
        body = f"{i * 61_803_398_877 % 10**11:011}"
        weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
        rest = sum(int(digit) * weight for digit, weight in zip(body, weights)) % 11
        yield body + str(0 if rest <= 1 else 11 - rest)


def refused(envelope, key, what):
    try:
        verify.verified(envelope, key)
    except VerificationError:
        print(f"refused: {what}")
    else:
        raise SystemExit(f"FAILED: {what} is accepted")


def main(tool):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        rows = "".join(f"{number},{i % 5}\n" for i, number in enumerate(numbers(PEOPLE)))
        (folder / "roster.csv").write_text("my_number,group\n" + rows)
        run(tool, "key", "new", "--plaintext", "--out", "root.key", folder=folder)
        scope = ("--scope", "agency/nta/1", "--out", "nta.key")
        run(tool, "key", "derive", "--plaintext", "--root", "root.key", *scope, folder=folder)
        for name in ("sign.key", "other.key"):
            run(tool, "key", "signing", "--plaintext", "--out", name, folder=folder)
        run("age-keygen", "-o", "identity", folder=folder)
        recipient = run("age-keygen", "-y", "identity", folder=folder).decode().strip()
        outputs = ("--key", "nta.key", "--out", "nta.csv", "--keep", "group", "--report", "report.json")
        run(tool, "convert", "--test-keys", "roster.csv", *outputs, folder=folder)
        (folder / "outbox").mkdir()
        how = ("--out-dir", "outbox", "--signing-key", "sign.key", "--report", "report.json", "--recipient", recipient)
        how += ("--serial", "20261129", "--without-audit", "--test-keys")
        run(tool, "deliver", "nta.csv", *how, folder=folder)

        delivery = folder / "outbox" / NAME
        sealed = delivery / f"{NAME}.tar.age"
        run("age", "--decrypt", "--identity", "identity", "--output", "delivery.tar", sealed, folder=folder)
        run("tar", "--extract", "--file", "delivery.tar", folder=folder)
        received = (folder / f"{NAME}.csv").read_bytes()
        assert received == (folder / "nta.csv").read_bytes()
        print("age decrypted the sealed file, and tar unpacked it")

        key = verify.public_key(folder / "sign.key.pub")
        outer = json.loads((delivery / f"{NAME}.manifest.json").read_bytes())
        inner = json.loads((folder / f"{NAME}.inner.json").read_bytes())
        stated, inside = verify.verified(outer, key), verify.verified(inner, key)
        assert stated["predicate"] == inside["predicate"] and stated["subject"][:1] == inside["subject"]
        digests = {subject["name"]: subject["digest"]["sha256"] for subject in stated["subject"]}
        assert digests == {
            f"{NAME}.csv": hashlib.sha256(received).hexdigest(),
            sealed.name: hashlib.sha256(sealed.read_bytes()).hexdigest(),
        }
        assert stated["predicate"]["contents"]["rows"] == PEOPLE
        arguments = (delivery / f"{NAME}.manifest.json", folder / "sign.key.pub", sealed)
        verify.main(*arguments)
        try:
            verify.main(*arguments[:2], folder / "nta.csv")
        except SystemExit as refusal:
            print(f"refused: {refusal}")
        else:
            raise SystemExit("FAILED: another file is taken for the sealed one")
        print("securesystemslib verified both manifests, and their digests are those of the files")

        refused(outer | {"payload": inner["payload"]}, key, "a payload under another signature")
        refused(outer, verify.public_key(folder / "other.key.pub"), "another public key")
        refused(outer, verify.public_key(folder / "other.key.pub") | {"key-id": key["key-id"]}, "another public key under the same id")


main(pathlib.Path(sys.argv[1]))
