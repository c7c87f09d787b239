#!/usr/bin/env python3
"""The life of keys in tokens, from the ceremony to a key's end, played with the tool:

    FUGO=target/debug/fugo scenario.py [--people N] [--in-token M]

Five custodians make a root key. Any three of them bring it into a SoftHSM2, where it signs, and into a kryoptic, where it
derives. Four scopes have keys in four modes: signed out, derived in, independent, and a file. A million people are
converted with the first and the last, and M in the tokens. One scope is compromised, gets a new epoch with an overlap, and
its old key is destroyed.

At each step the output is compared, byte by byte, with that of the key that three custodians derive in software. An
independent key has no software to compare with: python-pkcs11 asks the token for the same MACs, and vectors/reference.py
writes the symbols as text."""

import argparse
import re
import subprocess
import sys
import tempfile
import time

from tokens import Folder, PIN, ROOT, SOFTHSM, built_shim, today

sys.path.insert(0, str(ROOT / "vectors"))
import reference

SIGNED_OUT, DERIVED_IN, INDEPENDENT, FILE = "agency/nta/1", "agency/mof/1", "research/study-7/1", "insurers/all/1"
TEST = ["--test-keys", "--registry", "root.scopes"]

# Asks a token for the MAC of each line of standard input, as another program than the tool.
ASK = """
import pkcs11, sys
module, token, pin, label = sys.argv[1:]
session = pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin)
key, = session.get_objects({pkcs11.Attribute.LABEL: label, pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY})
for line in sys.stdin:
    print(key.sign(line.strip().encode(), mechanism=pkcs11.Mechanism.SHA256_HMAC).hex())
"""


