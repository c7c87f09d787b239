"""Scopes, keys, key files."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

import fugo
import reference

KEYS = Path(__file__).parent / "keys"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The key files, as only their owner can read them."""
    for path in KEYS.iterdir():
        shutil.copyfile(path, tmp_path / path.name)
        (tmp_path / path.name).chmod(0o600)
    return tmp_path


def test_a_scope_is_its_three_parts() -> None:
    scope = fugo.Scope("agency/nta/1")
    assert (scope.purpose, scope.id, scope.epoch, str(scope)) == ("agency", "nta", 1, "agency/nta/1")
    assert scope.label().hex() == "6675676f010100000001036e7461"
    assert scope == fugo.Scope.of("agency", "nta", 1) != fugo.Scope("agency/nta/2")
    assert {scope: 1}[fugo.Scope(scope)] == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("agency/-nta/1", "scope-id"),
        ("insurers/kenpo/1", "scope-id-fixed"),
        ("agency/nta/0", "epoch-zero"),
        ("ministry/nta/1", "unknown-purpose"),
        ("agency/nta", "scope-form"),
        ("agency/nta/01", "scope-form"),
        ("agency/nta/4294967296", "scope-form"),
        ("agency/\ud800/1", "scope-id"),
    ],
)
def test_what_is_no_scope_is_refused_by_kind(text: str, kind: str, root: fugo.RootKey) -> None:
    for door in (fugo.Scope, root.scope_key):
        with pytest.raises(fugo.ScopeError) as refused:
            door(text)
        assert refused.value.kind == kind


def test_the_parts_of_a_scope_are_refused_each_by_its_kind() -> None:
    refusals = [
        ("ministry", "nta", 1, "unknown-purpose"),
        ("agency", "n/a", 1, "scope-id"),
        ("eligibility", "nta", 1, "scope-id-fixed"),
        ("agency", "nta", 0, "epoch-zero"),
        ("agency", "nta", -1, "scope-form"),
        ("agency", "nta", 2**32, "scope-form"),
    ]
    for purpose, scope_id, epoch, kind in refusals:
        with pytest.raises(fugo.ScopeError) as refused:
            fugo.Scope.of(purpose, scope_id, epoch)
        assert refused.value.kind == kind
    with pytest.raises(TypeError):
        fugo.Scope(1)  # type: ignore[arg-type]


def test_keys_and_tags_are_those_of_the_reference(root: fugo.RootKey) -> None:
    assert root.tag == "0e84213a"
    for scope in ("agency/nta/1", "insurers/all/1", "portal/p/4294967295"):
        made = root.scope_key(fugo.Scope(scope))
        assert (made.tag, str(made.scope)) == (reference.tag(scope), scope)
        assert made == fugo.ScopeKey(scope, reference.scope_key(scope)) != root.scope_key("agency/mof/1")


def test_keys_are_taken_from_buffers_that_can_be_wiped() -> None:
    buffer = bytearray(range(32))
    made = [fugo.RootKey(buffer), fugo.RootKey(memoryview(buffer)), fugo.RootKey(bytes(buffer))]
    buffer[:] = bytes(32)
    assert [key.tag for key in made] == ["0e84213a"] * 3
    assert made[0] == made[1] == made[2] != fugo.RootKey(buffer)


def test_keys_of_another_length_are_refused() -> None:
    for length in (0, 31, 33):
        with pytest.raises(fugo.LengthError) as refused:
            fugo.RootKey(bytes(length))
        assert (refused.value.kind, refused.value.found) == ("key-length", length)
        with pytest.raises(fugo.LengthError):
            fugo.ScopeKey("agency/nta/1", bytearray(length))
    with pytest.raises(TypeError):
        fugo.RootKey("0" * 32)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        fugo.RootKey(32)  # type: ignore[arg-type]


def test_two_random_keys_differ() -> None:
    assert fugo.RootKey.random() != fugo.RootKey.random()


def test_a_plaintext_key_file_opens(files: Path) -> None:
    file = fugo.KeyFile.load(files / "plaintext.key", test_keys=True)
    assert (file.usage, file.tag) == ("test", "7c2cb2a1")
    assert isinstance(file.key, fugo.ScopeKey)
    assert str(file.key.scope) == "agency/nta/1" and file.scope_key == file.key
    with pytest.raises(fugo.KeyFileError) as wrong:
        _ = file.root_key
    assert wrong.value.kind == "wrong-kind"
    assert fugo.KeyFile.load(str(files / "plaintext.key"), test_keys=True).key == file.key


