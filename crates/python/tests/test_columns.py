"""Columns: what comes in, what comes out, what is at fault."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import fugo
import reference
from reference import number, numbers

COUNT = 2500
NUMBERS: list[str | None] = [None if i % 7 == 3 else number(i) for i in range(1, COUNT + 1)]


def expected(column: list[str | None], scope: str = "agency/nta/1") -> list[bytes | None]:
    return [None if text is None else reference.symbol(scope, text) for text in column]


EXPECTED = expected(NUMBERS)


@pytest.mark.parametrize(
    "layout",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int32(), pa.string()),
        pa.dictionary(pa.int16(), pa.large_string()),
    ],
    ids=str,
)
def test_every_layout_of_text_gives_the_symbols_of_the_reference(layout: Any, key: fugo.SymbolKey) -> None:
    column = pa.array(NUMBERS, pa.string()).cast(layout)
    assert key.symbols(column).to_pylist() == EXPECTED
    for start, length in [(0, 0), (1, 1), (3, 1000), (1023, 1025), (2499, 1)]:
        assert key.symbols(column.slice(start, length)).to_pylist() == EXPECTED[start : start + length]


def test_a_different_number_in_one_row_is_seen(key: fugo.SymbolKey) -> None:
    other = NUMBERS.copy()
    other[2000] = number(COUNT + 1)
    assert key.symbols(pa.array(other)).to_pylist() != EXPECTED


def test_a_column_in_chunks_comes_out_in_one_piece(key: fugo.SymbolKey) -> None:
    cuts = [0, 0, 1, 1500, 1500, COUNT]
    chunked = pa.chunked_array([NUMBERS[a:b] for a, b in zip(cuts, cuts[1:])], pa.string())
    column = key.symbols(chunked)
    assert (len(column), column.to_pylist()) == (COUNT, EXPECTED)
    # An array that speaks capsules is one piece, as long as the whole.
    assert len(column.to_pyarrow()) == COUNT
    assert key.symbols(chunked.slice(1400, 200)).to_pylist() == EXPECTED[1400:1600]
    bad = pa.chunked_array([[number(1), "x"], [], [None, number(2), "12"]], pa.string())
    faults = key.symbols(bad, errors="null").faults
    assert [(fault.row, fault.kind) for fault in faults] == [(1, "non-digit"), (4, "length")]


def test_a_big_column_in_many_chunks(key: fugo.SymbolKey) -> None:
    texts = numbers(1000)
    chunked = pa.chunked_array([texts] * 300)
    column = key.symbols(chunked)
    symbols = [reference.symbol("agency/nta/1", text) for text in texts]
    assert column.to_numpy().tobytes() == b"".join(symbols) * 300


def test_no_rows_no_chunks_and_nothing_but_nulls(key: fugo.SymbolKey) -> None:
    empty: list[Any] = [
        pa.array([], pa.string()),
        pa.chunked_array([], pa.string()),
        [],
        (),
        np.array([], dtype="S12"),
    ]
    for column in empty:
        made = key.symbols(column)
        assert (len(made), made.to_pylist(), made.faults, made.to_numpy().shape) == (0, [], (), (0,))
        assert made.to_pyarrow().type == pa.binary(16)
    nulls = key.symbols(pa.nulls(1500, pa.string()))
    assert (nulls.to_pylist(), nulls.counts.nulls, nulls.faults) == ([None] * 1500, 1500, ())
    with pytest.raises(fugo.ColumnError):
        key.symbols(pa.chunked_array([], pa.float64()))


def test_lists_hold_text_bytes_numbers_and_none(key: fugo.SymbolKey) -> None:
    a, b, c = numbers(3)
    assert key.symbols([a, b.encode(), fugo.MyNumber(c), None]).to_pylist() == expected([a, b, c, None])
    assert key.symbols((a, b)).to_pylist() == expected([a, b])
    faults = key.symbols([a, "１２", b"\xff", "1\ud800", ""], errors="null").faults
    assert [(fault.row, fault.kind, fault.offset) for fault in faults] == [
        (1, "non-digit", 0),
        (2, "non-digit", 0),
        (3, "non-digit", 1),
        (4, "length", None),
    ]
    wrong: Any = [a, 5]
    with pytest.raises(fugo.ColumnError) as refused:
        key.symbols(wrong)
    assert (refused.value.kind, refused.value.row) == ("column-type", 1)


def test_fixed_width_bytes_of_numpy_are_read_without_their_padding(key: fugo.SymbolKey) -> None:
    texts = numbers(COUNT)
    for dtype in ("S12", "S13", "S20"):
        column = np.array(texts, dtype=dtype)
        assert key.symbols(column).to_pylist() == expected([*texts])
        assert key.symbols(column[7:1500]).to_pylist() == expected([*texts[7:1500]])
    short = key.symbols(np.array([texts[0], "123", ""], dtype="S12"), errors="null")
    assert [(fault.row, fault.kind, fault.found) for fault in short.faults] == [(1, "length", 3), (2, "length", 0)]
    lenient = np.array([f"{texts[0][:4]}-{texts[0][4:8]}-{texts[0][8:]}"], dtype="S14")
    assert key.symbols(lenient, number_format="lenient").to_pylist() == expected([texts[0]])


def test_numpy_arrays_that_are_no_column_are_refused(key: fugo.SymbolKey) -> None:
    texts = np.array(numbers(10), dtype="S12")
    refusals: list[tuple[Any, str, str]] = [
        (texts[::2], "not-contiguous", "ascontiguousarray"),
        (texts[::-1], "not-contiguous", "ascontiguousarray"),
        (texts.reshape(2, 5), "column-type", "one dimension"),
        (np.ma.masked_array(texts, mask=[True] * 10), "column-type", "mask"),
        (np.array(numbers(10), dtype="S16"), "column-type", "16"),
        (np.zeros(3), "column-type", "as text"),
        (np.zeros(3, dtype="i4"), "column-type", "int32"),
        (np.array([int(number(1))], dtype=">i8"), "column-type", "native"),
        (np.array([int(number(1))]), "lost-zeros", "zeros"),
    ]
    for column, kind, hint in refusals:
        with pytest.raises(fugo.ColumnError, match=hint) as refused:
            key.symbols(column)
        assert refused.value.kind == kind
    assert key.symbols(np.ascontiguousarray(texts[::2])).to_pylist() == expected([*numbers(10)[::2]])


def test_numpy_text_is_read_whole_and_no_advice_cuts_it(key: fugo.SymbolKey) -> None:
    # Its first twelve digits are a number: cut to S12, it would be that person.
    longer = "7000000000374"
    assert fugo.MyNumber(longer[:12])
    for column in (np.array([longer, number(1)]), np.array([longer, number(1)], dtype=object)):
        made = key.symbols(column, errors="null")
        assert made.to_pylist() == expected([None, number(1)])
        assert (made.faults[0].kind, made.faults[0].found) == ("length", 13)
    for column in (np.array([1.5]), np.array([1], "i4"), np.array([[longer]]), np.array([longer])):
        with pytest.raises(fugo.FugoError) as refused:
            key.symbols(column)
        assert "S12" not in str(refused.value) and longer not in str(refused.value)


def test_zero_bytes_are_nobodys_symbol() -> None:
    with pytest.raises(fugo.LengthError) as refused:
        fugo.Symbol("agency", bytes(16))
    assert refused.value.kind == "no-symbol"
    issuer = fugo.SymbolKey(fugo.RootKey(reference.ROOT).scope_key("eligibility/all/1"))
    insurers = fugo.SymbolKey(fugo.RootKey(reference.ROOT).scope_key("insurers/all/1"))
    real = bytes(insurers.symbol(number(1)))
    for kind in (pa.binary(16), pa.binary(), pa.large_binary()):
        column = pa.array([bytes(16), real], kind)
        made = issuer.symbols_from_insurers(
            column, insurers_tag=insurers.tag, trust_untagged=True, errors="null"
        )
        assert made[0] is None and made[1] is not None
        assert (made.faults[0].row, made.faults[0].kind) == (0, "no-symbol")


def test_a_column_is_a_sequence_and_survives_pickling(key: fugo.SymbolKey) -> None:
    import pickle

    column = [number(1), None, "123", number(2)]
    for output in ("fixed", "binary", "text"):
        made = key.symbols(column, output=output, errors="null")
        values = made.to_pylist()
        assert made[1:3] == values[1:3] and made[::-1] == values[::-1]
        assert made.index(values[3]) == 3 and made.count(None) == 2
        with pytest.raises(ValueError) as absent:
            made.index(b"no such row")
        assert "no such row" not in str(absent.value)
        again = pickle.loads(pickle.dumps(made))
        assert again.to_pylist() == values and again.metadata == made.metadata
        assert again.counts == made.counts and again.faults == made.faults
        assert pa.table(again.faults_table()) == pa.table(made.faults_table())
        assert again.to_pyarrow().type == made.to_pyarrow().type
        assert pickle.loads(pickle.dumps(made.counts)) == made.counts
        assert pickle.loads(pickle.dumps(made.faults[0])) == made.faults[0]
        assert number(1).encode() not in pickle.dumps(made)


def test_integers_are_read_only_where_zeros_are_restored(key: fugo.SymbolKey) -> None:
    texts = [text for text in numbers(3000) if int(text) >= 100_000_000][:100]
    integers = [int(text) for text in texts]
    columns: list[Any] = [pa.array(integers), pa.array(integers, pa.uint64())]
    columns += [np.array(integers), np.array(integers, "u8")]
    restored = sum(text[0] == "0" for text in texts)
    assert restored > 0
    for column in columns:
        with pytest.raises(fugo.ColumnError) as refused:
            key.symbols(column)
        assert refused.value.kind == "lost-zeros"
        for number_format in ("strict", "lenient"):
            made = key.symbols(column, number_format=number_format, restore_zeros=True)
            assert made.to_pylist() == expected([*texts])
            assert (made.counts.zeros_restored, made.counts.normalized) == (restored, restored)
    with pytest.raises(fugo.MyNumberError) as negative:
        key.symbols(pa.array([-5]), restore_zeros=True)
    assert (negative.value.kind, negative.value.row) == ("negative", 0)
    with pytest.raises(fugo.ColumnError):
        key.symbols(pa.array([5], pa.int32()), restore_zeros=True)
    with pytest.raises(ValueError, match="lenient"):
        key.symbols([texts[0]], restore_zeros=True)


def test_every_integer_of_the_vectors_reads_alike_in_each_kind_of_column(key: fugo.SymbolKey) -> None:
    cases = json.loads((Path(__file__).parents[3] / "vectors" / "integers.json").read_text("ascii"))["cases"]
    assert {case["expect"] for case in cases} == {"ok", "negative", "length", "check-digit"}
    for case in cases:
        value = int(case["integer"])
        kinds = [kind for kind in ("int64", "uint64") if np.iinfo(kind).min <= value <= np.iinfo(kind).max]
        assert kinds
        for kind in kinds:
            for column in (np.array([value], kind), pa.array([value], kind)):
                made = key.symbols(column, restore_zeros=True, errors="null")
                if case["expect"] == "ok":
                    assert made.to_pylist() == expected([case["digits"]])
                    assert made.counts.zeros_restored == len(case["changes"])
                else:
                    fault = made.faults[0]
                    assert (fault.kind, fault.found) == (case["expect"], case.get("found"))


def test_row_numbers_are_nobody(key: fugo.SymbolKey) -> None:
    for column in (np.arange(1, 100_001), pa.array(range(1, 100_001))):
        assert key.symbols(column, restore_zeros=True, errors="null").counts.symbols == 0


def test_lenient_columns_count_what_they_changed(key: fugo.SymbolKey) -> None:
    text = number(5)
    column = [text, f" {text}", f"{text[:4]}-{text[4:8]}-{text[8:]}", "1.2E+11"]
    made = key.symbols(column, number_format="lenient", errors="null")
    assert made.to_pylist() == expected([text, text, text, None])
    assert (made.counts.normalized, made.counts.zeros_restored, made.counts.faults) == (2, 0, 1)
    with pytest.raises(fugo.NormalizeError) as refused:
        key.symbols(column, number_format="lenient")
    assert (refused.value.kind, refused.value.row, refused.value.faults) == ("scientific-notation", 3, 1)


def test_a_lineage_gives_the_symbol_of_the_first_number(key: fugo.SymbolKey) -> None:
    first, second, other = numbers(3)
    made = key.symbols([second, first, other], lineage=fugo.Lineage([(second, first)]))
    assert (made.to_pylist(), made.counts.reissued) == (expected([first, first, other]), 1)


def test_the_first_row_at_fault_raises_and_says_how_many_there_are(key: fugo.SymbolKey) -> None:
    column = pa.array([number(1), None, "12345678901x", "123"])
    with pytest.raises(fugo.MyNumberError, match="^row 2: the byte at offset 11 ") as refused:
        key.symbols(column)
    error = refused.value
    assert (error.kind, error.row, error.offset, error.found, error.faults) == ("non-digit", 2, 11, None, 2)


def test_rows_at_fault_are_null_and_listed_where_asked_for(key: fugo.SymbolKey) -> None:
    column = pa.array([number(1), None, "12345678901x", "123", "123456789012", "0" * 12])
    made = key.symbols(column, errors="null")
    assert made.to_pylist() == expected([number(1), *[None] * 5])
    faults = [(fault.row, fault.kind, fault.offset, fault.found) for fault in made.faults]
    assert faults == [
        (2, "non-digit", 11, None),
        (3, "length", None, 3),
        (4, "check-digit", None, None),
        (5, "never-issued", None, None),
    ]
    assert made.faults is made.faults
    table = pa.table(made.faults_table())
    assert table.column_names == ["row", "kind", "offset", "found", "message"]
    rows = [(row["row"], row["kind"], row["offset"], row["found"]) for row in table.to_pylist()]
    assert rows == faults
    assert table["message"].to_pylist() == [fault.message for fault in made.faults]
    assert "the length is 3" in made.faults[1].message
    batch = pa.record_batch(made.faults_table())
    assert batch.num_rows == len(made.faults_table()) == 4
    counts = made.counts
    assert (counts.rows, counts.symbols, counts.nulls, counts.faults) == (6, 1, 1, 4)
    assert pa.table(key.symbols([]).faults_table()).num_rows == 0


def test_several_keys_in_one_pass_give_what_each_gives_alone(
    root: fugo.RootKey, key: fugo.SymbolKey, eligibility: fugo.SymbolKey
) -> None:
    column = pa.chunked_array([NUMBERS, ["x"], [number(9)]], pa.string())
    keys = [key, eligibility, fugo.SymbolKey(root.scope_key("agency/mof/1"))]
    together = fugo.symbols_for_keys(keys, column, errors="null", output="text")
    for one, made in zip(keys, together, strict=True):
        alone = one.symbols(column, errors="null", output="text")
        assert made.to_pylist() == alone.to_pylist()
        assert (made.faults, made.counts, made.metadata) == (alone.faults, alone.counts, alone.metadata)
    assert together[1].metadata["fugo.purpose"] == "eligibility"
    assert fugo.symbols_for_keys([], column, errors="null") == []
    with pytest.raises(fugo.MyNumberError) as refused:
        fugo.symbols_for_keys(keys, column)
    assert refused.value.row == COUNT


def test_eligibility_from_numbers_is_that_of_the_reference(eligibility: fugo.SymbolKey) -> None:
    assert eligibility.symbols(NUMBERS).to_pylist() == expected(NUMBERS, "eligibility/all/1")


def test_outputs_are_fixed_binary_or_text(key: fugo.SymbolKey) -> None:
    fixed, binary, text = (key.symbols(NUMBERS, output=output) for output in ("fixed", "binary", "text"))
    assert fixed.to_pyarrow().type == pa.binary(16)
    assert binary.to_pyarrow().type == pa.binary()
    assert text.to_pyarrow().type == pa.string()
    assert fixed.to_pylist() == binary.to_pylist() == EXPECTED
    assert fixed.to_pyarrow().to_pylist() == binary.to_pyarrow().to_pylist() == EXPECTED
    parsed = [None if line is None else bytes(key.parse_text(line)) for line in text.to_pylist()]
    assert parsed == EXPECTED
    assert text.to_pyarrow().to_pylist() == text.to_pylist()


def test_the_field_names_the_key(key: fugo.SymbolKey) -> None:
    metadata = {"fugo.purpose": "agency", "fugo.scope": "nta", "fugo.epoch": "1", "fugo.tag": key.tag}
    for output in ("fixed", "binary", "text"):
        made = key.symbols([number(1)], output=output)
        assert made.metadata == metadata
        field = pa.field(made)
        assert field.metadata == {name.encode(): value.encode() for name, value in metadata.items()}
        assert field.type == made.to_pyarrow().type
        table = pa.table([made.to_pyarrow()], schema=pa.schema([pa.field("nta", field.type, metadata=made.metadata)]))
        assert table.schema.field("nta").metadata == field.metadata


def test_the_field_says_that_a_key_is_from_a_test_key_file() -> None:
    from_file = fugo.KeyFile.parse_plaintext((Path(__file__).parent / "keys" / "plaintext.key").read_bytes()).scope_key
    root = fugo.KeyFile.of(fugo.RootKey(bytes(range(32))), usage="test").root_key
    marked = [fugo.SymbolKey(from_file), fugo.SymbolKey(root.scope_key("agency/nta/1"))]
    bare = fugo.RootKey(bytes(range(32)))
    production = fugo.KeyFile.of(fugo.RootKey.random(), usage="production").root_key
    others = [bare, production]
    insurers, eligibility = (bare.scope_key(scope) for scope in ("insurers/all/1", "eligibility/all/1"))
    marked.append(fugo.SymbolKey(eligibility, insurers_key=root.scope_key("insurers/all/1")))
    unmarked = [fugo.SymbolKey(other.scope_key("agency/nta/1")) for other in others]
    unmarked.append(fugo.SymbolKey(eligibility, insurers_key=insurers))
    for is_test, keys in ((True, marked), (False, unmarked)):
        for output in ("fixed", "binary", "text"):
            alone = [key.symbols([number(1)], output=output) for key in keys]
            for made in alone + fugo.symbols_for_keys(keys, [number(1)], output=output):
                assert made.metadata.get("fugo.use") == ("test" if is_test else None)
    # What is read back, and translated.
    [of_nta] = fugo.symbols_for_keys([marked[0]], [number(1)])
    to = fugo.SymbolKey(root.scope_key("agency/mof/1"))
    translation = fugo.Translation(marked[0], to, of_nta)
    translation.add([number(1)])
    assert translation.symbols().metadata["fugo.use"] == "test"
    issuer = fugo.SymbolKey(root.scope_key("eligibility/all/1"))
    of_insurers = fugo.SymbolKey(root.scope_key("insurers/all/1")).symbols([number(1)])
    tag = of_insurers.metadata["fugo.tag"]
    assert issuer.symbols_from_insurers(of_insurers, insurers_tag=tag).metadata["fugo.use"] == "test"


def test_numpy_keeps_trailing_zero_bytes(key: fugo.SymbolKey) -> None:
    texts = numbers(3000)
    symbols = key.symbols(texts).to_numpy()
    assert (symbols.dtype, symbols.flags.writeable) == (np.dtype("V16"), False)
    assert [bytes(symbol) for symbol in symbols] == expected([*texts])
    # One symbol in 256 ends in a zero byte: S16 would have dropped it.
    assert any(bytes(symbol).endswith(b"\0") for symbol in symbols)
    assert key.symbols(texts, output="binary").to_numpy().tobytes() == symbols.tobytes()
    text = key.symbols(texts, output="text")
    assert [line.decode() for line in text.to_numpy()] == text.to_pylist()


def test_numpy_has_no_nulls_unless_zeros_will_do(key: fugo.SymbolKey) -> None:
    for output, zero in (("fixed", bytes(16)), ("binary", bytes(16)), ("text", b"")):
        made = key.symbols([number(1), None], output=output)  # type: ignore[arg-type]
        with pytest.raises(fugo.ColumnError) as refused:
            made.to_numpy()
        assert (refused.value.kind, refused.value.found) == ("nulls", 1)
        rows = [bytes(row) for row in made.to_numpy(nulls="zeros")]
        assert rows[1] == zero and rows[0].rstrip(b"\0") != b""
    with pytest.raises(ValueError, match="raise"):
        key.symbols([]).to_numpy(nulls="skip")  # type: ignore[arg-type]


def test_insurers_symbols_lead_to_eligibility_symbols_from_every_type(
    issuer: fugo.SymbolKey, insurers: fugo.SymbolKey
) -> None:
    expected_symbols = expected(NUMBERS, "eligibility/all/1")
    text = insurers.symbols(NUMBERS, output="text").to_pyarrow()
    fixed = insurers.symbols(NUMBERS).to_pyarrow()
    binary = fixed.cast(pa.binary())
    columns: list[Any] = [text, text.cast(pa.string_view()), text.dictionary_encode(), text.to_pylist(), fixed, binary]
    columns += [binary.cast(pa.large_binary()), binary.cast(pa.binary_view()), pa.chunked_array([fixed[:9], fixed[9:]])]
    columns += [insurers.symbols(NUMBERS), insurers.symbols(NUMBERS, output="binary")]
    for column in columns:
        made = issuer.symbols_from_insurers(column, insurers_tag=insurers.tag, trust_untagged=True)
        assert made.to_pylist() == expected_symbols
        assert made.metadata["fugo.purpose"] == "eligibility"


def test_what_is_no_insurers_symbol_of_the_key_is_refused(
    root: fugo.RootKey, issuer: fugo.SymbolKey, insurers: fugo.SymbolKey, key: fugo.SymbolKey
) -> None:
    later = fugo.SymbolKey(root.scope_key("insurers/all/2"))
    tag = insurers.tag
    good, other = (one.symbols([number(1)], output="text").to_pylist()[0] for one in (insurers, later))
    made = issuer.symbols_from_insurers([good, other, "x", number(1)], insurers_tag=tag, errors="null")
    assert [(fault.row, fault.kind) for fault in made.faults] == [(1, "wrong-key"), (2, "corrupted"), (3, "corrupted")]
    with pytest.raises(fugo.TextError, match="^row 1: ") as text_refused:
        issuer.symbols_from_insurers([good, other], insurers_tag=tag)
    error = text_refused.value
    assert (error.kind, error.row, error.expected, error.found) == ("wrong-key", 1, tag, later.tag)
    short = pa.array([b"\1" * 16, bytes(15)], pa.binary())
    with pytest.raises(fugo.TextError) as short_refused:
        issuer.symbols_from_insurers(short, insurers_tag=tag, trust_untagged=True)
    assert (short_refused.value.kind, short_refused.value.row, short_refused.value.found) == ("symbol-length", 1, 15)
    # Bytes alone do not say whose symbols they are.
    with pytest.raises(fugo.ColumnError) as untagged:
        issuer.symbols_from_insurers(key.symbols([number(1)]).to_pyarrow(), insurers_tag=tag)
    assert untagged.value.kind == "untagged"
    # A binary column that says whose symbols it holds is held to it.
    with pytest.raises(fugo.PurposeError) as purpose_refused:
        issuer.symbols_from_insurers(key.symbols([number(1)]), insurers_tag=tag)
    assert purpose_refused.value.kind == "wrong-purpose"
    with pytest.raises(fugo.PurposeError) as epoch_refused:
        issuer.symbols_from_insurers(later.symbols([number(1)]), insurers_tag=later.tag)
    assert (epoch_refused.value.kind, epoch_refused.value.found) == ("insurers-epoch", 2)
    with pytest.raises(fugo.TextError) as key_refused:
        issuer.symbols_from_insurers(insurers.symbols([number(1)]), insurers_tag="00000000")
    assert key_refused.value.kind == "wrong-key"
    with pytest.raises(fugo.TextError) as tag_refused:
        issuer.symbols_from_insurers([good], insurers_tag="7C2CB2A1")
    assert tag_refused.value.kind == "key-tag"
    with pytest.raises(fugo.ColumnError) as type_refused:
        issuer.symbols_from_insurers(pa.array([1]), insurers_tag=tag)
    assert type_refused.value.kind == "column-type"


@pytest.mark.parametrize(
    "column",
    [pa.array([1.5]), pa.array([b"123456789018"]), pa.array([True])],
    ids=lambda column: str(column.type),
)
def test_other_types_of_columns_are_refused_by_their_name(column: Any, key: fugo.SymbolKey) -> None:
    with pytest.raises(fugo.ColumnError) as refused:
        key.symbols(column, number_format="lenient", restore_zeros=True)
    assert refused.value.kind == "column-type"


def test_what_is_no_column_is_refused(key: fugo.SymbolKey) -> None:
    wrong: list[Any] = [number(1), 5, None, object(), {number(1)}, pa.table({"my": [number(1)]})]
    for column in wrong:
        with pytest.raises(fugo.ColumnError) as refused:
            key.symbols(column)
        assert refused.value.kind == "column-type"
        assert isinstance(refused.value, TypeError)


def test_options_that_are_none_are_refused(key: fugo.SymbolKey) -> None:
    options = [("output", "hex"), ("errors", "ignore"), ("number_format", "loose")]
    for name, value in options:
        with pytest.raises(ValueError, match=name):
            key.symbols([number(1)], **{name: value})  # type: ignore[arg-type]


def test_no_buffer_is_copied_on_the_way_out(key: fugo.SymbolKey) -> None:
    made = key.symbols(numbers(100))
    first, second = made.to_pyarrow(), made.to_pyarrow()
    address = first.buffers()[1].address
    assert second.buffers()[1].address == address
    assert pa.chunked_array(made).chunk(0).buffers()[1].address == address
    assert made.to_numpy().__array_interface__["data"][0] == address
    # The buffer outlives the column.
    del made
    gc.collect()
    assert first.to_pylist() == expected([*numbers(100)])
