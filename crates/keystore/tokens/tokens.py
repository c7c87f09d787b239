#!/usr/bin/env python3
"""Keys in PKCS#11 tokens, through the tool: SoftHSM2, NSS, kryoptic, and tokens that fail or give false attributes
(shim.c).

    FUGO=target/debug/fugo tokens.py [TEST...]

check calls it. Each test has a folder, a SoftHSM2 token, an NSS database and a kryoptic of its own."""

import datetime
import fcntl
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import termios
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE.parent))
import page  # noqa: E402

FUGO = os.environ.get("FUGO", str(ROOT / "target/debug/fugo"))
SOFTHSM = os.environ.get("SOFTHSM", "/usr/lib/softhsm/libsofthsm2.so")
NSS = os.environ.get("NSS", "/usr/lib/x86_64-linux-gnu/libsoftokn3.so")
KRYOPTIC = os.environ.get("KRYOPTIC", "libkryoptic_pkcs11.so")
VECTORS = json.loads((ROOT / "vectors/keys.json").read_text())["cases"]
KNOWN_ROOT = bytes(range(32))
PIN = "pin-12345678"
NTA = "agency/nta/1"
STOPPING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


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

    def kryoptic(self, shim=None):
        """The environment and the URI of a kryoptic token with a PIN, behind the shim if it does something."""
        conf, database = self.path / "kryoptic.conf", self.path / "kryoptic.sql"
        env = {"KRYOPTIC_CONF": str(conf)}
        if not database.exists():
            conf.write_text(f'[[slots]]\nslot = 1\ndbtype = "sqlite"\ndbargs = "{database}"\n')
            command = ["softhsm2-util", "--module", KRYOPTIC, "--init-token", "--slot", "1", "--label", "kryoptic"]
            pins = ["--so-pin", "so-pin-1234", "--pin", PIN]
            subprocess.run([*command, *pins], env={**self.env, **env}, check=True, capture_output=True)
        module = KRYOPTIC
        if shim:
            module, env = self.shim, {**env, "FUGO_SHIM_MODULE": KRYOPTIC, "FUGO_SHIM": shim}
        return env, lambda object=None, **more: self.uri(object, token="kryoptic", module=module, **more)

    def shimmed(self, what):
        """The environment of a SoftHSM2 that fails or gives false attributes."""
        return {"FUGO_SHIM_MODULE": SOFTHSM, "FUGO_SHIM": what}

    def other_program(self, label, id="", **attributes):
        """A key of 32 zeros in the SoftHSM2 that another program made."""
        script = (
            "import json,pkcs11,sys\n"
            f"session=pkcs11.lib({SOFTHSM!r}).get_token(token_label='fugo').open(rw=True,user_pin={PIN!r})\n"
            "A=pkcs11.Attribute\n"
            "label,id,more=json.loads(sys.argv[1])\n"
            "template={A.CLASS:pkcs11.ObjectClass.SECRET_KEY,A.KEY_TYPE:pkcs11.KeyType.GENERIC_SECRET,A.TOKEN:True,"
            "A.SIGN:True,A.LABEL:label,A.ID:id.encode(),A.VALUE:bytes(32)}\n"
            "session.create_object({**template,**{A[name]:value for name,value in more.items()}})\n"
        )
        words = [sys.executable, "-c", script, json.dumps([label, id, attributes])]
        subprocess.run(words, env=self.env, check=True)

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

    def identity(self, name):
        """Makes the age identity `name`.txt, and returns its public key."""
        words = ["age-keygen", "-o", f"{name}.txt"]
        done = subprocess.run(words, cwd=self.path, check=True, capture_output=True, text=True)
        return re.search("ublic key: (.*)", done.stderr)[1]

    def five_shares(self):
        """Makes a root key that exists as the shares of five custodians, and returns what the tool says."""
        to = [word for number in range(1, 6) for word in ["--to", self.identity(f"custodian-{number}")]]
        return self.good("key", "split", "--new", "--use", "test", "--threshold", "3", "--out-dir", "shares", *to).stderr

    def roster(self, rows=50):
        path = self.path / "roster.csv"
        if not path.exists():
            self.good("synth", "--rows", rows, "--out", path, "--mess", 0)
        return path

    def line(self, scope, registry="scopes"):
        """The fields of a scope's line in a registry."""
        for line in (self.path / registry).read_text().splitlines():
            if line.split(",")[:3] == scope.split("/"):
                return line.split(",")
        raise AssertionError(f"{scope} is not recorded")

    def recorded(self, scope, registry="scopes"):
        return self.line(scope, registry)[3]

    def let_days_go_by(self, days=400, registry="scopes"):
        """Moves valid-from and accept-until of a registry into the past: the tool has no clock but the machine's."""
        path = self.path / registry
        earlier = lambda day: str(datetime.date.fromisoformat(day) - datetime.timedelta(days)) if day else ""
        header, *lines = [line.split(",") for line in path.read_text().splitlines()]
        moved = [[*line[:4], earlier(line[4]), earlier(line[5]), *line[6:]] for line in lines]
        path.write_text("".join(",".join(line) + "\n" for line in [header, *moved]))


def today(days=0):
    """The day in Japan, so many days from today."""
    return str((datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=9)))).date() + datetime.timedelta(days))


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
    signs_every_known_key_out(f, {}, f.uri)


def test_a_root_key_in_kryoptic_signs_the_scope_keys_of_all_vectors_out(f):
    signs_every_known_key_out(f, *f.kryoptic())


