"""Numbers: strict, lenient, check digits, lineage."""

from __future__ import annotations

import pytest

import fugo
from reference import number, numbers


def test_a_number_is_taken_from_text_bytes_and_bytes_like_objects() -> None:
    text = number(1)
    digits = [fugo.MyNumber(given).expose_digits() for given in (text, text.encode(), bytearray(text.encode()))]
    assert digits == [text] * 3
    assert fugo.MyNumber(memoryview(text.encode())) == fugo.MyNumber(text)
    assert fugo.MyNumber(text) != fugo.MyNumber(number(2))
    assert fugo.MyNumber(text) != text


def test_every_check_digit_is_that_of_the_reference() -> None:
    for text in numbers(500):
        assert fugo.check_digit(text[:11]) == fugo.check_digit(text[:11].encode()) == int(text[11])
        wrong = text[:11] + str((int(text[11]) + 1) % 10)
        with pytest.raises(fugo.MyNumberError, match="check digit"):
            fugo.MyNumber(wrong)


@pytest.mark.parametrize(
    ("text", "kind", "offset", "found"),
    [
        ("12345678901x", "non-digit", 11, None),
        ("１23456789018", "non-digit", 0, None),
        ("12é456789018", "non-digit", 2, None),
        ("1\ud800", "non-digit", 1, None),
        (b"12\xff", "non-digit", 2, None),
        ("", "length", None, 0),
        ("1234567890180", "length", None, 13),
        ("123456789012", "check-digit", None, None),
        ("000000000000", "never-issued", None, None),
    ],
)
def test_what_is_no_number_is_refused_by_kind_and_place(
    text: str | bytes, kind: str, offset: int | None, found: int | None
) -> None:
    with pytest.raises(fugo.MyNumberError) as refused:
        fugo.MyNumber(text)
    error = refused.value
    assert (error.kind, error.offset, error.found, error.row, error.faults) == (kind, offset, found, None, None)


def test_bodies_are_refused_by_kind_and_place() -> None:
    with pytest.raises(fugo.MyNumberError) as refused:
        fugo.check_digit("1234567890a")
    assert (refused.value.kind, refused.value.offset) == ("non-digit", 10)
    with pytest.raises(fugo.MyNumberError) as refused:
        fugo.check_digit("123456789018")
    assert (refused.value.kind, refused.value.found) == ("length", 12)


def test_the_lenient_step_says_what_it_changed() -> None:
    normalized = fugo.normalize("\u200b 1234-5678-9018")
    assert normalized.parse() == fugo.MyNumber("123456789018")
    assert normalized.changes == ("invisibles", "trimmed", "separators")
    assert fugo.normalize("１２３４５６７８９０１８").changes == ("full-width",)
    assert fugo.normalize("123456789018").changes == ()
    assert fugo.normalize("123456789018".encode()).parse() == fugo.MyNumber("123456789018")


def test_zeros_are_restored_only_when_asked_for() -> None:
    text = next(text for text in numbers(200) if text[0] == "0" != text[1])
    with pytest.raises(fugo.NormalizeError) as refused:
        fugo.normalize(text[1:])
    assert (refused.value.kind, refused.value.found) == ("length", 11)
    restored = fugo.normalize(text[1:], restore_zeros=True)
    assert (restored.parse().expose_digits(), restored.changes) == (text, ("zeros-restored",))


@pytest.mark.parametrize(
    ("text", "kind", "offset"),
    [
        ("", "empty", None),
        ("\u3000", "empty", None),
        ("1.23457E+11", "scientific-notation", None),
        ("1234x56789018", "character", 4),
        ("\u30001234\ud800", "character", 7),
        (b"\xe3\x80\x801234\xff", "character", 7),
        ("12-3456789018", "grouping", None),
    ],
)
def test_what_cannot_be_normalised_is_refused_by_kind_and_place(
    text: str | bytes, kind: str, offset: int | None
) -> None:
    with pytest.raises(fugo.NormalizeError) as refused:
        fugo.normalize(text)
    assert (refused.value.kind, refused.value.offset) == (kind, offset)


def test_digits_that_are_no_number_pass_the_lenient_step_and_fail_the_strict_one() -> None:
    normalized = fugo.normalize("1234 5678 9012")
    with pytest.raises(fugo.MyNumberError) as refused:
        normalized.parse()
    assert refused.value.kind == "check-digit"


def test_other_types_are_type_errors() -> None:
    for wrong in (123456789018, None, 1.5, ["123456789018"]):
        with pytest.raises(TypeError):
            fugo.MyNumber(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            fugo.normalize(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            fugo.check_digit(wrong)  # type: ignore[arg-type]


def test_a_lineage_gives_the_first_number() -> None:
    first, second, third, other = numbers(4)
    lineage = fugo.Lineage([(third, second), (fugo.MyNumber(second), first.encode())])
    assert len(lineage) == 2
    assert [lineage.first(text).expose_digits() for text in (third, second, first, other)] == [first] * 3 + [other]
    assert lineage.first(fugo.MyNumber(third)) == fugo.MyNumber(first)
    assert len(fugo.Lineage(pair for pair in [(second, first)])) == 1
    assert len(fugo.Lineage([])) == 0


def test_pairs_that_are_no_lineage_are_refused_by_kind_and_pair() -> None:
    a, b, c = numbers(3)
    refusals: list[tuple[list[tuple[str, str]], str, int | None]] = [
        ([(b, a), (a, a)], "self-pair", 1),
        ([(b, a), (b, c)], "duplicate-new", 1),
        ([(b, a), (c, a)], "duplicate-previous", 1),
        ([(b, a), (a, b)], "cycle", None),
    ]
    for pairs, kind, pair in refusals:
        with pytest.raises(fugo.LineageError) as refused:
            fugo.Lineage(pairs)
        assert (refused.value.kind, refused.value.pair) == (kind, pair)
    with pytest.raises(fugo.MyNumberError, match="^pair 1: ") as number_refused:
        fugo.Lineage([(b, a), (c, "x")])
    assert (number_refused.value.kind, number_refused.value.row) == ("non-digit", 1)
    with pytest.raises(TypeError, match="pair 0"):
        fugo.Lineage([a])  # type: ignore[list-item]
