"""Kept cells that hold the row's number, or a symbol, are refused where the tool refuses them: it is the oracle."""

from __future__ import annotations

import datetime
import decimal
import hashlib
import random
import unittest
from collections import Counter
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from tests import shared

ROWS = 4_000


class KeptCells(unittest.TestCase):
    def test_the_tool_refuses_the_same_rows_for_the_same_reasons(self) -> None:
        cluster, tool = shared.cluster(), shared.tool()
        import fugo
        from fugo.spark import KeyFileOnExecutor, convert

        scope = "registry/cancer/1"
        path = tool.key(scope)
        key = fugo.SymbolKey(fugo.KeyFile.load(tool.key("portal/home/1"), test_keys=True).key)
        roster, lineage = shared.directory() / "kept.parquet", shared.directory() / "kept-lineage.csv"
        rows = list(_rows(random.Random(7), key))
        pairs = [(rows[i]["my_number"], rows[i + 1]["my_number"]) for i in range(0, 900, 3)]
        for row, (_, previous) in zip(rows[0:900:9], pairs[::3]):
            row["note"] = f"formerly {previous}"
        lineage.write_text("new,previous\n" + "".join(f"{new},{previous}\n" for new, previous in pairs))
        schema = pa.schema(
            [("row_id", pa.int64()), ("my_number", pa.string()), ("note", pa.string()), ("amount", pa.int64())]
            + [("day", pa.date32()), ("seen", pa.timestamp("us")), ("money", pa.decimal128(20, 2))]
        )
        pq.write_table(pa.Table.from_pylist(rows, schema), roster)
        kept = ["note", "amount", "day", "seen", "money"]
        source = KeyFileOnExecutor(str(path), scope, tool.tag(scope), test_keys=True)
        for options, given in (([], {}), (["--lineage", lineage], {"lineage": str(lineage)})):
            with self.subTest(lineage=bool(given)):
                tool.convert(roster, [path], ["kept.parquet"], "--keep", ",".join(kept), *options)
                expected = {(int(row["record"]), row["column"], row["reason"]) for row in tool.listed("rejects.csv")}
                df = cluster.spark.read.parquet(str(roster))
                rejects = convert(df, "my_number", source, keep=kept, reference=["row_id"], **given).rejects.collect()
                found = {(row.row_id + 1, row.column, row.reason) for row in rejects}
                self.assertEqual(found, expected)
                reasons = Counter((column, reason) for _, column, reason in expected)
                for column in ("note", "amount", "money"):
                    self.assertGreater(reasons[column, "kept-number"], 50, reasons)
                self.assertGreater(reasons["note", "kept-symbol"], 50)
                self.assertGreater(reasons["note", "kept-other-number"], 50)
                self.assertGreater(reasons["amount", "kept-other-number"], 5)
                self.assertLess(len(expected), 0.8 * ROWS)

    def test_the_issuer_starts_from_insurers_symbols_and_never_sees_a_number(self) -> None:
        cluster, tool = shared.cluster(), shared.tool()
        import fugo
        from fugo.spark import KeyFileOnExecutor, convert

        insurers, eligibility = "insurers/all/1", "eligibility/all/4"
        key = fugo.SymbolKey(fugo.KeyFile.load(tool.key(insurers), test_keys=True).key)
        path, roster = tool.key(eligibility), shared.directory() / "insurers.parquet"
        chance, rows = random.Random(8), []
        for row_id in range(ROWS):
            body = f"{chance.randrange(10**11):011}"
            symbol = key.symbol(f"{body}{fugo.check_digit(body)}")
            text, hexed = key.text(symbol), bytes(symbol).hex()
            notes = (
                f"was {text.upper()}.",
                f"x{hexed}",
                f"x{hexed[:14]}",
                f" {body}{fugo.check_digit(body)} ",
                body,
                text,
                "東京都",
            )
            persons = (text[:-1], text.upper(), None, f" {text}")
            person = chance.choice(persons) if chance.random() < 0.1 else text
            rows.append({"row_id": row_id, "person": person, "note": chance.choice(notes)})
        pq.write_table(pa.Table.from_pylist(rows), roster)
        tag = tool.tag(insurers)
        options = ["--from", "insurers-symbol", "--insurers-tag", tag, "--column", "person", "--keep", "note"]
        tool.convert(roster, [path], ["issued.parquet"], *options)
        source = KeyFileOnExecutor(str(path), eligibility, tool.tag(eligibility), test_keys=True)
        df = cluster.spark.read.parquet(str(roster))
        made = convert(df, "person", source, keep=["note"], reference=["row_id"], insurers_tag=tag)
        found = {(row.row_id + 1, row.column, row.reason) for row in made.rejects.collect()}
        expected = {(int(row["record"]), row["column"], row["reason"]) for row in tool.listed("rejects.csv")}
        self.assertEqual({reason for _, _, reason in expected}, {"corrupted", "null", "kept-other-number", "kept-symbol"})
        self.assertEqual(found, expected)
        issued = pq.read_table(tool.directory / "issued.parquet")
        ordered = made.in_symbol_order(partitions=2).toArrow()
        self.assertEqual(ordered["symbol"].to_pylist(), issued["symbol"].to_pylist())
        self.assertEqual(ordered["note"].to_pylist(), issued["note"].to_pylist())


    def test_columns_of_numbers_and_of_what_is_made_of_them_fail_the_job(self) -> None:
        cluster, tool = shared.cluster(), shared.tool()
        import fugo
        from fugo.spark import DescriptionError, KeyFileOnExecutor, convert

        scope, chance = "registry/cancer/1", random.Random(9)
        source = KeyFileOnExecutor(str(tool.key(scope)), scope, tool.tag(scope), test_keys=True)
        numbers = []
        for _ in range(400):
            body = f"{chance.randrange(10**11):011}"
            numbers.append(f"{body}{fugo.check_digit(body)}")
        rows = [
            (own, hashlib.sha256(own.encode()).hexdigest(), other, f"{chance.randrange(10**12):012}")
            for own, other in zip(numbers, numbers[1:])
        ]
        df = cluster.spark.createDataFrame(rows, "my_number string, digest string, spouse string, code string").coalesce(1)
        for keep, other_codes, said in (
            (["code", "digest"], ["code"], "digest hold values that must not be kept: SHA-256 of the number"),
            (["spouse"], ["spouse"], "spouse hold values that must not be kept: MyNumbers"),
        ):
            with self.subTest(keep=keep), self.assertRaises(Exception) as caught:
                convert(df, "my_number", source, keep=keep, other_codes=other_codes).rejects.collect()
            self.assertIn(said, str(caught.exception))
            self.assertFalse([number for number in numbers if number in str(caught.exception)])
        converted = convert(df, "my_number", source, keep=["code"], other_codes=["code"])
        self.assertEqual(converted.rejects.count(), 0)
        rejected = convert(df, "my_number", source, keep=["code"]).rejects.collect()
        self.assertGreater(len(rejected), 10)
        self.assertEqual({row.reason for row in rejected}, {"kept-other-number"})
        with self.assertRaisesRegex(DescriptionError, "not kept"):
            convert(df, "my_number", source, keep=["code"], other_codes=["spouse"])