def signs_every_known_key_out(f, env, uri):
    imported = set()
    for number, root, scope, case in known_keys(f):
        root_uri, registry = uri(root.stem), f"{root.stem}.scopes"
        if root not in imported:
            f.good("key", "import", root, "--in", root_uri, "--mode", "signed-out", env=env)
            imported.add(root)
        out = f.path / f"{number}.key"
        words = ["key", "derive", "--root", root_uri, "--scope", scope, "--registry", registry]
        f.good(*words, "--out", out, "--plaintext", env=env)
        assert f"key: {case['scope_key']}" in out.read_text(), scope
        assert f.recorded(scope, registry) == case["tag"]


def test_a_root_key_that_derives_keeps_the_scope_keys_of_all_vectors_in_the_token(f):
    derives_every_known_key(f, *f.nss())


def test_a_root_key_that_derives_keeps_the_scope_keys_of_all_vectors_in_kryoptic(f):
    derives_every_known_key(f, *f.kryoptic())


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
    f.refused("agency/mof/1 was expected", "key", "inspect", wrong)
    wrong = "agency/nta/1=00000000@" + f.uri("nta")
    f.refused("00000000 was expected", "convert", roster, "--key", wrong, "--out", "no.csv")
    f.refused("00000000 was expected", "key", "inspect", wrong)
    test = "test:agency/nta/1=" + f.recorded("agency/nta/1") + "@" + f.uri("nta")
    f.refused("a test key was expected", "key", "inspect", test)
    f.good("key", "inspect", "agency/nta/1=" + f.recorded("agency/nta/1") + "@" + f.uri("nta"))
    assert not (f.path / "no.csv").exists()


def test_a_new_root_key_has_the_attributes_of_its_mode(f):
    f.good("key", "new", "--in", f.uri("root"), "--mode", "signed-out")
    shown = f.good("key", "inspect", f.uri("root")).stdout
    for line in ["kind: root", "SENSITIVE: true (enforced", "EXTRACTABLE: false", "SIGN: true", "DERIVE: false (enforced", "WRAP: false", "ALWAYS_SENSITIVE: true", "COPYABLE: false", "MODIFIABLE: false"]:
        assert line in shown, (line, shown)
    assert "ALLOWED_MECHANISMS: CKM_SHA256_HMAC (enforced" in shown, shown
    # The root key is the one of which the scope's key is expected.
    tag = f.good("key", "derive", "--root", f.uri("root"), "--registry", "scopes", "--scope", "agency/nta/1", "--record-only").stderr
    tag = re.search("[0-9a-f]{8}", tag)[0]
    f.good("key", "inspect", f"agency/nta/1={tag}@" + f.uri("root"))
    f.refused("was expected", "key", "inspect", f"agency/mof/1={tag}@" + f.uri("root"))
    f.refused("does not have the mechanism CKM_HKDF_DERIVE", "key", "new", "--in", f.uri("r2"), "--mode", "derived-in")
    f.refused("a key is never replaced", "key", "new", "--in", f.uri("root"), "--mode", "signed-out")
    env, uri = f.nss()
    f.good("key", "new", "--in", uri("root"), "--mode", "derived-in", env=env)
    shown = f.good("key", "inspect", uri("root"), env=env).stdout
    # NSS forgets LOCAL and knows neither copies nor lists of mechanisms. What it does not say is shown so.
    for line in ["SIGN: false (enforced", "DERIVE: true", "NEVER_EXTRACTABLE: true", "LOCAL: false", "ALLOWED_MECHANISMS: not said"]:
        assert line in shown, (line, shown)


def test_kryoptic_gives_every_attribute_back_and_enforces_them(f):
    env, uri = f.kryoptic()
    f.good("key", "new", "--in", uri("root"), "--mode", "derived-in", env=env)
    f.good("key", "derive", "--root", uri("root"), "--scope", NTA, "--registry", "scopes", "--in", uri("nta"), env=env)
    both = ["SENSITIVE: true (enforced", "EXTRACTABLE: false", "ALWAYS_SENSITIVE: true", "NEVER_EXTRACTABLE: true"]
    both += ["VERIFY: false", "ENCRYPT: false", "DECRYPT: false", "WRAP: false", "UNWRAP: false", "PRIVATE: true"]
    both += ["COPYABLE: false", "MODIFIABLE: false"]
    root = ["kind: root", "LOCAL: true", "SIGN: false (enforced", "DERIVE: true", "ALLOWED_MECHANISMS: CKM_HKDF_DERIVE ("]
    root += ["made in the token: yes"]
    scope = ["kind: scope", "LOCAL: false", "SIGN: true", "DERIVE: false (enforced"]
    scope += ["ALLOWED_MECHANISMS: CKM_SHA256_HMAC (enforced", "its bytes never left it", f"tag: {f.recorded(NTA)}"]
    for label, lines in [("root", root), ("nta", scope)]:
        shown = f.good("key", "inspect", uri(label), env=env).stdout
        for line in [*both, *lines]:
            assert line in shown, (line, shown)
        assert "not said" not in shown and "NOT ENFORCED" not in shown, shown


def test_the_tenth_wrong_pin_locks_the_token_and_each_step_is_said(f):
    env, uri = f.kryoptic()
    f.good("key", "new", "--in", uri("root"), "--mode", "derived-in", env=env)
    wrong = f"&pin-source={f.secret('wrong', 'pin-87654321')}"
    locked = "PIN of the token is locked; its security officer can set a new one"
    says = ["the PIN is wrong\n"] * 6 + ["the token counts wrong PINs"] * 2 + ["ONE MORE wrong PIN locks the token", locked]
    for number, text in enumerate(says, 1):
        done = f.refused(text, "key", "inspect", uri("root", pin=wrong), env=env)
        assert ("is locked" in done.stderr) == (number == 10), (number, done.stderr)
    # The right PIN does not help, and no command goes on without it.
    roster = f.roster()
    f.refused(locked, "key", "inspect", uri("root"), env=env)
    f.refused(locked, "convert", roster, "--key", uri("root"), "--out", "no.csv", env=env)
    f.refused(locked, "key", "destroy", uri("root"), "--registry", "scopes", env=env)
    assert not (f.path / "no.csv").exists() and not (f.path / "scopes").exists()


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


