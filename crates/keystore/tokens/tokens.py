#!/usr/bin/env python3
"""Keys in PKCS#11 tokens, through the tool: SoftHSM2, NSS, and tokens that fail or give false attributes (shim.c).

    FUGO=target/debug/fugo tokens.py [TEST...]

check calls it. Each test has a folder, a SoftHSM2 token and an NSS database of its own."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
FUGO = os.environ.get("FUGO", str(ROOT / "target/debug/fugo"))
SOFTHSM = os.environ.get("SOFTHSM", "/usr/lib/softhsm/libsofthsm2.so")
NSS = os.environ.get("NSS", "/usr/lib/x86_64-linux-gnu/libsoftokn3.so")
VECTORS = json.loads((ROOT / "vectors/keys.json").read_text())["cases"]
KNOWN_ROOT = bytes(range(32))
PIN = "pin-12345678"


class Folder:
    """A folder with a SoftHSM2 token `fugo`, and an NSS database on demand."""

    def __init__(self, path, shim):
        self.path = pathlib.Path(path)
        self.shim = shim
        (self.path / "tokens").mkdir()
        conf = self.path / "softhsm2.conf"
        conf.write_text(
            f"directories.tokendir = {self.path}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
            "slots.removable = false\n"
        )
        self.env = {"PATH": os.environ["PATH"], "SOFTHSM2_CONF": str(conf), "HOME": str(self.path)}
        self.pin = self.secret("pin", PIN)
        self.init("fugo")

    def init(self, label):
        command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "so-pin-1234", "--pin", PIN]
        subprocess.run(command, env=self.env, check=True, capture_output=True)

    def secret(self, name, text):
        path = self.path / name
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def nss(self):
        """The environment and the URI of an NSS database with a PIN."""
        database = self.path / "nss"
        if not database.exists():
            database.mkdir()
            subprocess.run(["certutil", "-N", "-d", f"sql:{database}", "-f", str(self.pin)], check=True)
        parameters = f"nss=configdir='sql:{database}' certPrefix='' keyPrefix='' secmod='' flags=noModDB,forceOpen"
        more = {"FUGO_SHIM_MODULE": NSS, "FUGO_SHIM": parameters}
        return more, lambda object: self.uri(object, token="NSS%20Certificate%20DB", module=self.shim)

    def shimmed(self, what):
        """The environment of a SoftHSM2 that fails or gives false attributes."""
        return {"FUGO_SHIM_MODULE": SOFTHSM, "FUGO_SHIM": what}

    def uri(self, object=None, token="fugo", module=None, pin="file"):
        named = f";object={object}" if object else ""
        source = f"&pin-source={self.pin}" if pin == "file" else pin
        return f"pkcs11:token={token}{named}?module-path={module or SOFTHSM}{source}"

    def run(self, *words, env=None, input=None, **more):
        words = [str(word) for word in words]
        return subprocess.run(
            [FUGO, *words], env={**self.env, **(env or {})}, cwd=self.path, input=input, capture_output=True, text=True, **more
        )

    def good(self, *words, **more):
        done = self.run(*words, **more)
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stderr}"
        return done

    def refused(self, text, *words, status=2, **more):
        """The command stops, and says this."""
        done = self.run(*words, **more)
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        assert re.search(text, done.stderr), f"{words}: {text!r} is not in\n{done.stderr}"
        assert PIN not in done.stderr + done.stdout, "a PIN is in a message"
        return done

    def known_root(self):
        """The key file of the published root key."""
        path = self.path / "root.key"
        if not path.exists():
            path.write_text(f"fugo-key 1\nkind: root\nuse: test\ntag: 0e84213a\nkey: {KNOWN_ROOT.hex()}\n")
            path.chmod(0o600)
        return path

    def file_key(self, scope, name):
        out = self.path / name
        if not out.exists():
            self.good("key", "derive", "--root", self.known_root(), "--scope", scope, "--out", out, "--plaintext")
        return out

    def roster(self, rows=50):
        path = self.path / "roster.csv"
        self.good("synth", "--rows", rows, "--out", path, "--mess", 0)
        return path

    def recorded(self, scope, registry="scopes"):
        purpose, identifier, epoch = scope.split("/")
        for line in (self.path / registry).read_text().splitlines():
            if line.startswith(f"{purpose},{identifier},{epoch},"):
                return line.split(",")[3]
        raise AssertionError(f"{scope} is not recorded")


def known_keys(f):
    """Every vector with a scope key: its number, its root key's file, its scope and the vector."""
    cases = [case for case in VECTORS if case["expect"] == "ok"]
    assert len(cases) == 81, len(cases)
    for number, case in enumerate(cases):
        root = f.path / f"root-{case['root_tag']}.key"
        if not root.exists():
            root.write_text(f"fugo-key 1\nkind: root\nuse: test\ntag: {case['root_tag']}\nkey: {case['root']}\n")
            root.chmod(0o600)
        yield number, root, f"{case['purpose']}/{case['scope']}/{case['epoch']}", case


