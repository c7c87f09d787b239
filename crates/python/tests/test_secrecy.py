"""What is printed, pickled, hashed and raised holds no secret."""

from __future__ import annotations

import copy
import csv
import io
import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import fugo
from reference import ROOT, number, numbers, scope_key


def secrets(root: fugo.RootKey, key: fugo.SymbolKey) -> dict[str, Any]:
    plaintext = b"fugo-key 1\nkind: root\nuse: test\ntag: 0e84213a\nkey: " + ROOT.hex().encode() + b"\n"
    return {
        "MyNumber(..)": fugo.MyNumber(number(1)),
        "Normalized(..)": fugo.normalize(number(1)),
        "RootKey(..)": root,
        "ScopeKey(..)": root.scope_key("agency/nta/1"),
        "SymbolKey(..)": key,
        "KeyFile(..)": fugo.KeyFile.parse_plaintext(plaintext),
        "Lineage(..)": fugo.Lineage([(number(1), number(2))]),
        "Translation(..)": fugo.Translation(key, fugo.SymbolKey(root.scope_key("agency/mof/1")), []),
    }


def test_secrets_print_as_their_type_only(root: fugo.RootKey, key: fugo.SymbolKey) -> None:
    for text, secret in secrets(root, key).items():
        assert repr(secret) == str(secret) == f"{secret}" == text


def test_symbols_and_columns_print_no_bytes(key: fugo.SymbolKey) -> None:
    symbol = key.symbol(number(1))
    assert repr(symbol) == "AgencySymbol(..)"
    writer = csv.writer(io.StringIO())
    for write in (str, print, "{}".format, lambda it: f"{it:>3}", lambda it: writer.writerow([it])):
        with pytest.raises(TypeError, match=r"key\.text\(symbol\)"):
            write(symbol)
    column = key.symbols([number(1), "123"], errors="null")
    assert repr(column) == "SymbolColumn(rows=2, faults=1)"
    assert repr(column.faults[0]) == "Fault(row=1, kind='length')"
    assert repr(column.faults_table()) == "FaultsTable(rows=1)"


def test_secrets_are_neither_pickled_nor_copied(root: fugo.RootKey, key: fugo.SymbolKey) -> None:
    for name, secret in secrets(root, key).items():
        for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="cannot be pickled or copied") as refused:
                attempt(secret)
            if "Key" in name:
                assert "key file" in str(refused.value)


def test_secrets_have_no_hash_no_attributes_and_no_subclass(root: fugo.RootKey, key: fugo.SymbolKey) -> None:
    hashable = {"SymbolKey(..)", "KeyFile(..)", "Lineage(..)", "Normalized(..)", "Translation(..)"}
    for name, secret in secrets(root, key).items():
        assert not hasattr(secret, "__dict__")
        with pytest.raises(AttributeError):
            secret.key_bytes = b""
        with pytest.raises(TypeError):
            type("Mine", (type(secret),), {})
        # Those that compare by value would give it away by their hash; the others have that of an object.
        if name not in hashable:
            with pytest.raises(TypeError, match="unhashable"):
                hash(secret)


def test_no_attribute_of_a_key_holds_its_bytes(root: fugo.RootKey, key: fugo.SymbolKey) -> None:
    scope = root.scope_key("agency/nta/1")
    for secret in (root, scope, key):
        for name in dir(secret):
            value = getattr(secret, name)
            text = repr(value)
            assert ROOT.hex() not in text and scope_key("agency/nta/1").hex() not in text
            assert not isinstance(value, (bytes, bytearray, memoryview))
    with pytest.raises(TypeError):
        bytes(root)  # type: ignore[call-overload]


def test_no_exception_holds_a_value(key: fugo.SymbolKey) -> None:
    secret = number(12345)
    damaged = [f"{secret}0", secret[:5] + "x" + secret[6:], f"{secret[:6]}E+11", secret[1:], secret[:11] + "\ud800"]

    def runs(text: str) -> list[str]:
        return [text[i : i + 4] for i in range(len(text) - 3)]

    seen = 0
    for text in damaged:
        columns: list[Any] = [[text], np.array([text.encode("utf-8", "surrogatepass")])]
        if "\ud800" not in text:
            columns.append(pa.array([text]))
        calls: list[Any] = [lambda: fugo.MyNumber(text), lambda: fugo.normalize(text), lambda: key.parse_text(text)]
        calls += [lambda: fugo.check_digit(text), lambda: fugo.Scope(text), lambda: fugo.decode_text(text)]
        calls += [lambda: fugo.Lineage([(text, text)]), lambda: key.symbol(text)]
        for column in columns:
            calls += [lambda: key.symbols(column), lambda: key.symbols(column, number_format="lenient")]
        for call in calls:
            try:
                call()
            except fugo.FugoError as error:
                held = repr((str(error), error.args, vars(error), error.__cause__, error.__context__))
                assert not any(run in held for run in runs(text)), type(error)
                seen += 1
    assert seen > 50
    assert any(run in f"a message with {secret}" for run in runs(secret)), "the search finds what is there"


