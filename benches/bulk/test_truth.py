"""Is a wrong conversion detected?

    python3 -m unittest discover benches/bulk
"""

from __future__ import annotations

import copy
import tempfile
import unittest
from pathlib import Path

from roster import Truth

TRUTH = """record,line,kind,strict,lenient,lenient_zeros,of_record
3,4,grouped,non-digit,ok,ok,
5,6,digit-wrong,check-digit,check-digit,check-digit,
7,8,field-missing,fields,fields,fields,
8,9,duplicate-equal,equal,equal,equal,7
9,10,duplicate-conflict,differs,differs,differs,1
"""
ROWS = 10
RIGHT = {
    "read": ROWS,
    "converted": 5,
    "rejected_by_reason": {"check-digit": 1, "fields": 1},
    "duplicates": {"equal": 1, "differing": 2},
    "outputs": [{"file": "out.csv", "rows": 5}],
}


class Reconciling(unittest.TestCase):
    def setUp(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            file = Path(name, "truth.csv")
            file.write_text(TRUTH, encoding="utf-8")
            self.truth = Truth.read(file)

    def test_a_report_that_agrees_has_no_faults(self) -> None:
        self.assertEqual(self.truth.faults(RIGHT, ROWS, "symbol"), [])

    def test_in_input_order_nobody_is_set_aside(self) -> None:
        self.assertNotEqual(self.truth.faults(RIGHT, ROWS, "input"), [])
        kept = RIGHT | {"converted": 8, "duplicates": {"equal": 0, "differing": 0}, "outputs": []}
        self.assertEqual(self.truth.faults(kept, ROWS, "input"), [])

    def test_every_figure_that_is_off_by_one_is_found(self) -> None:
        lists = (["rejected_by_reason", "fields"], ["duplicates", "equal"], ["outputs", 0, "rows"])
        for path in (["read"], ["converted"], *lists):
            with self.subTest(path=path):
                wrong = copy.deepcopy(RIGHT)
                place = wrong
                for step in path[:-1]:
                    place = place[step]
                place[path[-1]] += 1
                self.assertEqual(len(self.truth.faults(wrong, ROWS, "symbol")), 1)

    def test_rows_rejected_for_another_reason_are_found(self) -> None:
        wrong = RIGHT | {"rejected_by_reason": {"length": 1, "fields": 1}}
        self.assertEqual(len(self.truth.faults(wrong, ROWS, "symbol")), 1)

    def test_the_copy_without_short_records_expects_none(self) -> None:
        truth, short = self.truth.without_short_records()
        self.assertEqual(short, 1)
        self.assertEqual(truth.rejected_by_reason, {"check-digit": 1})


if __name__ == "__main__":
    unittest.main()