def at_a_terminal(f, act, *words, env=None):
    """Runs a command at a terminal. When the echo is off, types bytes or sends a signal. Returns its status, what it wrote,
    and whether the terminal has its echo at the end."""
    ours, theirs = os.openpty()
    has_echo = lambda: bool(termios.tcgetattr(theirs)[3] & termios.ECHO)
    takes = lambda: (os.setsid(), fcntl.ioctl(theirs, termios.TIOCSCTTY, 0))
    run = subprocess.Popen([FUGO, *[str(word) for word in words]], env={**f.env, **(env or {})}, cwd=f.path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=takes, pass_fds=[theirs], text=True)
    until = time.monotonic() + 20
    while has_echo():
        assert run.poll() is None and time.monotonic() < until, f"{words}: nothing was asked"
        time.sleep(0.01)
    if isinstance(act, bytes):
        os.write(ours, act)
    else:
        run.send_signal(act)
    said = run.communicate(timeout=20)[1]
    echo = has_echo()
    os.close(ours)
    os.close(theirs)
    return run.returncode, said, echo


def test_a_signal_at_a_prompt_gives_the_terminal_its_echo_again(f):
    f.good("key", "new", "--in", f.uri("root"), "--mode", "signed-out")
    for words in [["key", "inspect", f.uri("root", pin="")], ["key", "new", "--out", "new.key"]]:
        for act, number in [(b"\x03", signal.SIGINT), *((number, number) for number in STOPPING)]:
            status, said, echo = at_a_terminal(f, act, *words)
            assert (status, echo) == (-number, True), (act, status, said, echo)
    assert not (f.path / "new.key").exists()
    status, said, echo = at_a_terminal(f, (PIN + "\n").encode(), "key", "inspect", f.uri("root", pin=""))
    assert (status, echo) == (0, True), said


def test_an_empty_pin_is_not_a_try(f):
    env, uri = f.kryoptic()
    f.good("key", "new", "--in", uri("root"), "--mode", "derived-in", env=env)
    # The tenth wrong PIN locks the token.
    for _ in range(11):
        status, said, _ = at_a_terminal(f, b"\n", "key", "inspect", uri("root", pin=""), env=env)
        assert status == 2 and "the token needs a PIN" in said, said
    f.good("key", "inspect", uri("root"), env=env)


def test_a_module_that_others_can_replace_is_not_loaded(f):
    f.good("key", "new", "--in", f.uri("root"), "--mode", "signed-out")
    module = f.path / "module.so"
    module.write_bytes(pathlib.Path(SOFTHSM).read_bytes())
    inspect = ["key", "inspect", f.uri("root", module=module)]
    for mode, owner in [(0o777, 0), (0o664, 0), *([(0o755, 65534)] if os.geteuid() == 0 else [])]:
        module.chmod(mode)
        if owner:
            os.chown(module, owner, -1)
        f.refused("can be written by others than its owner, or another user", *inspect)
    if os.geteuid() == 0:
        os.chown(module, 0, -1)
    module.chmod(0o755)
    f.good(*inspect)
    # A FIFO is not waited for.
    module.unlink()
    os.mkfifo(module)
    f.refused("is missing, or is not a PKCS#11 module", *inspect, timeout=20)


def test_two_keys_of_one_label_and_keys_of_others_are_refused(f):
    f.other_program("a", "fugo 1 scope test agency/nta/1 00000001")
    f.other_program("a", "fugo 1 scope test agency/mof/1 00000002")
    f.other_program("b", "of another program")
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


def test_a_new_key_is_read_back_and_found_again_before_it_counts(f):
    key = f.file_key(NTA, "nta.key")
    made = [
        ["key", "new", "--mode", "signed-out"],
        ["key", "new", "--scope", "agency/mof/1", "--registry", "scopes"],
        ["key", "import", key],
        ["key", "import", f.known_root(), "--mode", "signed-out"],
    ]
    for mode, says in [
        ("without=1", "CKA_TOKEN = false; the key was removed"),
        ("without=10a", "CKA_VERIFY = true; the key was removed"),
        ("without=3", "another CKA_LABEL than was asked for"),
        ("without=102", "another CKA_ID than was asked for"),
        ("session-only", "it did not store the key"),
        # The first MAC is that of the tag.
        ("lost=0", "session with the token was lost"),
    ]:
        for words in made:
            f.refused(says, *words, "--in", f.uri("a", module=f.shim), env=f.shimmed(mode))
            assert "secret keys that this login sees: 0" in f.good("key", "probe", f.uri()).stdout, (mode, words)
    assert "agency,mof" not in (f.path / "scopes").read_text()
    # A token with one session: the key is made, and the token's word is all there is.
    f.good(*made[0], "--in", f.uri("one", module=f.shim), env=f.shimmed("one-session"))
    env, uri = f.kryoptic("without=1")
    f.refused("CKA_TOKEN = false", "key", "new", "--mode", "derived-in", "--in", uri("root"), env=env)
    env, uri = f.nss()
    f.good("key", "new", "--mode", "derived-in", "--in", uri("root"), env=env)