def test_a_root_key_in_a_token_signs_the_scope_keys_of_all_vectors_out(f):
    imported = set()
    for number, root, scope, case in known_keys(f):
        uri, registry = f.uri(root.stem), f"{root.stem}.scopes"
        if root not in imported:
            f.good("key", "import", root, "--in", uri, "--mode", "signed-out")
            imported.add(root)
        out = f.path / f"{number}.key"
        f.good("key", "derive", "--root", uri, "--scope", scope, "--registry", registry, "--out", out, "--plaintext")
        assert f"key: {case['scope_key']}" in out.read_text(), scope
        assert f.recorded(scope, registry) == case["tag"]


def test_a_root_key_that_derives_keeps_the_scope_keys_of_all_vectors_in_the_token(f):
    derives_every_known_key(f, *f.nss())


def test_the_counter_mode_of_sp800_108_derives_the_same_keys(f):
    env, uri = f.nss()
    derives_every_known_key(f, {**env, "FUGO_SHIM_KBKDF": "1"}, uri)


def derives_every_known_key(f, env, uri):
    imported = set()
    for number, root, scope, case in known_keys(f):
        root_uri, registry = uri(root.stem), f"{root.stem}.scopes"
        if root not in imported:
            f.good("key", "import", root, "--in", root_uri, "--mode", "derived-in", env=env)
            imported.add(root)
        words = ["key", "derive", "--root", root_uri, "--scope", scope, "--registry", registry]
        f.good(*words, "--in", uri(f"k{number}"), env=env)
        # The tag is computed in the token, so 32 bits of the key are compared. The symbols of one are, in another test.
        assert f.recorded(scope, registry) == case["tag"], scope
    shown = f.good("key", "inspect", uri("k0"), env=env).stdout
    assert "SENSITIVE: true (enforced" in shown, shown


def test_symbols_of_a_token_are_those_of_the_key_file(f):
    roster, key = f.roster(), f.file_key("agency/nta/1", "nta.key")
    f.good("convert", roster, "--key", key, "--out", "file.csv", "--test-keys")
    f.good("key", "import", key, "--in", f.uri("nta"))
    done = f.good("convert", roster, "--key", f.uri("nta"), "--out", "token.csv", "--test-keys")
    assert (f.path / "file.csv").read_bytes() == (f.path / "token.csv").read_bytes()
    assert re.search(r"about 50 rows at [0-9,]+ a second", done.stderr), done.stderr
    # A derived key in a token that derives gives them too, and so does a root key that signs out at the start.
    env, uri = f.nss()
    f.good("key", "import", f.known_root(), "--in", uri("root"), "--mode", "derived-in", env=env)
    derive = ["key", "derive", "--root", uri("root"), "--scope", "agency/nta/1", "--registry", "scopes", "--in", uri("nta")]
    f.good(*derive, env=env)
    f.good("convert", roster, "--key", uri("nta"), "--out", "derived.csv", "--test-keys", env=env)
    assert (f.path / "file.csv").read_bytes() == (f.path / "derived.csv").read_bytes()
    f.good("key", "import", f.known_root(), "--in", f.uri("root"), "--mode", "signed-out")
    address = "test:agency/nta/1=7c2cb2a1@" + f.uri("root")
    f.good("convert", roster, "--key", address, "--out", "signed.csv", "--test-keys")
    assert (f.path / "file.csv").read_bytes() == (f.path / "signed.csv").read_bytes()


