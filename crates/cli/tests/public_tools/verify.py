"""Verifies a delivery without the tool: the signature of its manifest, and the digest of its sealed file.

usage: verify.py MANIFEST PUBLIC-KEY SEALED

The public key is the file that the issuer handed over. It prints what the manifest states about the sealed file.
"""
import copy
import hashlib
import json
import pathlib
import sys

from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey


def public_key(path):
    """The values of a public key file of the tool, by name."""
    return dict(line.split(": ", 1) for line in path.read_text().splitlines()[1:])


def verified(envelope, key):
    """The statement in an envelope, if securesystemslib verifies its signature with this key alone."""
    # Reading an envelope takes its argument apart.
    envelope = Envelope.from_dict(copy.deepcopy(envelope))
    accepted = envelope.verify([SSlibKey(key["key-id"], "ed25519", "ed25519", {"public": key["key"]})], 1)
    assert list(accepted) == [key["key-id"]]
    assert envelope.payload_type == "application/vnd.in-toto+json"
    return json.loads(envelope.payload)


def main(manifest, key, sealed):
    statement = verified(json.loads(manifest.read_text()), public_key(key))
    stated = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}
    if stated.get(sealed.name) != hashlib.sha256(sealed.read_bytes()).hexdigest():
        raise SystemExit(f"{sealed} is not the file that the manifest names")
    predicate = statement["predicate"]
    print(f"{sealed.name}: {predicate['scope']}, serial {predicate['serial']}, {predicate['contents']['rows']} rows")


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