def test_a_new_key_that_no_registry_records_is_named_and_ends_by_a_command(f):
    new = lambda label, **more: ["key", "new", "--in", f.uri(label, **more), "--scope", NTA, "--registry", "scopes"]
    end = lambda uri: ["key", "destroy", uri, "--registry", "scopes", "--not-recorded"]
    exact = lambda label, id: f.uri(label).replace(f"object={label}", f"object={label};id={id}")
    # The device goes while the key is made: what is left is named.
    left = f.refused("may still be in the token, with id=", *new("left", module=f.shim), env=f.shimmed("gone"))
    id = re.search(r"with id=(\S+)", left.stderr)[1]
    assert "key destroy --not-recorded" in left.stderr and "no output was changed" not in left.stderr, left.stderr
    assert f"id={id}\n" in f.run("key", "probe", f.uri()).stdout
    assert f"id: {id}\n" in f.good("key", "inspect", f.uri("left")).stdout
    f.refused("a key is never replaced.*\n.*--not-recorded", *new("left"))
    f.good(*end(exact("left", id)))
    f.refused("no secret key", "key", "inspect", f.uri("left"))
    # A registry that cannot be written is known before there is a key, and so is a scope that has a tag.
    (f.path / "scopes.lock").unlink()
    (f.path / "scopes.lock").mkdir()
    f.refused("", *new("nta"))
    (f.path / "scopes.lock").rmdir()
    f.refused("no secret key", "key", "inspect", f.uri("nta"))
    f.good(*new("nta"))
    f.refused("is recorded with the tag [0-9a-f]{8} already", *new("again"))
    f.refused("no secret key", "key", "inspect", f.uri("again"))
    # A recorded key does not end so.
    f.refused("is recorded\n", *end(f.uri("nta")))
    f.good("key", "inspect", f.uri("nta"))


def test_of_two_new_keys_at_once_one_stays_and_it_is_the_recorded_one(f):
    waits = f.path / "waits"
    # kryoptic shows the key that another process made in the meantime. SoftHSM2 may not: there the registry refuses the
    # second key of the scope.
    env, uri = f.kryoptic()
    behind, shimmed = f.kryoptic(f"waits={waits}")
    soft = lambda object: f.uri(object, module=f.shim)
    for env, uri, behind, shimmed, scope, says in [
        (env, uri, behind, shimmed, "agency/mof/1", "a key is never replaced"),
        ({}, f.uri, f.shimmed(f"waits={waits}"), soft, "agency/moj/1", "is recorded with the tag"),
    ]:
        second = "agency/moj/1" if uri == f.uri else NTA
        new = lambda uri, scope: ["key", "new", "--in", uri, "--scope", scope, "--registry", "scopes"]
        words = [FUGO, *new(shimmed("a"), scope)]
        slow = subprocess.Popen(words, env={**f.env, **behind}, cwd=f.path, stderr=subprocess.PIPE, text=True)
        while not waits.exists():
            assert slow.poll() is None, slow.stderr.read()
            time.sleep(0.01)
        f.good(*new(uri("a"), second), env=env)
        waits.unlink()
        said = slow.communicate()[1]
        assert slow.returncode == 2 and says in said, said
        # The key of the other one is alone, under its label and by its tag.
        shown = f.good("key", "inspect", uri("a"), "--registry", "scopes", env=env).stdout
        assert f"tag: {f.recorded(second)}" in shown, shown
        assert "secret keys that this login sees: 1" in f.good("key", "probe", uri(), env=env).stdout
    assert "agency,mof" not in (f.path / "scopes").read_text()


def test_every_session_confirms_its_key_by_the_tag(f):
    for scope, name in [(NTA, "nta"), ("agency/mof/1", "mof")]:
        f.good("key", "import", f.file_key(scope, f"{name}.key"), "--in", f.uri(name))
    words = ["convert", f.roster(5000), "--key", f.uri("nta", module=f.shim), "--out", "nta.csv", "--test-keys", "--threads", "2"]
    f.refused("7c2cb2a1, and|7c2cb2a1 was expected", *words, env=f.shimmed("swap=mof"))
    assert not (f.path / "nta.csv").exists()


def test_the_probe_claims_nothing_for_a_key_whose_attributes_allow_too_much(f):
    root, scope = "fugo 1 root test a0000001", "fugo 1 scope test agency/nta/1 a0000002"
    uses = dict(ENCRYPT=False, DECRYPT=False, WRAP=False, UNWRAP=False, VERIFY=False, DERIVE=False, COPYABLE=False, MODIFIABLE=False)
    kept = dict(SENSITIVE=True, EXTRACTABLE=False, PRIVATE=True, **uses)
    both = [("r", root), ("s", scope)]
    for number, (change, says, came_out) in enumerate([
        ({}, None, False),
        ({"EXTRACTABLE": True}, "The bytes of the key itself come out", True),
        ({"COPYABLE": True}, None, False),
        ({"WRAP": True}, "WRAP is true", False),
        ({"VERIFY": True}, "VERIFY is true", False),
        ({"DERIVE": True}, "(SIGN and )?DERIVE (is|are) true", False),
    ]):
        for label, id in both:
            label = f"{label}{number}"
            f.other_program(label, id[:-1] + str(number), **{**kept, **change})
            found = f.run("key", "probe", f.uri(label))
            assert found.returncode == (0 if says is None else 1), (change, found)
            claim = re.search("claim: (.*)", found.stdout)[1]
            assert re.search("^none. " + says if says else "^(signed out|symbols in the token)", claim), (change, claim)
            assert bool(re.search("SUCCEEDED +wrap the key", found.stdout)) == came_out, (change, found.stdout)
            warned = "warning: " in f.good("key", "inspect", f.uri(label)).stdout
            assert warned == (says is not None), change
    # A name that no key has is not a token without keys.
    f.refused("no secret key of the token fits", "key", "probe", f.uri("mistyped"))