def test_a_program_gives_a_key_and_its_tag_confirms_it(files: Path) -> None:
    program = files / "mac"
    program.write_text(
        "#!/usr/bin/python3 -I\nimport hashlib, hmac, sys\n"
        "sys.stdout.buffer.write(hmac.digest(bytes(range(32)), sys.stdin.buffer.read(), hashlib.sha256))\n"
    )
    program.chmod(0o700)
    address = f"test:agency/nta/1=7c2cb2a1@exec:{program}"
    file = fugo.KeyFile.at(address, test_keys=True)
    assert file.scope_key == fugo.RootKey(bytes(range(32))).scope_key("agency/nta/1")
    assert fugo.KeyFile.at(files / "plaintext.key", test_keys=True).tag == file.tag
    for text, kind in [
        (address.replace("7c2cb2a1", "7c2cb2a2"), "tag-mismatch"),
        (f"exec:{program}", "address"),
        ("exec:relative", "address"),
        ("agency/nta/1=7c2cb2a1@exec:/bin/false", "program"),
        ("pkcs11:token=a?module-path=/usr/lib/p11.so", "token-module"),
        ("pkcs11:token=a?module-path=/usr/lib/p11.so&pin-value=hunter22", "address"),
        (address, "test-key"),
    ]:
        with pytest.raises(fugo.KeyFileError) as refused:
            fugo.KeyFile.at(text, test_keys=kind != "test-key")
        assert refused.value.kind == kind
        assert "hunter22" not in str(refused.value)


def test_a_key_file_opens_with_its_passphrase_in_any_form(files: Path) -> None:
    phrase = "correct horse battery"
    path = files / "passphrase.key"
    opened = [
        fugo.KeyFile.load(path, passphrase=phrase, test_keys=True),
        fugo.KeyFile.load(path, passphrase=bytearray(phrase, "utf-8"), test_keys=True),
        fugo.KeyFile.load(path, passphrase_file=files / "passphrase.txt", test_keys=True),
    ]
    assert [file.tag for file in opened] == ["7c2cb2a1"] * 3


def test_a_key_file_opens_with_its_identity(files: Path) -> None:
    file = fugo.KeyFile.load(files / "identity.key", identity_file=files / "identity.txt", test_keys=True)
    assert file.tag == "7c2cb2a1"


def test_a_key_file_opens_with_a_passphrase_or_an_identity_where_both_are_given(files: Path) -> None:
    for name in ("passphrase.key", "identity.key"):
        for passphrase in (None, "not this one"):
            opened = fugo.KeyFile.load(
                files / name,
                passphrase=passphrase,
                passphrase_file=files / "passphrase.txt",
                identity_file=files / "identity.txt",
                test_keys=True,
            )
            assert opened.tag == "7c2cb2a1"
        data = (files / name).read_bytes()
        opened = fugo.KeyFile.open(
            data,
            passphrase_file=files / "passphrase.txt",
            identity_file=files / "identity.txt",
            test_keys=True,
        )
        assert opened.tag == "7c2cb2a1"


def test_other_threads_run_while_a_passphrase_is_tried(files: Path) -> None:
    done = threading.Event()

    def load() -> None:
        fugo.KeyFile.load(files / "passphrase.key", passphrase="correct horse battery", test_keys=True)
        done.set()

    thread = threading.Thread(target=load)
    thread.start()
    steps = 0
    while not done.is_set():
        steps += 1
    thread.join()
    # A held interpreter would let this thread through only between two calls.
    assert steps > 1000


def test_key_files_are_refused_by_kind(files: Path) -> None:
    def kind(name: str, passphrase: str | None = None, identity: str | None = None) -> str:
        identity_file = files / identity if identity else None
        with pytest.raises(fugo.KeyFileError) as refused:
            fugo.KeyFile.load(files / name, passphrase=passphrase, identity_file=identity_file, test_keys=True)
        return refused.value.kind

    assert kind("passphrase.key") == "passphrase-needed"
    assert kind("passphrase.key", passphrase="another one") == "wrong-passphrase"
    with pytest.raises(fugo.KeyFileError, match="the passphrase is not UTF-8") as refused:
        fugo.KeyFile.load(files / "passphrase.key", passphrase=b"\xff", test_keys=True)
    assert refused.value.kind == "not-text"
    assert kind("identity.key") == "identity-needed"
    assert kind("identity.key", identity="other_identity.txt") == "wrong-identity"
    assert kind("README.md") == "not-a-key-file"
    assert kind("plaintext.key", identity="README.md") == "identity"
    assert kind("absent") == "io"
    text = (files / "plaintext.key").read_text()
    (files / "production.key").write_text(text.replace("use: test", "use: production"))
    (files / "production.key").chmod(0o600)
    assert kind("production.key") == "plaintext-production"
    (files / "plaintext.key").chmod(0o640)
    assert kind("plaintext.key") == "others-can-read"


