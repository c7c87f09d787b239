"""Verifies a record and an extract of the tool without the tool: SHA-256 of the standard library, Ed25519 of `cryptography`.

usage: record.py TOOL

258 runs of `fugo translate` make a record with one full tile of 256 hashes. Read from C2SP's tlog-tiles are: the
checkpoint and its signature, a witness's signature with its time, tiles and bundles, and proofs by the algorithms of
RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""
import base64
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

RUNS = 258
NTA, MOJ, PEOPLE = "agency/nta/1", "agency/moj/1", "portal/record/1"


def leaf(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes):
    """The Merkle tree hash of RFC 9162, section 2.1.1."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node(root(hashes[:split]), root(hashes[split:]))


def included(data, index, size, proof, expected):
    if index >= size:
        return False
    at, last, found = index, size - 1, leaf(data)
    for hash in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node(hash, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, hash)
        at, last = at >> 1, last >> 1
    return last == 0 and found == expected


def consistent(old, old_root, new, new_root, proof):
    if old == new:
        return not proof and old_root == new_root
    if old & old - 1 == 0:
        proof = [old_root, *proof]
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = proof[0]
    for hash in proof[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node(hash, first), node(hash, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node(second, hash)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def signed_by(note, key):
    """Whether a signed note has a good signature of a key NAME+ID+KEY, of a log or of a witness."""
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    name, ident, public = key.split("+", 2)
    public = base64.b64decode(public)
    assert hashlib.sha256(name.encode() + b"\n" + public).hexdigest()[:8] == ident, "the id of a key"
    for line in lines.splitlines():
        dash, signer, signature = line.split(" ")
        signature = base64.b64decode(signature)
        if (dash, signer, signature[:4].hex()) != ("\u2014", name, ident):
            continue
        message, signature = text.encode(), signature[4:]
        if public[0] == 4:
            time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            message = f"cosignature/v1\ntime {time}\n".encode() + message
        try:
            Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature, message)
        except InvalidSignature:
            return False
        return True
    return False


def checkpoint(note):
    origin, size, hash = note.split("\n")[:3]
    return origin, int(size), base64.b64decode(hash)


def main(tool):
    with tempfile.TemporaryDirectory() as name:
        at = pathlib.Path(name)

        def fugo(*args, codes=(0,)):
            if args[:2] in {("grant", "sign"), ("grant", "signer"), ("record", "init"), ("record", "witness"), ("record", "signer")}:
                args = (*args, "--test-keys")
            done = subprocess.run([tool, *args], cwd=at, capture_output=True, text=True, check=False)
            assert done.returncode in codes, (args, done.stderr)
            return done.stdout

        def tag(scope):
            return re.search(r"\b[0-9a-f]{8}\b", fugo("key", "inspect", scope.replace("/", "-") + ".key")).group()

        fugo("key", "new", "--plaintext", "--out", "root.key")
        for scope in (NTA, MOJ, PEOPLE):
            fugo("key", "derive", "--plaintext", "--root", "root.key", "--scope", scope, "--out", scope.replace("/", "-") + ".key")
        for signer in ("one", "two", "log", "witness"):
            fugo("key", "signing", "--plaintext", "--out", f"{signer}.key")
        policy = "version = 1\n[signers]\n" + "".join(fugo("grant", "signer", f"{one}.key.pub", "--name", one) for one in ("one", "two"))
        (at / "grants.toml").write_text(policy, encoding="utf-8")
        fugo("grant", "new", "--id", "g", "--inquirer", "a", "--provider", "b", "--from", NTA, "--from-tag", tag(NTA), "--to", MOJ,
             "--to-tag", tag(MOJ), "--items", "c", "--legal-basis", "d", "--purpose", "e", "--not-before", "2026-01-01T00:00:00Z",
             "--not-after", "2099-12-31T23:59:59Z", "--most-people", "1000000", "--out", "g0")
        fugo("grant", "sign", "g0", "--key", "one.key", "--name", "one", "--out", "g1")
        fugo("grant", "sign", "g1", "--key", "two.key", "--name", "two", "--out", "g2")
        fugo("record", "init", "record", "--name", "log.test", "--signing-key", "log.key", "--people", PEOPLE, "--people-tag", tag(PEOPLE))
        trust = (at / "record/log.toml").read_text(encoding="utf-8") + fugo("record", "signer", "witness.key.pub", "--name", "witness")
        (at / "trust.toml").write_text(trust, encoding="utf-8")
        # Three hundred numbers of the tool's own roster.
        fugo("synth", "--rows", "300", "--out", "roster.csv")
        fugo("convert", "roster.csv", "--test-keys", "--key", "agency-nta-1.key", "--out", "nta.csv", "--quiet")
        fugo("convert", "roster.csv", "--test-keys", "--key", "portal-record-1.key", "--out", "portal.csv", "--quiet", "--order", "input")
        rows = (at / "nta.csv").read_text(encoding="utf-8").splitlines()[1:]
        heads = []
        for run in range(RUNS):
            # The last run has everybody, so that its people fill a block.
            asked = rows if run == RUNS - 1 else rows[run % 280 : run % 280 + 3]
            (at / "asked.csv").write_text("symbol\n" + "\n".join(asked) + "\n", encoding="utf-8")
            fugo("translate", "asked.csv", "--test-keys", "--roster", "roster.csv", "--from-key", "agency-nta-1.key", "--to-key",
                 "agency-moj-1.key", "--out", "moj.csv", "--grant", "g2", "--grant-policy", "grants.toml", "--record", "record",
                 "--record-key", "portal-record-1.key", "--record-signing-key", "log.key", "--quiet")
            heads.append(checkpoint((at / "record/checkpoint").read_text(encoding="utf-8")))

        log, witness = (line.split('"')[-2] for line in trust.splitlines() if line.startswith(("log", '"witness')))
        note = (at / "record/checkpoint").read_text(encoding="utf-8")
        assert signed_by(note, log) and not signed_by(note.replace("258", "259"), log)
        origin, size, head = checkpoint(note)
        assert (origin, size) == ("log.test", RUNS)
        # Bundles and tiles.
        entries = []
        for file in ("000", "001.p/2"):
            bundle = (at / "record/tile/entries" / file).read_bytes()
            while bundle:
                length = int.from_bytes(bundle[:2], "big")
                entries.append(bundle[2 : 2 + length])
                bundle = bundle[2 + length :]
        hashes = [leaf(entry) for entry in entries]
        tiles = [(at / "record/tile" / file).read_bytes() for file in ("0/000", "0/001.p/2", "1/000.p/1")]
        assert tiles == [b"".join(hashes[:256]), b"".join(hashes[256:]), root(hashes[:256])]
        assert not (at / "record/tile/0/000.p").exists(), "partial tiles of a full one"
        for nth, (_, count, hash) in enumerate(heads, start=1):
            assert (count, hash) == (nth, root(hashes[:nth]))
        # A witness, from every tenth size.
        for old in (0, 1, 2, 64, 100, 255, 256, 257):
            fugo("record", "request", "record", "--old", str(old), "--out", "request")
            first, *proof = (at / "request").read_text(encoding="utf-8").split("\n\n")[0].splitlines()
            assert first == f"old {old}"
            proof = [base64.b64decode(hash) for hash in proof]
            assert not old or consistent(old, heads[old - 1][2], size, head, proof)
            assert not old or not consistent(old, heads[old][2], size, head, proof), "the control: another root"
        fugo("record", "request", "record", "--old", "0", "--out", "request")
        fugo("record", "witness", "request", "--trust", "trust.toml", "--state", "state", "--begin", "--key", "witness.key", "--name",
             "witness", "--out", "cosigned")
        cosigned = (at / "cosigned").read_text(encoding="utf-8")
        assert signed_by(cosigned, log) and signed_by(cosigned, witness) and not signed_by(note, witness)
        # Extracts.
        people = (at / "portal.csv").read_text(encoding="utf-8").splitlines()[1:]
        (at / "symbols").write_text("\n".join(people[:40]) + "\n", encoding="utf-8")
        fugo("record", "extract", "record", "--trust", "trust.toml", "--checkpoint", "cosigned", "--symbols", "symbols", "--out", "extracts")
        lines = 0
        for file in sorted((at / "extracts").glob("*.json")):
            extract = json.loads(file.read_text(encoding="utf-8"))
            assert extract["checkpoint"] == cosigned
            symbol = bytes.fromhex(subprocess.run([tool, "symbol", "decode"], input=extract["symbol"] + "\n", capture_output=True,
                                                  text=True, check=True).stdout.split(",")[0].split()[-1])
            for line in extract["entries"]:
                entry = line["entry"].encode()
                assert entry == entries[line["index"]]
                proof = [base64.b64decode(hash) for hash in line["proof"]]
                assert included(entry, line["index"], size, proof, head)
                assert not included(entry + b" ", line["index"], size, proof, head), "the control: another entry"
                fields = dict(row.split(": ", 1) for row in line["entry"].split("\n\n")[0].splitlines()[1:])
                person = line["person"]
                data = symbol + bytes.fromhex(person["nonce"])
                proof = [base64.b64decode(hash) for hash in person["proof"]]
                assert included(data, person["index"], int(fields["people"]), proof, base64.b64decode(fields["people-root"]))
                lines += 1
        assert lines >= 40
        print(f"a record of {size} entries, its checkpoints, {lines} lines of extracts and a witness: verified without the tool")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve())