def test_eligibility_symbols_come_from_two_keys_in_a_token_or_one(f):
    roster = f.roster()
    insurers, eligibility = f.file_key("insurers/all/1", "i.key"), f.file_key("eligibility/all/1", "e.key")
    for key, name in [(insurers, "insurers"), (eligibility, "eligibility")]:
        f.good("key", "import", key, "--in", f.uri(name))
    outputs = []
    for number, (first, second) in enumerate(
        [(insurers, eligibility), (f.uri("insurers"), f.uri("eligibility")), (insurers, f.uri("eligibility")), (f.uri("insurers"), eligibility)]
    ):
        out = f"{number}.csv"
        f.good("convert", roster, "--insurers-key", first, "--key", second, "--out", out, "--test-keys")
        outputs.append((f.path / out).read_bytes())
    assert len(set(outputs)) == 1
    f.good("convert", roster, "--key", f.uri("insurers"), "--out", "insurers.csv", "--test-keys")
    tag = re.search("tag: (.*)", f.good("key", "inspect", insurers).stdout)[1]
    from_insurers = ["--from", "insurers-symbol", "--insurers-tag", tag, "--column", "symbol"]
    f.good("convert", "insurers.csv", "--key", f.uri("eligibility"), *from_insurers, "--out", "issuer.csv", "--test-keys")
    assert (f.path / "issuer.csv").read_bytes() == outputs[0]
    f.refused("insurers", "convert", roster, "--key", f.uri("eligibility"), "--out", "no.csv", "--test-keys")


def test_symbol_verify_asks_the_token(f):
    f.good("key", "import", f.file_key("agency/nta/1", "nta.key"), "--in", f.uri("nta"))
    words = ["symbol", "verify", "--key", f.uri("nta"), "--test-keys"]
    assert f.good(*words, input="123456789018\naca8b7a2ad979b290c590b2464183640\n").stdout.startswith("yes")
    done = f.run(*words, input="123456789018\n00000000000000000000000000000000\n")
    assert done.returncode == 1 and done.stdout.startswith("no"), done


def test_an_independent_key_of_a_scope_is_made_in_the_token(f):
    f.good("key", "new", "--in", f.uri("nta"), "--scope", "agency/nta/1", "--registry", "scopes")
    shown = f.good("key", "inspect", f.uri("nta"), "--registry", "scopes").stdout
    assert f"tag: {f.recorded('agency/nta/1')}" in shown, shown
    for line in ["use: production", "LOCAL: true", "NEVER_EXTRACTABLE: true", "EXTRACTABLE: false", "DERIVE: false (enforced"]:
        assert line in shown, (line, shown)
    assert "made in the token: yes" in shown, shown
    # The tag of the scope is taken: a second key for it is refused and removed.
    f.refused("recorded with the tag", "key", "new", "--in", f.uri("b"), "--scope", "agency/nta/1", "--registry", "scopes")
    f.refused("no secret key", "key", "inspect", f.uri("b"))
    # It converts, and its expected scope and tag are compared.
    roster = f.roster()
    f.good("convert", roster, "--key", f.uri("nta"), "--out", "nta.csv")
    wrong = "agency/mof/1=" + f.recorded("agency/nta/1") + "@" + f.uri("nta")
    f.refused("agency/mof/1 was expected", "convert", roster, "--key", wrong, "--out", "no.csv")
    wrong = "agency/nta/1=00000000@" + f.uri("nta")
    f.refused("00000000 was expected", "convert", roster, "--key", wrong, "--out", "no.csv")
    assert not (f.path / "no.csv").exists()


