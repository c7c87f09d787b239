"""A translated column has, row for row, the symbol of the person, or a reason."""

from __future__ import annotations

import threading
from typing import Any

import pyarrow as pa
import pytest

import fugo
from reference import number, numbers, symbol

FROM, TO = "agency/nta/1", "agency/mof/1"


@pytest.fixture
def to(root: fugo.RootKey) -> fugo.SymbolKey:
    return fugo.SymbolKey(root.scope_key(TO))


class OfEpochTwo:
    """A column whose metadata name another epoch than its tag."""

    def __init__(self, column: fugo.SymbolColumn) -> None:
        self.array = column.to_pyarrow()
        self.field = pa.field("a", pa.binary(16), metadata=column.metadata | {"fugo.epoch": "2"})

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        return self.field.__arrow_c_schema__(), self.array.__arrow_c_array__()[1]


def kinds(column: fugo.SymbolColumn) -> list[tuple[int, str]]:
    return [(fault.row, fault.kind) for fault in column.faults]


def test_each_asked_row_has_the_symbol_of_the_reference(key: fugo.SymbolKey, to: fugo.SymbolKey) -> None:
    for count in (0, 1, 1024, 2500):
        roster = numbers(count)
        symbols = key.symbols(roster)
        text = key.symbols(roster, output="text")
        asked: list[Any] = [symbols, text, text.to_pylist(), key.symbols(roster, output="binary"), pa.table({"a": symbols})["a"]]
        for column in asked:
            translation = fugo.Translation(key, to, column, trust_untagged=True)
            counts, faults = translation.add(roster)
            assert (counts.rows, counts.symbols, faults) == (count, count, ())
            made = translation.symbols()
            assert made.to_pylist() == [symbol(TO, digits) for digits in roster]
            assert (made.metadata["fugo.scope"], made.faults) == ("mof", ())
            assert translation.symbols(output="text").to_pylist() == to.symbols(roster, output="text").to_pylist()


def test_rows_without_a_person_are_null_and_listed(key: fugo.SymbolKey, to: fugo.SymbolKey) -> None:
    text = [key.text(key.symbol(number(i))) for i in (700, 5000, 1, 9)]
    asked = [text[0], None, text[1], "kikan1", text[2], text[0], text[3]]
    with pytest.raises(fugo.TextError, match="^row 3: ") as refused:
        fugo.Translation(key, to, asked)
    assert (refused.value.kind, refused.value.faults) == ("corrupted", 1)
    translation = fugo.Translation(key, to, asked, errors="null")
    unknown = translation.symbols()
    assert (unknown.counts.faults, unknown.counts.nulls, unknown.counts.symbols) == (6, 1, 0)

    roster: list[str | None] = [*numbers(1000), None]
    roster[8] = "12345678901x"
    with pytest.raises(fugo.MyNumberError, match="^row 8: ") as bad:
        translation.add(roster)
    assert (bad.value.kind, bad.value.faults) == ("non-digit", 1)
    counts, faults = translation.add(roster, errors="null")
    assert (counts.rows, counts.nulls, counts.faults, faults[0].row) == (1001, 1, 1, 8)
    made = translation.symbols()
    expected = [symbol(TO, number(700)), None, None, None, symbol(TO, number(1)), symbol(TO, number(700)), None]
    assert made.to_pylist() == expected
    assert kinds(made) == [(2, "unknown-symbol"), (3, "corrupted"), (6, "unknown-symbol")]
    assert made.faults[0].message == "nobody in the roster has this symbol"
    translation.add([number(9)])
    assert kinds(translation.symbols()) == [(2, "unknown-symbol"), (3, "corrupted")]


def test_a_lineage_and_lenient_numbers(key: fugo.SymbolKey, to: fugo.SymbolKey) -> None:
    asked = key.symbols([number(1), number(2)])
    translation = fugo.Translation(key, to, asked)
    counts, _ = translation.add(
        [f" {number(9)} "], number_format="lenient", lineage=fugo.Lineage([(number(9), number(1))])
    )
    assert (counts.normalized, counts.reissued) == (1, 1)
    assert translation.symbols().to_pylist() == [symbol(TO, number(1)), None]
    with pytest.raises(fugo.ColumnError):
        translation.add([1.5])  # type: ignore[list-item]


def test_eligibility_is_translated_in_both_directions(key: fugo.SymbolKey, eligibility: fugo.SymbolKey) -> None:
    for first, second, scope in ((key, eligibility, "eligibility/all/1"), (eligibility, key, FROM)):
        translation = fugo.Translation(first, second, first.symbols(numbers(9)))
        translation.add(numbers(20))
        assert translation.symbols().to_pylist() == [symbol(scope, digits) for digits in numbers(9)]


def test_keys_and_columns_that_cannot_be_translated_are_refused(
    root: fugo.RootKey, key: fugo.SymbolKey, to: fugo.SymbolKey, issuer: fugo.SymbolKey, insurers: fugo.SymbolKey
) -> None:
    same = fugo.SymbolKey(root.scope_key(FROM))
    for pair, kind in (((key, key), "same-key"), ((key, same), "same-key"), ((issuer, key), "insurers-missing")):
        with pytest.raises(fugo.PurposeError) as refused:
            fugo.Translation(*pair, [])
        assert refused.value.kind == kind
    asked = key.symbols(numbers(3))
    with pytest.raises(fugo.ColumnError) as untagged:
        fugo.Translation(key, to, asked.to_pyarrow())
    assert untagged.value.kind == "untagged"
    assert "of the key from_key" in str(untagged.value)
    with pytest.raises(fugo.TextError) as other:
        fugo.Translation(to, key, asked)
    assert (other.value.kind, other.value.expected, other.value.found) == ("wrong-key", to.tag, key.tag)
    with pytest.raises(fugo.TextError, match="^row 0: ") as text:
        fugo.Translation(to, key, key.symbols(numbers(3), output="text").to_pylist())
    assert text.value.kind == "wrong-key"
    with pytest.raises(fugo.PurposeError) as purpose:
        fugo.Translation(key, to, insurers.symbols(numbers(3)))
    assert purpose.value.kind == "wrong-purpose"
    with pytest.raises(fugo.ColumnError) as metadata:
        fugo.Translation(key, to, OfEpochTwo(asked))
    assert metadata.value.kind == "metadata"
    with pytest.raises(ValueError, match="errors"):
        fugo.Translation(key, to, asked, errors="skip")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="output"):
        fugo.Translation(key, to, asked).symbols(output="hex")  # type: ignore[arg-type]


def test_threads_add_to_one_translation(key: fugo.SymbolKey, to: fugo.SymbolKey) -> None:
    roster = numbers(4000)
    translation = fugo.Translation(key, to, key.symbols(roster))
    wrong: list[int] = []

    def add(first: int) -> None:
        part = slice(first, first + 1000)
        translation.add(roster[part])
        if translation.symbols().to_pylist()[part] != [symbol(TO, digits) for digits in roster[part]]:
            wrong.append(first)

    threads = [threading.Thread(target=add, args=(first,)) for first in range(0, 4000, 1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert translation.symbols().counts.symbols == 4000