def _rows(chance: random.Random, key: object) -> Iterator[dict[str, object]]:
    import fugo

    def number() -> str:
        body = f"{chance.randrange(10 ** chance.choice((7, 8, 9, 10, 11, 11, 11))):011}"
        return f"{body}{fugo.check_digit(body)}"

    numbers = [number() for _ in range(ROWS)]
    for row_id, own in enumerate(numbers):
        shapes = (
            own,
            f"{own[:4]}-{own[4:8]}-{own[8:]}",
            own[:11],
            own[1:],
            own.lstrip("0"),
            own.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
            f"tel. {chance.randrange(10**10):010}",
            chance.choice(numbers),
            f"７{own}9 and {chance.randrange(10**9)}",
            f" {key.text(key.symbol(own))}  ",
            key.text(key.symbol(own)).upper(),
            f'"{key.text(key.symbol(own))}"',
            f'"{key.text(key.symbol(own))}',
            key.text(key.symbol(own))[:-1] + "q",
            "東京都",
            None,
        )
        amounts = (int(own), int(own[:11]), int(own) * 10, chance.randrange(10**12), 7, None)
        yield {
            "row_id": row_id,
            "my_number": own,
            "note": chance.choice(shapes) if chance.random() < 0.4 else "ok",
            "amount": chance.choice(amounts) if chance.random() < 0.3 else 1,
            "day": datetime.date(1900, 1, 1) + datetime.timedelta(days=chance.randrange(50_000)),
            "seen": datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=chance.randrange(10**8)),
            "money": decimal.Decimal(int(own) if chance.random() < 0.05 else 5),
        }