def test_a_new_root_key_has_the_attributes_of_its_mode(f):
    f.good("key", "new", "--in", f.uri("root"), "--mode", "signed-out")
    shown = f.good("key", "inspect", f.uri("root")).stdout
    for line in ["kind: root", "SENSITIVE: true (enforced", "EXTRACTABLE: false", "SIGN: true", "DERIVE: false (enforced", "WRAP: false", "ALWAYS_SENSITIVE: true", "COPYABLE: false", "MODIFIABLE: false"]:
        assert line in shown, (line, shown)
    assert "ALLOWED_MECHANISMS: CKM_SHA256_HMAC (enforced" in shown, shown
    f.refused("does not have the mechanism CKM_HKDF_DERIVE", "key", "new", "--in", f.uri("r2"), "--mode", "derived-in")
    f.refused("a key is never replaced", "key", "new", "--in", f.uri("root"), "--mode", "signed-out")
    env, uri = f.nss()
    f.good("key", "new", "--in", uri("root"), "--mode", "derived-in", env=env)
    shown = f.good("key", "inspect", uri("root"), env=env).stdout
    # NSS forgets LOCAL and knows neither copies nor lists of mechanisms. What it does not say is shown so.
    for line in ["SIGN: false (enforced", "DERIVE: true", "NEVER_EXTRACTABLE: true", "LOCAL: false", "ALLOWED_MECHANISMS: not said"]:
        assert line in shown, (line, shown)


def test_each_failure_has_its_own_words(f):
    f.good("key", "new", "--in", f.uri("root"), "--mode", "signed-out")
    inspect = ["key", "inspect"]
    f.refused("is missing, or is not a PKCS#11 module", *inspect, f.uri("root", module="/nowhere/p11.so"))
    f.refused("is missing, or is not a PKCS#11 module", *inspect, f.uri("root", module=f.known_root()))
    f.refused("module does not start", *inspect, f.uri("root"), env={"SOFTHSM2_CONF": "/nowhere"})
    f.refused("no token has the label", *inspect, f.uri("root", token="other"))
    f.refused("no secret key of the token fits", *inspect, f.uri("other"))
    f.init("fugo")
    f.refused("2 tokens fit the URI", *inspect, f.uri("root"))
    f.init("alone")
    wrong = f.secret("wrong", "pin-87654321")
    f.refused("the PIN is wrong", *inspect, f.uri("root", token="alone", pin=f"&pin-source={wrong}"))
    f.refused("the token needs a PIN", *inspect, f.uri("root", token="alone", pin=""), stdin=None)
    wrong.chmod(0o644)
    f.refused("others can read the file", *inspect, f.uri("root", token="alone", pin=f"&pin-source={wrong}"))
    alone = lambda object: f.uri(object, token="alone", module=f.shim)
    f.refused("PIN of the token is locked", *inspect, alone("root"), env=f.shimmed("locked"))


def test_a_new_key_leaves_every_other_key_as_it_was(f):
    # NSS replaces a key by a new one with the same id. Two root keys of one use must both stay.
    env, uri = f.nss()
    for name in ["a", "b"]:
        f.good("key", "new", "--in", uri(name), "--mode", "derived-in", env=env)
    for name in ["a", "b"]:
        assert "kind: root" in f.good("key", "inspect", uri(name), env=env).stdout


def test_a_pin_comes_from_a_descriptor(f):
    f.good("key", "new", "--in", f.uri("root"), "--mode", "signed-out")
    read, write = os.pipe()
    os.write(write, (PIN + "\n").encode())
    os.close(write)
    f.good("key", "inspect", f.uri("root", pin=f"&pin-source=fd:{read}"), pass_fds=[read])
    os.close(read)
    f.refused("the PIN cannot be read", "key", "inspect", f.uri("root", pin="&pin-source=fd:97"))