def test_a_token_that_derives_another_key_than_it_said_is_found_out(f):
    env, uri = f.kryoptic("without=40000213")
    f.good("key", "import", f.known_root(), "--in", uri("root"), "--mode", "derived-in", env=env)
    derive = lambda uri: ["key", "derive", "--root", uri("root"), "--scope", NTA, "--registry", "scopes", "--in", uri("nta")]
    # The two derivations of the tag differ: nothing is recorded.
    env, uri = f.kryoptic("derive-short=2")
    f.refused("two answers to one question", *derive(uri), env=env)
    assert not (f.path / "scopes").exists()
    # The key that is kept differs from the tag that both gave.
    env, uri = f.kryoptic("derive-short=3")
    f.refused("7c2cb2a1 was expected", *derive(uri), env=env)
    env, uri = f.kryoptic()
    f.refused("no secret key", "key", "inspect", uri("nta"), env=env)
    f.good(*derive(uri), env=env)
    assert f"tag: {f.recorded(NTA)}" in f.good("key", "inspect", uri("nta"), env=env).stdout


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


def ended(f, uri=None, registry="scopes", env=None):
    """A scope's key in a token whose symbols are no longer accepted."""
    f.good("key", "new", "--in", uri or f.uri("nta"), "--scope", NTA, "--registry", registry, env=env)
    f.good("key", "dates", "--registry", registry, "--scope", NTA, "--accept-until", today())
    f.let_days_go_by(registry=registry)


def test_a_key_in_a_token_is_destroyed_and_its_day_and_tag_stay(f):
    for number, (env, uri) in enumerate([({}, f.uri), f.nss(), f.kryoptic()]):
        registry = f"scopes-{number}"
        ended(f, uri("nta"), registry, env)
        before = f.line(NTA, registry)
        done = f.good("key", "destroy", uri("nta"), "--registry", registry, env=env)
        assert f"agency/nta/1, tag {before[3]}, destroyed on {today()}" in done.stderr, done.stderr
        assert f.line(NTA, registry) == [*before[:6], today()]
        f.refused("no secret key", "key", "inspect", uri("nta"), env=env)
        f.refused("no secret key.*\n.*whether the key is recorded as destroyed", "key", "destroy", uri("nta"), "--registry", registry, env=env)
        # It does not come back: not as a new key, which leaves nothing in the token, and not from a root key.
        f.refused("recorded with the tag", "key", "new", "--in", uri("nta"), "--scope", NTA, "--registry", registry, env=env)
        f.refused("no secret key", "key", "inspect", uri("nta"), env=env)


def test_a_destroyed_key_is_not_derived_again_by_a_root_key_in_a_token(f):
    env, uri = f.kryoptic()
    f.good("key", "import", f.known_root(), "--in", uri("root"), "--mode", "derived-in", env=env)
    f.good("key", "import", f.known_root(), "--in", f.uri("root"), "--mode", "signed-out")
    derive = lambda root: ["key", "derive", "--root", root, "--scope", NTA, "--registry", "scopes"]
    f.good(*derive(uri("root")), "--in", uri("nta"), env=env)
    f.refused("are accepted without an end", "key", "destroy", uri("nta"), "--registry", "scopes", env=env)
    f.good("key", "inspect", uri("nta"), env=env)
    f.good("key", "destroy", uri("nta"), "--registry", "scopes", "--although-accepted", env=env)
    for words in [
        [*derive(uri("root")), "--in", uri("nta")],
        [*derive(f.uri("root")), "--out", "nta.key", "--plaintext"],
        [*derive(f.uri("root")), "--record-only"],
        ["key", "rotate", *derive(uri("root"))[2:], "--in", uri("nta-2"), "--valid-from", today(), "--accept-until", today()],
    ]:
        f.refused("a destroyed key is not made again", *words, env=env)
    for label in ["nta", "nta-2"]:
        f.refused("no secret key", "key", "inspect", uri(label), env=env)
    assert not (f.path / "nta.key").exists()


def test_a_destruction_that_is_stopped_is_finished_by_the_same_command(f):
    for number, what in enumerate(["refused", "nothing", "dies", "dies-after"]):
        f.init(what)
        registry = f"scopes-{number}"
        ended(f, f.uri("nta", token=what), registry)
        words = ["key", "destroy", f.uri("nta", token=what, module=f.shim), "--registry", registry]
        stopped = f.run(*words, env=f.shimmed(f"destroy={what}"))
        assert stopped.returncode == (2 if number < 2 else -signal.SIGKILL), stopped
        if number < 2:
            says = ["ActionProhibited", "still has it: do not rely on this token"][number]
            assert says in stopped.stderr and "run the same command again" in stopped.stderr, stopped.stderr
        # At no moment is there a key less than the registry knows: it has the day, and nothing makes the key again.
        assert f.line(NTA, registry)[6] == today(), what
        words[2] = f.uri("nta", token=what)
        if what == "dies-after":
            f.refused("no secret key", *words)
        else:
            f.refused("was destroyed on", "convert", f.roster(), "--key", words[2], "--registry", registry, "--out", "no.csv")
            f.good(*words)
        f.refused("no secret key", "key", "inspect", words[2])
        assert f.line(NTA, registry)[6] == today(), what