def test_a_test_key_is_refused_where_it_was_not_asked_for(files: Path) -> None:
    for name, identity in (("plaintext.key", None), ("identity.key", files / "identity.txt")):
        path, data = files / name, (files / name).read_bytes()
        with pytest.raises(fugo.KeyFileError) as refused:
            fugo.KeyFile.load(path, identity_file=identity)
        assert refused.value.kind == "test-key"
        with pytest.raises(fugo.KeyFileError) as refused:
            fugo.KeyFile.open(data, identity_file=identity)
        assert refused.value.kind == "test-key"
        assert fugo.KeyFile.load(path, identity_file=identity, test_keys=True).tag == "7c2cb2a1"
        assert fugo.KeyFile.open(data, identity_file=identity, test_keys=True).tag == "7c2cb2a1"
    with pytest.raises(fugo.KeyFileError) as refused:
        fugo.KeyFile.open(b"a letter")
    assert refused.value.kind == "not-a-key-file"


def test_a_root_key_is_saved_and_opens_again(tmp_path: Path) -> None:
    root = fugo.RootKey.random()
    file = fugo.KeyFile.of(root)
    path = tmp_path / "root.key"
    file.create(path, passphrase=bytearray(b"correct horse battery staple"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert fugo.KeyFile.load(path, passphrase="correct horse battery staple").root_key == root
    for options, kind in (
        ({"passphrase": "correct horse battery staple"}, "exists"),
        ({"passphrase": "short"}, "short-passphrase"),
        ({"recipients": []}, "no-recipient"),
        ({"recipients": ["age1x"]}, "recipient"),
        ({"plaintext": True}, "plaintext-production"),
    ):
        with pytest.raises(fugo.KeyFileError) as refused:
            file.create(path if kind == "exists" else tmp_path / "other.key", **options)
        assert refused.value.kind == kind
    with pytest.raises(ValueError, match="exactly one"):
        file.create(tmp_path / "other.key")
    assert not (tmp_path / "other.key").exists()
    scope = fugo.KeyFile.of(root.scope_key("agency/nta/1"), usage="test")
    scope.create(tmp_path / "nta.key", plaintext=True)
    assert fugo.KeyFile.load(tmp_path / "nta.key", test_keys=True).scope_key == scope.key


def test_errors_of_key_files_say_where(files: Path) -> None:
    with pytest.raises(fugo.KeyFileError) as refused:
        fugo.KeyFile.load(files / "absent", test_keys=True)
    assert (refused.value.errno, refused.value.filename) == (2, str(files / "absent"))
    assert isinstance(refused.value, FileNotFoundError) and isinstance(refused.value, fugo.KeyFileNotFoundError)
    with pytest.raises(FileNotFoundError):
        fugo.KeyFile.load(files / "passphrase.key", passphrase_file=files / "absent", test_keys=True)
    with pytest.raises(fugo.KeyFileError) as refused:
        fugo.KeyFile.load(files / "plaintext.key", identity_file=files / "README.md", test_keys=True)
    assert (refused.value.line, "AGE-SECRET" in str(refused.value)) == (1, True)
    assert refused.value.filename == str(files / "README.md")
    assert str(refused.value).startswith(refused.value.filename)
    text = (files / "plaintext.key").read_bytes()
    with pytest.raises(fugo.KeyFileError) as refused:
        fugo.KeyFile.parse_plaintext(text.replace(b"tag: 7c", b"tag: 7d"))
    assert (refused.value.kind, refused.value.line, refused.value.filename) == ("tag-mismatch", 7, None)


def test_the_plaintext_of_a_key_file_is_parsed(files: Path) -> None:
    text = (files / "plaintext.key").read_bytes()
    file = fugo.KeyFile.parse_plaintext(bytearray(text))
    assert (file.tag, file.usage) == ("7c2cb2a1", "test")
    root = b"fugo-key 1\nkind: root\nuse: production\ntag: 0e84213a\nkey: " + bytes(range(32)).hex().encode() + b"\n"
    file = fugo.KeyFile.parse_plaintext(root)
    assert file.usage == "production"
    assert file.key == fugo.RootKey(bytes(range(32)))


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_a_passphrase_file_that_others_can_read_is_refused(files: Path) -> None:
    (files / "passphrase.txt").chmod(0o644)
    with pytest.raises(fugo.KeyFileError) as refused:
        fugo.KeyFile.load(files / "passphrase.key", passphrase_file=files / "passphrase.txt", test_keys=True)
    assert refused.value.kind == "others-can-read"