def test_two_keys_of_one_label_and_keys_of_others_are_refused(f):
    import pkcs11

    def make(**more):
        os.environ["SOFTHSM2_CONF"] = f.env["SOFTHSM2_CONF"]
        script = (
            "import pkcs11,sys,json\n"
            f"token=pkcs11.lib({SOFTHSM!r}).get_token(token_label='fugo')\n"
            f"session=token.open(rw=True,user_pin={PIN!r})\n"
            "A=pkcs11.Attribute\n"
            "session.create_object({A.CLASS:pkcs11.ObjectClass.SECRET_KEY,A.KEY_TYPE:pkcs11.KeyType.GENERIC_SECRET,"
            "A.TOKEN:True,A.SIGN:True,A.LABEL:sys.argv[1],A.ID:sys.argv[2].encode(),A.VALUE:bytes(32)})\n"
        )
        subprocess.run([sys.executable, "-c", script, more["label"], more["id"]], env=f.env, check=True)

    assert pkcs11
    make(label="a", id="fugo 1 scope test agency/nta/1 00000001")
    make(label="a", id="fugo 1 scope test agency/mof/1 00000002")
    make(label="b", id="of another program")
    f.refused("2 keys of the token fit", "key", "inspect", f.uri("a"))
    f.good("key", "inspect", f.uri("a").replace("object=a", "id=fugo%201%20scope%20test%20agency%2Fmof%2F1%2000000002"))
    f.refused("does not say what it is", "key", "inspect", f.uri("b"))


def test_a_session_that_is_lost_in_mid_run_changes_no_output(f):
    key = f.file_key("agency/nta/1", "nta.key")
    f.good("key", "import", key, "--in", f.uri("nta"))
    (f.path / "nta.csv").write_text("symbol\n")
    uri = f.uri("nta", module=f.shim)
    words = ["convert", f.roster(5000), "--key", uri, "--out", "nta.csv", "--overwrite", "nta.csv", "--test-keys"]
    f.refused("session with the token was lost", *words, env=f.shimmed("lost=3000"))
    assert (f.path / "nta.csv").read_text() == "symbol\n"
    assert sorted(path.name for path in f.path.glob(".*")) == [], "a run directory is left"
    # A token that gives one session serves all threads in turn.
    f.good(*words, env=f.shimmed("one-session"))
    f.good("convert", f.path / "roster.csv", "--key", key, "--out", "file.csv", "--test-keys")
    assert (f.path / "nta.csv").read_bytes() == (f.path / "file.csv").read_bytes()


def test_a_signal_stops_a_run_in_the_token_and_changes_no_output(f):
    f.good("key", "import", f.file_key("agency/nta/1", "nta.key"), "--in", f.uri("nta"))
    roster = f.roster(200_000)
    words = [FUGO, "convert", str(roster), "--key", f.uri("nta"), "--out", "nta.csv", "--test-keys"]
    run = subprocess.Popen(words, env=f.env, cwd=f.path, stderr=subprocess.PIPE, text=True)
    for line in run.stderr:
        if "reading" in line:
            break
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    sent = time.monotonic()
    said = run.stderr.read()
    assert run.wait() == 130, said
    assert time.monotonic() - sent < 20, "it took long to stop"
    assert not (f.path / "nta.csv").exists()


def test_a_token_that_gives_false_attributes_is_found_out(f):
    uri = f.uri("root", module=f.shim)
    f.refused("CKA_SENSITIVE = false; the key was removed", "key", "new", "--in", uri, "--mode", "signed-out", env=f.shimmed("false-attributes"))
    f.refused("no secret key", "key", "inspect", f.uri("root"))
    key = f.file_key("agency/nta/1", "nta.key")
    f.refused("CKA_SENSITIVE = false", "key", "import", key, "--in", f.uri("nta", module=f.shim), env=f.shimmed("false-attributes"))