def test_what_is_not_the_recorded_key_of_a_scope_is_not_destroyed(f):
    f.good("key", "import", f.known_root(), "--in", f.uri("root"), "--mode", "signed-out")
    f.good("key", "import", f.file_key(NTA, "nta.key"), "--in", f.uri("nta"))
    f.good("key", "derive", "--root", f.uri("root"), "--scope", "agency/mof/1", "--registry", "scopes", "--record-only")
    before = (f.path / "scopes").read_text()
    destroy = lambda uri, **more: ["key", "destroy", uri, "--registry", "scopes", "--although-accepted"]
    f.refused("is a root key", *destroy(f.uri("root")))
    f.refused("is not recorded", *destroy(f.uri("nta")))
    f.refused("there is no key to destroy", *destroy(f"test:agency/mof/1={f.recorded('agency/mof/1')}@{f.uri('root')}"))
    # Known before anything is recorded: a key that the token never destroys.
    f.other_program("stays", "fugo 1 scope test agency/nta/2 00000001", DESTROYABLE=False)
    tag = re.search("tag: (.*)", f.good("key", "inspect", f.uri("stays")).stdout)[1]
    (f.path / "scopes").write_text(before + f"agency,nta,2,{tag},,,\n")
    f.refused("CKA_DESTROYABLE = false", *destroy(f.uri("stays")))
    assert (f.path / "scopes").read_text() == before + f"agency,nta,2,{tag},,,\n"
    for label in ["root", "nta", "stays"]:
        f.good("key", "inspect", f.uri(label))


def rotate(root, *place, scope="agency/nta/1", from_day=None, until=None):
    dates = ["--valid-from", from_day or today(), "--accept-until", until or today(30)]
    return ["key", "rotate", "--root", root, "--scope", scope, "--registry", "scopes", *dates, *place]


def test_a_root_key_in_a_token_rotates_a_scope_in_every_mode(f):
    second = f.file_key("agency/nta/2", "expected.key").read_text()
    f.good("convert", f.roster(), "--key", "expected.key", "--out", "expected.csv", "--test-keys")
    tag = re.search("tag: (.*)", second)[1]
    dated = [["agency", "nta", "1", "7c2cb2a1", "", today(30), ""], ["agency", "nta", "2", tag, today(), "", ""]]
    f.good("key", "import", f.known_root(), "--in", f.uri("root"), "--mode", "signed-out")
    address = f"test:agency/nta/2={tag}@{f.uri('root')}"
    places = [
        ({}, f.uri, ["--out", "2.key", "--plaintext"], "2.key"),
        ({}, f.uri, ["--record-only"], address),
        *((env, uri, ["--in", uri("nta-2")], uri("nta-2")) for env, uri in [f.nss(), f.kryoptic()]),
    ]
    for env, uri, place, key in places:
        (f.path / "scopes").unlink(missing_ok=True)
        if env:
            f.good("key", "import", f.known_root(), "--in", uri("root"), "--mode", "derived-in", env=env)
        first = ["--in", uri("nta-1")] if env else ["--record-only"]
        f.good("key", "derive", "--root", uri("root"), "--scope", "agency/nta/1", "--registry", "scopes", *first, env=env)
        done = f.good(*rotate(uri("root"), *place), env=env)
        assert f"the test key of agency/nta/2, tag {tag}, valid from {today()} on" in done.stderr, done.stderr
        assert [f.line("agency/nta/1"), f.line("agency/nta/2")] == dated, place
        f.good("convert", f.roster(), "--key", key, "--registry", "scopes", "--out", "2.csv", "--test-keys", env=env)
        assert (f.path / "2.csv").read_bytes() == (f.path / "expected.csv").read_bytes(), place
        (f.path / "2.csv").unlink()
    assert (f.path / "2.key").read_text() == second


def test_a_rotation_in_a_token_that_is_refused_records_neither_date(f):
    env, uri = f.kryoptic()
    f.good("key", "import", f.known_root(), "--in", uri("root"), "--mode", "derived-in", env=env)
    derive = ["key", "derive", "--root", uri("root"), "--scope", "agency/nta/1", "--registry", "scopes"]
    f.good(*derive, "--in", uri("nta"), env=env)
    before = (f.path / "scopes").read_text()
    into = ["--in", uri("nta-2")]
    for says, words in [
        ("a key is never replaced", rotate(uri("root"), "--in", uri("nta"))),
        ("names another token", rotate(uri("root"), "--in", f.uri("nta-2"))),
        ("keys are derived from root keys only", rotate(uri("nta"), *into)),
        ("is not recorded", rotate(uri("root"), *into, scope="agency/mof/1")),
        ("must be accepted until the new one", rotate(uri("root"), *into, until=today(-1))),
        ("CKM_SHA256_HMAC, for this key", rotate(uri("root"), "--out", "nta.key", "--plaintext")),
        ("CKM_SHA256_HMAC, for this key", rotate(uri("root"), "--record-only")),
        ("--in derives within a token", rotate("exec:/bin/true", *into)),
        ("for a root key that is not a file", rotate(f.known_root(), *into)),
        ("cannot be used with", rotate(uri("root"), *into, "--record-only")),
        ("required", rotate(uri("root"))),
    ]:
        f.refused(says, *words, env=env)
        assert (f.path / "scopes").read_text() == before, words
    f.refused("no secret key", "key", "inspect", uri("nta-2"), env=env)
    assert not (f.path / "nta.key").exists()
    f.good("key", "import", f.known_root(), "--in", f.uri("root"), "--mode", "signed-out")
    f.refused("CKM_HKDF_DERIVE", *rotate(f.uri("root"), "--in", f.uri("nta-2")))
    assert (f.path / "scopes").read_text() == before