class Play:
    def __init__(self, f, people, in_token):
        self.f, self.people, self.in_token, self.started = f, people, in_token, time.monotonic()
        self.derives_env, self.derives = f.kryoptic()
        self.signs = lambda label: f.uri(label, token="fugo")

    def step(self, text):
        print(f"{time.monotonic() - self.started:6.1f} s  {text}", flush=True)

    def good(self, *words):
        return self.f.good(*words, env=self.derives_env)

    def refused(self, says, *words):
        return self.f.refused(says, *words, env=self.derives_env)

    def shares(self, *custodians, identity="--root-identity"):
        """The shares of these custodians, and what opens them."""
        files = [next(self.f.path.glob(f"shares/*-share-{number}-of-5.age")) for number in custodians]
        words = [word for number in custodians for word in [identity, f"custodian-{number}.txt"]]
        return ["--root-shares", *files, *words]

    def software_key(self, scope):
        """The key of a scope as a file, which three custodians derive without a token."""
        out = self.f.path / (scope.replace("/", "-") + ".key")
        if not out.exists():
            words = ["--scope", scope, "--registry", "root.scopes", "--out", out, "--plaintext"]
            self.good("key", "derive", *self.shares(1, 2, 4), *words)
        return out

    def converted(self, roster, key, out):
        self.good("convert", roster, "--key", key, "--out", out, *TEST)
        return (self.f.path / out).read_bytes()

    def is_as_in_software(self, roster, key, scope, out):
        """Converts with a key of a token and with the key of the same scope in software."""
        in_software = self.converted(roster, self.software_key(scope), f"software-{out}")
        rows = in_software.count(b"\n") - 1
        assert self.converted(roster, key, out) == in_software, f"{scope}: the token's symbols differ"
        self.step(f"{scope}: {rows:,} symbols, the same bytes as in software")

    def ceremony(self):
        f = self.f
        made = f.five_shares()
        tag = re.search("root key with the tag ([0-9a-f]{8})", made)[1]
        for custodians in [(1, 2, 3), (3, 4, 5)]:
            _, *words = self.shares(*custodians)
            assert f"with the tag {tag}" in self.good("key", "join", *words).stderr
        self.refused("2 shares are too few", "key", "join", *self.shares(1, 2)[1:])
        for uri, mode in [(self.signs("root"), "signed-out"), (self.derives("root"), "derived-in")]:
            self.good("key", "import", *self.shares(2, 3, 5, identity="--identity"), "--in", uri, "--mode", mode)
        assert f"tag: {tag}" in self.good("key", "inspect", self.signs("root")).stdout
        assert not list(f.path.glob("*.key")), "the root key is in a file"
        self.step(f"root key {tag}: made as five shares, in two tokens, and in no file")

    def four_scopes(self):
        record = ["--registry", "root.scopes"]
        signed = ["key", "derive", "--root", self.signs("root"), "--scope", SIGNED_OUT, *record, "--record-only"]
        self.good(*signed)
        self.good("key", "derive", "--root", self.derives("root"), "--scope", DERIVED_IN, *record, "--in", self.derives("mof"))
        self.good("key", "new", "--in", self.signs("study"), "--scope", INDEPENDENT, *record, "--use", "test")
        self.software_key(FILE)
        found = self.good("key", "probe", self.derives("mof")).stdout
        assert "claim: symbols in the token. No attack of this probe gave bytes" in found, found
        self.step("four scopes: signed out, derived in, independent, and a file")

    def rosters(self):
        self.good("synth", "--rows", self.people, "--out", "nation.csv", "--mess", 0)
        # The first rows of it: what is asked of a token, and what is asked of it again.
        for name, rows in [("part.csv", self.in_token), ("few.csv", self.in_token // 20)]:
            with open(self.f.path / "nation.csv") as nation, open(self.f.path / name, "w") as part:
                part.writelines(line for _, line in zip(range(rows + 1), nation))
        self.step(f"rosters of {self.people:,} and {self.in_token:,} people")

    def signed_out(self, scope):
        return f"test:{scope}={self.f.recorded(scope, 'root.scopes')}@{self.signs('root')}"

    def everybody(self):
        self.is_as_in_software("nation.csv", self.signed_out(SIGNED_OUT), SIGNED_OUT, "nta.csv")
        rows = self.converted("nation.csv", self.software_key(FILE), "insurers.csv").count(b"\n") - 1
        assert rows == self.people, rows
        self.is_as_in_software("part.csv", self.derives("mof"), DERIVED_IN, "mof.csv")
        self.is_as_another_program_asks()

    def is_as_another_program_asks(self):
        lines = (self.f.path / "part.csv").read_text().splitlines()
        column = lines[0].split(",").index("my_number")
        numbers = "\n".join(line.split(",")[column] for line in lines[1:])
        words = [sys.executable, "-c", ASK, SOFTHSM, "fugo", PIN, "study"]
        asked = subprocess.run(words, env=self.f.env, input=numbers, capture_output=True, text=True, check=True).stdout
        tag = bytes.fromhex(self.f.recorded(INDEPENDENT, "root.scopes"))
        symbols = sorted(bytes.fromhex(line)[:16] for line in asked.split())
        text = "".join(reference.encode_text("research", tag, symbol) + "\n" for symbol in symbols)
        found = self.converted("part.csv", self.signs("study"), "study.csv").decode()
        assert found == "symbol\n" + text, "the symbols are not those that another program gets"
        self.step(f"{INDEPENDENT}: {len(symbols):,} symbols, the same that another program gets from the token")

    def compromise(self):
        """The key of the derived scope may be known: a new epoch from today on, and 30 days in which both are accepted."""
        second = DERIVED_IN.replace("/1", "/2")
        root = ["--root", self.derives("root"), "--registry", "root.scopes"]
        dates = ["--valid-from", today(), "--accept-until", today(30)]
        self.good("key", "rotate", *root, "--scope", DERIVED_IN, *dates, "--in", self.derives("mof-2"))
        self.is_as_in_software("few.csv", self.derives("mof-2"), second, "mof-2.csv")
        self.refused("was replaced", "convert", "few.csv", "--key", self.derives("mof"), "--out", "old.csv", *TEST)
        both = [line for name in ["mof.csv", "mof-2.csv"] for line in (self.f.path / name).read_text().splitlines()[1:1001]]
        (self.f.path / "both.txt").write_text("\n".join(both) + "\n")
        says = self.good("check", "--symbols", "both.txt", "--registry", "root.scopes").stderr
        counts = re.findall(r"agency/mof/\d.*: (\d+) lines", says)
        assert len(counts) == 2 and counts[0] == counts[1] == str(len(both) // 2), says
        destroy = ["key", "destroy", self.derives("mof"), "--registry", "root.scopes"]
        self.refused("are accepted until", *destroy)
        self.step(f"{DERIVED_IN}: replaced by {second}; both are accepted, and only the new one is made")
        self.f.let_days_go_by(registry="root.scopes")
        assert "destroyed on " + today() in self.good(*destroy).stderr
        self.refused("no secret key", "key", "inspect", self.derives("mof"))
        again = ["--scope", DERIVED_IN, "--registry", "root.scopes"]
        self.refused("a destroyed key is not made again", "key", "derive", *root, *again[:2], "--in", self.derives("mof"))
        self.refused("a destroyed key is not made again", "key", "derive", *self.shares(1, 2, 4), *again, "--out", "again.key", "--plaintext")
        done = self.f.run("check", "--symbols", "both.txt", "--registry", "root.scopes")
        assert done.returncode == 1 and done.stdout.count("was destroyed on") + done.stdout.count("was accepted until"), done
        self.step(f"{DERIVED_IN}: destroyed; no root key makes it again, and its symbols are no longer accepted")

    def the_others_go_on(self):
        rows = self.in_token // 20
        for key, out in [(self.signed_out(SIGNED_OUT), "nta.csv"), (self.derives("mof-2"), "mof-2.csv"), (self.signs("study"), "study.csv")]:
            before = set((self.f.path / out).read_bytes().splitlines())
            again = self.converted("few.csv", key, f"again-{out}").splitlines()
            assert len(again) == rows + 1 and before.issuperset(again), out
        self.step("the new epoch and the other scopes give the same symbols as before")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--in-token", type=int, default=100_000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as path, tempfile.TemporaryDirectory() as built:
        play = Play(Folder(path, built_shim(built)), given.people, given.in_token)
        for part in [play.ceremony, play.four_scopes, play.rosters, play.everybody, play.compromise, play.the_others_go_on]:
            part()


if __name__ == "__main__":
    main()
