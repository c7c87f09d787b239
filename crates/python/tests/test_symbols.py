"""One symbol at a time, and its text."""

from __future__ import annotations

import pickle

import pytest

import fugo
import reference
from reference import number, numbers

SCOPES = ["agency/nta/1", "insurers/all/1", "network/n/2", "research/r-1/1", "registry/cancer/3", "portal/p/1"]


@pytest.mark.parametrize("scope", SCOPES)
def test_symbols_are_those_of_the_reference(scope: str, root: fugo.RootKey) -> None:
    key = fugo.SymbolKey(root.scope_key(scope))
    assert (str(key.scope), key.tag) == (scope, reference.tag(scope))
    for digits in numbers(50):
        for given in (digits, digits.encode(), fugo.MyNumber(digits)):
            symbol = key.symbol(given)
            assert (bytes(symbol), symbol.purpose) == (reference.symbol(scope, digits), scope.split("/")[0])


def test_the_known_answers_of_the_specification(key: fugo.SymbolKey, eligibility: fugo.SymbolKey) -> None:
    digits = "123456789018"
    assert bytes(key.symbol(digits)).hex() == "aca8b7a2ad979b290c590b2464183640"
    assert key.text(key.symbol(digits)) == "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v"
    assert bytes(eligibility.symbol(digits)).hex() == "a2a10d1bae57c12b9a3cb92ecf0a2417"
    assert eligibility.text(eligibility.symbol(digits)) == "shikaku1jargkyaz5yx3htjhcy4e509e9m8s5fqhm85jd5"


def test_the_issuer_needs_no_number(
    eligibility: fugo.SymbolKey, issuer: fugo.SymbolKey, insurers: fugo.SymbolKey
) -> None:
    for digits in numbers(20):
        expected = reference.symbol("eligibility/all/1", digits)
        assert bytes(eligibility.symbol(digits)) == expected
        assert bytes(issuer.symbol_from_insurers(insurers.symbol(digits))) == expected
        assert bytes(eligibility.symbol_from_insurers(insurers.symbol(digits))) == expected


def test_text_comes_back_to_its_symbol_and_says_its_key(key: fugo.SymbolKey) -> None:
    symbol = key.symbol(number(7))
    text = key.text(symbol)
    assert key.parse_text(text) == key.parse_text(text.encode()) == symbol
    assert symbol.text(key.tag) == text
    assert fugo.decode_text(text) == ("agency", key.tag, symbol)
    assert fugo.decode_text(text, purpose="agency", tag=key.tag) == ("agency", key.tag, symbol)


def test_text_that_is_not_of_the_key_is_refused_by_kind(
    root: fugo.RootKey, key: fugo.SymbolKey, insurers: fugo.SymbolKey
) -> None:
    later = fugo.SymbolKey(root.scope_key("agency/nta/2"))
    text = key.text(key.symbol(number(1)))
    refusals = [
        (text.replace(text[-1], "q" if text[-1] != "q" else "p"), "corrupted", None, None),
        (text.upper(), "corrupted", None, None),
        ("", "corrupted", None, None),
        ("\ud800", "corrupted", None, None),
        (insurers.text(insurers.symbol(number(1))), "wrong-purpose", "agency", "insurers"),
        (later.text(later.symbol(number(1))), "wrong-key", key.tag, later.tag),
    ]
    for other, kind, expected, found in refusals:
        with pytest.raises(fugo.TextError) as refused:
            key.parse_text(other)
        assert (refused.value.kind, refused.value.expected, refused.value.found) == (kind, expected, found)
    with pytest.raises(fugo.TextError) as refused:
        fugo.decode_text(text[:-1])
    assert refused.value.kind == "corrupted"
    with pytest.raises(TypeError):
        key.parse_text(1)  # type: ignore[arg-type]
    held = [("portal", None, "wrong-purpose"), (None, later.tag, "wrong-key"), (None, "7C", "key-tag")]
    for purpose, tag, kind in held:
        with pytest.raises(fugo.TextError) as refused:
            fugo.decode_text(text, purpose=purpose, tag=tag)
        assert refused.value.kind == kind
    with pytest.raises(fugo.TextError):
        key.symbol(number(1)).text("7c2cb2a")
    with pytest.raises(fugo.ScopeError):
        fugo.decode_text(text, purpose="ministry")


def test_keys_of_the_wrong_purpose_or_epoch_are_refused(
    root: fugo.RootKey, key: fugo.SymbolKey, issuer: fugo.SymbolKey, insurers: fugo.SymbolKey
) -> None:
    eligibility_key, insurers_key = root.scope_key("eligibility/all/1"), root.scope_key("insurers/all/1")

    def refused(call: object, *arguments: object, **options: object) -> tuple[str, object, object]:
        assert callable(call)
        with pytest.raises(fugo.PurposeError) as error:
            call(*arguments, **options)
        return error.value.kind, error.value.expected, error.value.found

    assert refused(issuer.symbol, number(1)) == ("insurers-missing", None, None)
    assert refused(issuer.symbols, [number(1)]) == ("insurers-missing", None, None)
    assert refused(fugo.symbols_for_keys, [key, issuer], []) == ("insurers-missing", None, None)
    later = root.scope_key("insurers/all/2")
    assert refused(fugo.SymbolKey, eligibility_key, insurers_key=later) == ("insurers-epoch", None, 2)
    assert refused(fugo.SymbolKey, eligibility_key, insurers_key=eligibility_key)[0] == "wrong-purpose"
    assert refused(fugo.SymbolKey, root.scope_key("agency/nta/1"), insurers_key=insurers_key)[0] == "wrong-purpose"
    wrong = ("wrong-purpose", "eligibility", "agency")
    assert refused(key.symbol_from_insurers, insurers.symbol(number(1))) == wrong
    assert refused(key.symbols_from_insurers, [], insurers_tag=insurers.tag) == wrong
    assert refused(issuer.symbol_from_insurers, key.symbol(number(1))) == ("wrong-purpose", "insurers", "agency")
    assert refused(key.text, insurers.symbol(number(1))) == ("wrong-purpose", "agency", "insurers")


def test_symbols_compare_sort_and_hash_within_a_purpose() -> None:
    low, high = fugo.Symbol("agency", bytes(15) + b"\1"), fugo.Symbol("agency", b"\xff" * 16)
    assert low < high and low <= low and high > low and high >= high and low != high
    assert sorted([high, low]) == [low, high]
    assert {low, fugo.Symbol("agency", bytearray(bytes(low)))} == {low}
    other = fugo.Symbol("insurers", bytes(15) + b"\1")
    assert other != low and len({other, low}) == 2
    with pytest.raises(TypeError):
        assert other < low
    assert pickle.loads(pickle.dumps(high)) == high


def test_symbols_of_other_lengths_and_purposes_are_refused() -> None:
    for length in (0, 15, 17):
        with pytest.raises(fugo.LengthError) as refused:
            fugo.Symbol("agency", bytes(length))
        assert (refused.value.kind, refused.value.found) == ("symbol-length", length)
    with pytest.raises(fugo.ScopeError) as unknown:
        fugo.Symbol("ministry", bytes(16))
    assert unknown.value.kind == "unknown-purpose"
    with pytest.raises(TypeError):
        fugo.Symbol("agency", 16)  # type: ignore[arg-type]