def test_a_rotation_in_a_token_that_is_killed_is_finished_by_the_same_command(f):
    # The derivations of a rotation: twice for the old tag, twice for the new tag, then the key. Both dates are recorded
    # before the last.
    for killed_at, dates in [(1, 0), (3, 0), (4, 0), (5, 2)]:
        name = f"nta-{killed_at}"
        env, uri = f.kryoptic()
        if killed_at == 1:
            f.good("key", "import", f.known_root(), "--in", uri("root"), "--mode", "derived-in", env=env)
        (f.path / "scopes").unlink(missing_ok=True)
        f.good("key", "derive", "--root", uri("root"), "--scope", "agency/nta/1", "--registry", "scopes", "--in", uri(f"old-{killed_at}"), env=env)
        behind, shimmed = f.kryoptic(f"derive-dies={killed_at}")
        stopped = f.run(*rotate(shimmed("root"), "--in", shimmed(name)), env=behind)
        assert stopped.returncode == -signal.SIGKILL, stopped
        text = (f.path / "scopes").read_text()
        assert text.count(today()) + text.count(today(30)) == dates, text
        f.refused("no secret key", "key", "inspect", uri(name), env=env)
        f.good(*rotate(uri("root"), "--in", uri(name)), env=env)
        assert f.line("agency/nta/1")[5] == today(30) and f.line("agency/nta/2")[4] == today()
        f.good("key", "inspect", uri(name), "--registry", "scopes", env=env)


def test_the_probe_takes_a_scope_key_out_of_a_token_that_derives(f):
    env, uri = f.nss()
    f.good("key", "new", "--in", uri("root"), "--mode", "derived-in", env=env)
    found = f.run("key", "probe", uri("root"), env=env)
    assert found.returncode == 1, found
    assert re.search(r"SUCCEEDED +find a derived key from keys of 1 to 32 bytes \(CKM_HKDF_DERIVE\)", found.stdout), found.stdout
    assert re.search(r"SUCCEEDED +derive as data", found.stdout), found.stdout
    assert re.search(r"SUCCEEDED +wrap the key", found.stdout), found.stdout
    assert "claim: none. The bytes of the key itself come out" in found.stdout, found.stdout
    assert re.search(r"refused +read the bytes", found.stdout), found.stdout