def test_exceptions_keep_their_kind_and_numbers_through_a_pickle(key: fugo.SymbolKey) -> None:
    with pytest.raises(fugo.MyNumberError) as refused:
        key.symbols([number(1), "123"])
    copied = pickle.loads(pickle.dumps(refused.value))
    assert type(copied) is fugo.MyNumberError
    assert (copied.kind, copied.row, copied.found, copied.faults) == ("length", 1, 3, 1)
    assert str(copied) == str(refused.value)


def test_the_package_exports_all_that_the_native_module_has() -> None:
    from fugo import _fugo

    public = [name for name in vars(_fugo) if not name.startswith("_")]
    assert sorted(fugo.__all__) == sorted([*public, "__version__"])
    assert all(getattr(fugo, name) is getattr(_fugo, name) for name in fugo.__all__)


def test_exceptions_stand_where_their_users_look_for_them() -> None:
    values = [fugo.MyNumberError, fugo.ScopeError, fugo.KeyFileError, fugo.TextError, fugo.PurposeError]
    for error in [*values, fugo.LineageError, fugo.LengthError]:
        assert issubclass(error, fugo.FugoError) and issubclass(error, ValueError)
        assert (error.__module__, error("x").kind) == ("fugo", "")
    assert issubclass(fugo.NormalizeError, fugo.MyNumberError)
    assert issubclass(fugo.ColumnError, (fugo.FugoError, TypeError))
    assert issubclass(fugo.InternalError, (fugo.FugoError, RuntimeError))


def test_a_panic_becomes_an_exception_without_a_value(key: fugo.SymbolKey, capfd: pytest.CaptureFixture[str]) -> None:
    # Capsules that were taken before are a fault of whoever gives them again, which the reader of capsules panics at.
    capsules = pa.array(numbers(2)).__arrow_c_array__()

    class Again:
        def __arrow_c_array__(self, requested_schema: object = None) -> Any:
            return capsules

    assert key.symbols(Again()).counts.symbols == 2
    with pytest.raises(fugo.InternalError) as refused:
        key.symbols(Again())
    assert refused.value.kind == "internal"
    printed = capfd.readouterr().err
    assert "internal error at" in printed
    assert not any(text[i : i + 4] in printed + str(refused.value) for text in numbers(2) for i in range(9))
    assert key.symbols(numbers(2)).counts.symbols == 2


def test_a_file_that_was_read_with_its_first_row_as_names_shows_no_number(
    key: fugo.SymbolKey, issuer: fugo.SymbolKey
) -> None:
    secret = number(1)
    cells = [number(2), number(3)]
    record: Any = np.array([(1,)], dtype=[(secret, "i8")])
    columns: list[Any] = [
        pd.DataFrame({secret: cells}),
        pl.DataFrame({secret: cells}),
        pa.table({secret: cells}),
        pa.array([{secret: cells[0]}]),
        pa.array([[{secret: cells[0]}]]),
        record,
    ]
    for column in columns:
        for derive in (key.symbols, lambda column: issuer.symbols_from_insurers(column, insurers_tag="7c2cb2a1")):
            with pytest.raises(fugo.FugoError) as refused:
                derive(column)
            assert secret not in f"{refused.value} {refused.value!r}", type(column)


def test_an_interrupt_in_a_producer_is_the_users(key: fugo.SymbolKey) -> None:
    class Interrupted:
        def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        key.symbols(Interrupted())


def test_the_name_of_a_key_file_cannot_forge_a_line() -> None:
    with pytest.raises(fugo.KeyFileError) as refused:
        fugo.KeyFile.load("/missing\n\x1b[31mfugo: ok")
    assert "\n" not in str(refused.value) and "\x1b" not in str(refused.value)