def test_the_wrong_token_and_swapped_keys_are_refused_by_scope_and_tag(f):
    for scope, name in [("agency/nta/1", "nta"), ("agency/mof/1", "mof")]:
        f.good("key", "import", f.file_key(scope, f"{name}.key"), "--in", f.uri(name))
    f.init("other")
    roster = f.roster()
    expected = "test:agency/nta/1=7c2cb2a1@"
    convert = lambda uri: ["convert", roster, "--key", expected + uri, "--out", "nta.csv", "--test-keys"]
    f.refused("agency/nta/1 was expected", *convert(f.uri("mof")))
    f.refused("no secret key", *convert(f.uri("nta", token="other")))
    # The same scope with other bytes: a key that another root key gave.
    text = (f.path / "nta.key").read_text()
    assert "7c2cb2a1" in text
    f.good("key", "new", "--in", f.uri("nta", token="other"), "--scope", "agency/nta/1", "--registry", "others", "--use", "test")
    f.refused("7c2cb2a1 was expected", *convert(f.uri("nta", token="other")))
    f.good(*convert(f.uri("nta")))


def test_the_probe_takes_a_scope_key_out_of_a_token_that_derives(f):
    env, uri = f.nss()
    f.good("key", "new", "--in", uri("root"), "--mode", "derived-in", env=env)
    found = f.run("key", "probe", uri("root"), env=env)
    assert found.returncode == 1, found
    assert re.search(r"SUCCEEDED +find a derived key from keys of 1 to 32 bytes \(CKM_HKDF_DERIVE\)", found.stdout), found.stdout
    assert re.search(r"SUCCEEDED +derive as data", found.stdout), found.stdout
    assert "only where the login that converts does not see this root key" in found.stdout
    assert re.search(r"refused +read the bytes", found.stdout), found.stdout


def test_the_probe_finds_nothing_where_the_root_is_out_of_sight(f):
    f.good("key", "import", f.file_key("agency/nta/1", "nta.key"), "--in", f.uri("nta"))
    found = f.good("key", "probe", f.uri()).stdout
    assert "secret keys that this login sees: 1" in found and "claim: symbols in the token" in found, found
    assert len(re.findall("SUCCEEDED", found)) == 1 and re.search("SUCCEEDED +MAC with the key", found), found
    f.good("key", "new", "--in", f.uri("root"), "--mode", "signed-out")
    found = f.good("key", "probe", f.uri()).stdout
    assert "secret keys that this login sees: 2" in found and "claim: signed out. Whoever has this login" in found, found
    f.init("empty")
    assert "secret keys that this login sees: 0" in f.good("key", "probe", f.uri(token="empty")).stdout


def test_the_probe_reads_a_key_that_is_not_sensitive(f):
    script = (
        "import pkcs11\n"
        f"session=pkcs11.lib({SOFTHSM!r}).get_token(token_label='fugo').open(rw=True,user_pin={PIN!r})\n"
        "A=pkcs11.Attribute\n"
        "session.create_object({A.CLASS:pkcs11.ObjectClass.SECRET_KEY,A.KEY_TYPE:pkcs11.KeyType.GENERIC_SECRET,"
        "A.TOKEN:True,A.SIGN:True,A.SENSITIVE:False,A.EXTRACTABLE:True,A.LABEL:'open',A.VALUE:bytes(range(32))})\n"
    )
    subprocess.run([sys.executable, "-c", script], env=f.env, check=True)
    found = f.run("key", "probe", f.uri("open"))
    assert found.returncode == 1 and re.search("SUCCEEDED +read the bytes", found.stdout), found.stdout
    assert re.search("SUCCEEDED +copy", found.stdout) and "claim: none" in found.stdout, found.stdout


def main():
    names = sys.argv[1:] or [name for name in globals() if name.startswith("test_")]
    with tempfile.TemporaryDirectory() as built:
        shim = pathlib.Path(built) / "shim.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-w", "-o", shim, HERE / "shim.c", "-ldl"], check=True)
        failed = 0
        for name in names:
            started = time.monotonic()
            with tempfile.TemporaryDirectory() as path:
                try:
                    globals()[name](Folder(path, shim))
                    outcome = "ok"
                except AssertionError as error:
                    outcome, failed = f"FAILED\n{error}", failed + 1
            print(f"{name.removeprefix('test_').replace('_', ' ')}: {outcome} ({time.monotonic() - started:.1f} s)", flush=True)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