def test_nss_wraps_a_key_that_is_not_extractable_as_the_probe_says(f):
    env, uri = f.nss()
    f.good("key", "import", f.known_root(), "--in", uri("root"), "--mode", "derived-in", env=env)
    assert "EXTRACTABLE: false" in f.good("key", "inspect", uri("root"), env=env).stdout
    # Another program wraps it and opens what it gets.
    script = (
        "import pkcs11\n"
        f"session=pkcs11.lib({str(f.shim)!r}).get_token(token_label='NSS Certificate DB').open(rw=True,user_pin={PIN!r})\n"
        "A=pkcs11.Attribute\n"
        "C=pkcs11.ObjectClass.SECRET_KEY\n"
        "key,=session.get_objects({A.LABEL:'root',A.CLASS:C})\n"
        "mine=session.create_object({A.CLASS:C,A.KEY_TYPE:pkcs11.KeyType.AES,A.TOKEN:False,A.WRAP:True,A.DECRYPT:True,A.VALUE:b'Z'*32})\n"
        "ecb=dict(mechanism=pkcs11.Mechanism.AES_ECB)\n"
        "print(mine.decrypt(mine.wrap_key(key,**ecb),**ecb).hex())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], env={**f.env, **env}, capture_output=True, text=True)
    assert done.stdout.strip() == KNOWN_ROOT.hex(), done


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


def test_the_probe_gets_nothing_from_a_root_key_that_kryoptic_holds_rightly(f):
    env, uri = f.kryoptic()
    f.good("key", "new", "--in", uri("root"), "--mode", "derived-in", env=env)
    f.good("key", "derive", "--root", uri("root"), "--scope", NTA, "--registry", "scopes", "--in", uri("nta"), env=env)
    found = f.good("key", "probe", uri(), env=env).stdout
    assert "secret keys that this login sees: 2" in found, found
    assert "claim: derived in. No attack of this probe gave bytes" in found, found
    assert "claim: symbols in the token. No attack of this probe gave bytes" in found, found
    # A scope's key signs. That is all of it.
    assert re.findall("SUCCEEDED +(.*)", found) == ["MAC with the key"], found


def test_the_probe_finds_the_key_where_the_template_or_the_list_of_mechanisms_is_missing(f):
    # CKA_DERIVE_TEMPLATE, then CKA_ALLOWED_MECHANISMS: each alone is not enough.
    for missing, succeeded in [
        ("40000213", ["find a derived key from keys of 1 to 32 bytes (CKM_HKDF_DERIVE)", "derive a key that may leave the token"]),
        ("40000600", ["derive as data (CKM_HKDF_DATA)"]),
    ]:
        env, uri = f.kryoptic(f"without={missing}")
        f.good("key", "new", "--in", uri(f"root-{missing}"), "--mode", "derived-in", env=env)
        env, uri = f.kryoptic()
        found = f.run("key", "probe", uri(f"root-{missing}"), env=env)
        assert found.returncode == 1, found
        assert re.findall("SUCCEEDED +(.*)", found.stdout) == succeeded, found.stdout
        assert "only where the login that converts does not see this root key" in found.stdout, found.stdout


def test_a_root_key_that_was_removed_after_the_ceremony_is_out_of_sight(f):
    env, uri = f.kryoptic("without=40000213")
    f.good("key", "import", f.known_root(), "--in", uri("root"), "--mode", "derived-in", env=env)
    env, uri = f.kryoptic()
    f.good("key", "derive", "--root", uri("root"), "--scope", NTA, "--registry", "scopes", "--in", uri("nta"), env=env)
    assert f.run("key", "probe", uri(), env=env).returncode == 1
    words = ["--module", KRYOPTIC, "--token-label", "kryoptic", "--login", "--pin", PIN]
    words += ["--delete-object", "--type", "secrkey", "--label", "root"]
    subprocess.run(["pkcs11-tool", *words], env={**f.env, **env}, check=True, capture_output=True)
    found = f.good("key", "probe", uri(), env=env).stdout
    assert "secret keys that this login sees: 1" in found and "claim: symbols in the token" in found, found
    f.good("convert", f.roster(), "--key", uri("nta"), "--registry", "scopes", "--out", "nta.csv", "--test-keys", env=env)


def test_a_token_that_says_that_a_key_does_not_sign_is_found_out(f):
    f.good("key", "import", f.file_key(NTA, "nta.key"), "--in", f.uri("nta"))
    shown = f.good("key", "inspect", f.uri("nta", module=f.shim), env=f.shimmed("says-no-sign")).stdout
    assert "SIGN: false (NOT ENFORCED" in shown and "do not rely on the others" in shown, shown
    f.refused("CKA_SIGN = false; the key was removed", "key", "new", "--in", f.uri("b", module=f.shim), "--scope", "agency/mof/1", "--registry", "scopes", env=f.shimmed("says-no-sign"))
    f.refused("no secret key", "key", "inspect", f.uri("b"))


def test_the_probe_reads_a_key_that_is_not_sensitive(f):
    f.other_program("open", SENSITIVE=False, EXTRACTABLE=True)
    found = f.run("key", "probe", f.uri("open"))
    assert found.returncode == 1 and re.search("SUCCEEDED +read the bytes", found.stdout), found.stdout
    assert re.search("SUCCEEDED +copy", found.stdout) and "claim: none" in found.stdout, found.stdout


def test_every_command_of_the_page_is_run_by_a_test(f):
    assert page.not_run() == []
    # The options that the page mentions are options of these commands.
    mentions, _ = page.mentions_and_commands()
    for mention in set(mentions):
        _, *words = mention.split()
        options = [word for word in words if word.startswith("--")]
        help = f.good(*[word for word in words if word not in options], "--help").stdout
        for option in options:
            assert re.search(rf"{option}\b", help), mention
    # A command that nobody runs is found, in every place.
    for more in ["\n`fugo key inspect nta.key`\n", "\n## Other\n```sh\nfugo key inspect nta.key\n```\n"]:
        assert len(page.not_run(page.PAGE + more)) == 1, more


def test_every_command_of_the_table_of_tokens_does_what_the_page_says(f):
    for number, (purpose, command) in enumerate(page.table()):
        (f.path / str(number)).mkdir()
        is_done(Folder(f.path / str(number), f.shim), purpose, command)


def is_done(f, purpose, command):
    """Runs a command of the page, in a shell, after what it needs was made. Production keys, as on the page."""
    derives = "derived" in purpose + command
    env, uri = f.kryoptic() if derives else ({}, f.uri)
    public, good = f.identity("operator"), lambda *words: f.good(*words, env=env)
    scope = ["--scope", NTA, "--registry", "scopes"]
    f.roster()
    if "--root-shares" in command:
        f.five_shares()
    if "--root 'pkcs11:" in command or "@pkcs11:" in command:
        good("key", "new", "--in", uri("root"), "--mode", "derived-in" if derives else "signed-out")
    if "key rotate" in command or "@pkcs11:" in command:
        good("key", "derive", "--root", uri("root"), *scope, *(["--in", uri("nta")] if derives else ["--record-only"]))
    if re.search("key (inspect|probe|destroy)|--key 'pkcs11:", command):
        good("key", "new", "--in", uri("nta"), *scope)
    if "--not-recorded" in command:
        (f.path / "scopes").write_text("purpose,scope,epoch,tag\n")
    elif "key destroy" in command:
        good("key", "dates", *scope, "--accept-until", today())
        f.let_days_go_by()
    if re.search("key import [a-z]+[.]key", command):
        good("key", "new", "--out", "root.key", "--recipient", public)
        good("key", "derive", "--root", "root.key", "--root-identity", "operator.txt", "--scope", NTA, "--out", "nta.key", "--recipient", public)
        command += " --identity operator.txt"
    if "--out nta.key" in command:
        command += f" --recipient {public}"
    if "7c2cb2a1" in command:
        command = command.replace("7c2cb2a1", f.recorded(NTA))
    command = re.sub(r"pkcs11:(?:token=fugo|…)(?:;object=([\w-]+))?\?(?:module-path=)?…", lambda found: uri(found[1]), command)
    command = re.sub(r"^fugo ", f"{FUGO} ", command)
    done = subprocess.run(["bash", "-c", command], env={**f.env, **env}, cwd=f.path, capture_output=True, text=True)
    assert done.returncode == 0 and "…" not in command, f"{purpose}: {command}: {done.returncode}\n{done.stdout}{done.stderr}"
    for label in re.findall(r"--in '.*?object=([\w-]+)", command):
        good("key", "inspect", uri(label))
    for name in re.findall(r"--out (\S+)", command):
        assert (f.path / name).exists(), command
    if "--registry" in command and "--not-recorded" not in command:
        assert f.recorded(NTA.replace("/1", "/2") if "rotate" in command else NTA)
    if "key destroy" in command:
        f.refused("no secret key", "key", "inspect", uri("nta"))


def built_shim(folder):
    shim = pathlib.Path(folder) / "shim.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-w", "-o", shim, HERE / "shim.c", "-ldl"], check=True)
    return shim


def main():
    names = sys.argv[1:] or [name for name in globals() if name.startswith("test_")]
    # A check in the background, or under nohup, ignores some, and the tool would too.
    for number in STOPPING:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    with tempfile.TemporaryDirectory() as built:
        shim = built_shim(built)
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
