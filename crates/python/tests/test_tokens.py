"""Keys that a token keeps: $FUGO_TOKEN is a folder that crates/keystore/tokens/for_bindings made."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import fugo
from reference import number, numbers, symbol

FOLDER = Path(os.environ.get("FUGO_TOKEN", "/nowhere"))
SCOPE = "agency/nta/1"
pytestmark = pytest.mark.skipif(not (FOLDER / "nta").exists(), reason="crates/python/check makes the token")


def at(name: str) -> fugo.KeyFile:
    return fugo.KeyFile.at((FOLDER / name).read_text(), test_keys=True)


@pytest.fixture
def kept() -> fugo.SymbolKey:
    return fugo.SymbolKey(at("nta").scope_key)


def test_each_failure_has_its_own_kind() -> None:
    # First: a wrong PIN is not noticed in a process that is logged in.
    lines = (FOLDER / "refused").read_text().splitlines()
    assert len(lines) == 12
    for line in lines:
        kind, address = line.split(" ", 1)
        with pytest.raises(fugo.KeyFileError) as refused:
            fugo.KeyFile.at(address, test_keys=True)
        assert refused.value.kind == kind, line
        assert "87654321" not in str(refused.value)
    with pytest.raises(fugo.KeyFileError) as test_key:
        fugo.KeyFile.at((FOLDER / "nta").read_text())
    assert test_key.value.kind == "test-key"


def test_a_key_that_a_token_keeps_gives_the_symbols_of_the_reference(kept: fugo.SymbolKey) -> None:
    file = at("nta")
    assert (file.tag, str(file.scope), file.usage) == ("7c2cb2a1", SCOPE, "test")
    assert isinstance(file.key, fugo.ScopeKey)
    assert (file.scope_key.tag, str(file.scope_key.scope)) == ("7c2cb2a1", SCOPE)
    assert (kept.tag, str(kept.scope)) == ("7c2cb2a1", SCOPE)
    roster: list[str | None] = [*numbers(1500), None, "12345"]
    expected = [symbol(SCOPE, digits) for digits in numbers(1500)]
    made = kept.symbols(roster, errors="null")
    assert made.to_pylist() == [*expected, None, None]
    assert [(fault.row, fault.kind) for fault in made.faults] == [(1501, "length")]
    with pytest.raises(fugo.MyNumberError, match="^row 1501: "):
        kept.symbols(roster)
    one = kept.symbol(number(1))
    assert bytes(one) == expected[0]
    assert kept.parse_text(kept.text(one)) == one
    lineage = fugo.Lineage([(number(9), number(3))])
    assert kept.symbols([f" {number(9)}"], number_format="lenient", lineage=lineage).to_pylist() == [expected[2]]


def test_several_keys_in_one_pass_may_be_here_and_in_the_token(kept: fugo.SymbolKey, root: fugo.RootKey) -> None:
    mof = fugo.SymbolKey(root.scope_key("agency/mof/1"))
    for keys in ([kept, mof], [mof, kept, mof], [kept, kept]):
        together = fugo.symbols_for_keys(keys, numbers(1100))
        expected = [[symbol(str(key.scope), digits) for digits in numbers(1100)] for key in keys]
        assert [column.to_pylist() for column in together] == expected


def test_eligibility_comes_from_two_keys_in_a_token_or_one(root: fugo.RootKey) -> None:
    insurers, eligibility = at("insurers").scope_key, at("eligibility").scope_key
    here = (root.scope_key("insurers/all/1"), root.scope_key("eligibility/all/1"))
    expected = [symbol("eligibility/all/1", digits) for digits in numbers(30)]
    for first, second in ((insurers, eligibility), (here[0], eligibility), (insurers, here[1])):
        key = fugo.SymbolKey(second, insurers_key=first)
        assert key.symbols(numbers(30)).to_pylist() == expected
    text = fugo.SymbolKey(insurers).symbols(numbers(30), output="text")
    issuer = fugo.SymbolKey(eligibility)
    assert issuer.symbols_from_insurers(text, insurers_tag=insurers.tag).to_pylist() == expected
    one = issuer.symbol_from_insurers(fugo.SymbolKey(here[0]).symbol(number(1)))
    assert bytes(one) == expected[0]
    with pytest.raises(fugo.PurposeError) as missing:
        issuer.symbol(number(1))
    assert missing.value.kind == "insurers-missing"
    with pytest.raises(fugo.PurposeError) as wrong:
        fugo.SymbolKey(insurers).symbols_from_insurers(text, insurers_tag=insurers.tag)
    assert wrong.value.kind == "wrong-purpose"


def test_what_needs_bytes_says_so(kept: fugo.SymbolKey, root: fugo.RootKey, tmp_path: Path) -> None:
    file, scope_key = at("nta"), at("nta").scope_key
    other = fugo.SymbolKey(root.scope_key("agency/mof/1"))
    calls: list[Callable[[], object]] = [
        lambda: file.create(tmp_path / "a.key", plaintext=True),
        lambda: fugo.KeyFile.of(scope_key),
        lambda: scope_key == root.scope_key(SCOPE),
        lambda: root.scope_key(SCOPE) == scope_key,
        lambda: fugo.Translation(kept, other, []),
        lambda: fugo.Translation(other, kept, []),
    ]
    for call in calls:
        with pytest.raises(fugo.KeyFileError, match="does not give the bytes") as refused:
            call()
        assert refused.value.kind == "no-bytes"
    with pytest.raises(fugo.KeyFileError) as root_key:
        _ = file.root_key
    assert root_key.value.kind == "wrong-kind"
    for secret in (file, scope_key, kept):
        assert repr(secret).endswith("(..)")
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(secret)
    # A root key that signs gives the bytes of a scope's key.
    assert at("signed-out").scope_key == root.scope_key(SCOPE)


def test_threads_share_a_key_that_a_token_keeps(kept: fugo.SymbolKey) -> None:
    expected = [symbol(SCOPE, digits) for digits in numbers(1000)]
    right: list[bool] = []
    work = lambda: right.append(kept.symbols(numbers(1000)).to_pylist() == expected)  # noqa: E731
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 4


def test_a_token_that_goes_in_the_middle_of_a_column_says_so(kept: fugo.SymbolKey) -> None:
    lost = fugo.SymbolKey(at("lost").scope_key)
    calls: list[Callable[[], object]] = [
        lambda: lost.symbols(numbers(1500), errors="null"),
        lambda: lost.symbol(number(1)),
    ]
    for call in calls:
        with pytest.raises(fugo.KeyFileError) as refused:
            call()
        assert refused.value.kind == "session-lost"
    assert bytes(kept.symbol(number(1))) == symbol(SCOPE, number(1))
