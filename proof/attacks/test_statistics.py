"""Tests of the statistics: no alarm without a link, an alarm with a link, and the expected sizes."""

from __future__ import annotations

import unittest
from unittest import mock

import numpy as np

import blind
import broken
import confidence
import delivery
import dictionary
import harness
import ladder
import learned
import pairs
import people
import randomness
from delivery import Evidence
from result import Result


def random_symbols(rows: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, size=(rows, 16), dtype=np.uint8)


def evidence(a: np.ndarray, b: np.ndarray) -> Evidence:
    """Known pairs, and both deliveries in symbol order."""
    return Evidence((a, b), (a[delivery.order(a)], b[delivery.order(b)]))


def z_of(result: Result) -> float:
    return float(result.statistic.removeprefix("z = "))


class WhereThereIsNothing(unittest.TestCase):
    def test_statistics_are_standard_normal(self) -> None:
        trials = [evidence(random_symbols(2_000, 2 * i), random_symbols(2_000, 2 * i + 1)) for i in range(300)]
        for distinguish in (pairs.hamming, pairs.ranks):
            found = [distinguish(trial) for trial in trials]
            mean_square = np.mean([z_of(result) ** 2 for result in found])
            # χ² with 300 degrees of freedom: four standard deviations are 0.33.
            self.assertLess(abs(mean_square - 1), 0.35, found[0].name)
            self.assertFalse(any(result.alarm for result in found))
            self.assertTrue(any(abs(z_of(result)) > 1.5 for result in found), "it is not stuck")

    def test_largest_of_many_statistics_stay_below_their_thresholds_and_not_far(self) -> None:
        for seed in range(20):
            trial = evidence(random_symbols(5_000, 2 * seed), random_symbols(5_000, 2 * seed + 1))
            for distinguish, least in ((pairs.bit_pairs, 3.0), (pairs.bytes_equal, 0.8)):
                result = distinguish(trial)
                self.assertFalse(result.alarm)
                self.assertGreater(abs(z_of(result)), least)

    def test_matching_finds_one_in_expectation(self) -> None:
        hits = [
            round(blind.rank_matching(evidence(random_symbols(500, 2 * i), random_symbols(500, 2 * i + 1))).advantage * 500)
            for i in range(200)
        ]
        # The larger of two matchings: mean about 1.5.
        self.assertTrue(1.0 < np.mean(hits) < 2.2, np.mean(hits))
        for distinguish in (blind.files, blind.multiplicities):
            hits = [
                round(distinguish(evidence(random_symbols(500, 2 * i), random_symbols(500, 2 * i + 1))).advantage * 500)
                for i in range(200)
            ]
            self.assertTrue(0.6 < np.mean(hits) < 1.4, (distinguish.__name__, np.mean(hits)))

    def test_equality_relations_randomness_and_repeats_find_nothing(self) -> None:
        trial = evidence(random_symbols(5_000, 1), random_symbols(5_000, 2))
        for distinguish in (pairs.equality, pairs.relations, randomness.battery, blind.multiplicities, blind.files):
            self.assertFalse(distinguish(trial).alarm, distinguish.__name__)

    def test_classifiers_find_nothing(self) -> None:
        with mock.patch.object(learned, "PEOPLE", 2_000):
            found = [learned.classifiers(evidence(random_symbols(4_000, 7 + i), random_symbols(4_000, 70 + i))) for i in range(5)]
        self.assertFalse(any(result.alarm for result in found))
        self.assertGreater(len({result.statistic for result in found}), 1)

    def test_thresholds_are_as_rare_as_they_say(self) -> None:
        self.assertAlmostEqual(confidence.two_sided(1.96), 0.05, places=4)
        self.assertAlmostEqual(confidence.poisson_tail(10), 1.1e-7, delta=1e-8)
        self.assertAlmostEqual(pairs.bit_pairs(evidence(random_symbols(100, 1), random_symbols(100, 2))).false_alarm, 1.3e-6, delta=1e-7)


class WhereThereIsSomething(unittest.TestCase):
    def test_effects_are_found_at_their_size(self) -> None:
        a, b = random_symbols(40_000, 1), random_symbols(40_000, 2)
        b[:4_000, 3] = a[:4_000, 3]
        # 4,000 bytes more than 156 of 40,000: z = 4,000 (1 − 1/256) / 12.5.
        self.assertAlmostEqual(z_of(pairs.bytes_equal(evidence(a, b))), 319, delta=5)
        # Four bits agree more in a tenth of rows: z = 0.1 · 4 · 200 / √32.
        self.assertAlmostEqual(z_of(pairs.hamming(evidence(a, b))), 14.1, delta=4)
        # One bit in a tenth: z = 0.1 · 200.
        self.assertAlmostEqual(abs(z_of(pairs.bit_pairs(evidence(a, b)))), 20, delta=4)

    def test_every_spelling_of_one_value_is_equal(self) -> None:
        a = random_symbols(1_000, 1)
        spellings = [a, a[:, ::-1], ~a, np.packbits(np.unpackbits(a, axis=1)[:, ::-1], axis=1), np.roll(a, 5, axis=1)]
        for spelled in spellings:
            b = random_symbols(1_000, 2)
            b[7] = spelled[7]
            self.assertEqual(pairs.equality(evidence(a, b)).statistic, "1 equal")

    def test_a_single_relation_is_counted(self) -> None:
        a, b = random_symbols(1_000, 1), random_symbols(1_000, 2)
        bits = np.unpackbits(b, axis=1)
        bits[:, 9] = np.unpackbits(a, axis=1)[:, [3, 77, 120]].sum(axis=1) & 1
        self.assertEqual(pairs.relations(evidence(a, np.packbits(bits, axis=1))).statistic, "1 relations")
        # The bound on a missed share must exclude shares that would hardly be missed.
        self.assertAlmostEqual(1 - pairs.relations(evidence(random_symbols(1_000, 3), b)).bound ** 456, 0.05)
        # A constant bit, or a relation within one file, reveals nothing about the other file.
        a[:, 2] = 7
        self.assertFalse(pairs.relations(evidence(a, b)).alarm)

    def test_files_in_the_inputs_order_are_matched_row_by_row(self) -> None:
        a, b = random_symbols(1_000, 1), random_symbols(1_000, 2)
        self.assertEqual(blind.files(Evidence((a, b), (a, b))).statistic, "1,000 right")
        # The same holds for files in symbol order, if this is the order of the people.
        a, b = a[delivery.order(a)], b[delivery.order(b)]
        self.assertEqual(blind.files(Evidence((a, b), (a, b))).statistic, "1,000 right")

    def test_a_small_delta_is_one_only_where_both_files_have_it(self) -> None:
        a, b = (random_symbols(3_000, seed) for seed in (1, 2))
        def later(more_a: int, more_b: int) -> bool:
            new = (np.concatenate([a, random_symbols(more_a, 3)]), np.concatenate([b, random_symbols(more_b, 4)]))
            return blind.files(Evidence((a, b), evidence(a, b).files, new)).alarm
        self.assertTrue(later(1, 1) and later(999, 999))
        self.assertFalse(later(0, 0) or later(1_000, 1_000) or later(1, 1_000))
        self.assertTrue(blind.files(Evidence((a, b), (a, b), (a[1:], b[5:]))).alarm)

    def test_people_are_matched_by_their_number_of_rows(self) -> None:
        a, b = random_symbols(500, 1), random_symbols(500, 2)
        files = [np.concatenate([side, *(np.repeat(side[i : i + 1], i + 1, axis=0) for i in range(20))]) for side in (a, b)]
        self.assertIn(blind.multiplicities(Evidence((a, b), (files[0], files[1]))).statistic, {f"{n} right" for n in range(20, 26)})

    def test_a_dictionary_inverts_what_has_no_key_and_only_that(self) -> None:
        population = people.Population.draw(300, np.random.default_rng(5))
        for scheme in broken.SCHEMES:
            if scheme.finder == "D9":
                a, b = scheme.made(population.people, np.random.default_rng(6))
                # On either side.
                for files in ((a, b), (b, a)):
                    scopes = broken.SCOPES if files[0] is a else broken.SCOPES[::-1]
                    play = Evidence(files, files, scopes=scopes, block=population.block)
                    self.assertEqual(dictionary.enumeration(play, dictionary.Rates()).statistic, "300 inverted", scheme.name)
        a, b = (broken.keyed(population.people, bytes([i]) * 32) for i in (1, 2))
        found = dictionary.enumeration(Evidence((a, b), (a, b), block=population.block), dictionary.Rates())
        self.assertEqual(found.statistic, "0 inverted")

    def test_the_ladder_is_the_specifications(self) -> None:
        root = bytes(range(32))
        known = {
            "agency/nta/1": "aca8b7a2ad979b290c590b2464183640",
            "insurers/all/1": "d7da56371f414d6cc5e4d22d142087bb",
            "eligibility/all/1": "a2a10d1bae57c12b9a3cb92ecf0a2417",
        }
        for scope, symbol in known.items():
            self.assertEqual(ladder.under_root(root, scope)(b"123456789018").hex(), symbol)

    def test_made_up_numbers_are_valid_and_files_are_read_as_written(self) -> None:
        self.assertEqual(people.numbers(np.array([12345678901])).tobytes(), b"123456789018")
        with self.subTest("files"):
            import tempfile
            from pathlib import Path

            with tempfile.TemporaryDirectory() as name:
                file = Path(name) / "a.csv"
                for symbols in (random_symbols(100, 1), random_symbols(200, 2).reshape(100, 2, 16), random_symbols(0, 3)):
                    delivery.write(file, symbols)
                    np.testing.assert_array_equal(delivery.read(file), symbols)


class TheVerdict(unittest.TestCase):
    @staticmethod
    def results(*alarms: str) -> dict[str, Result]:
        return {
            name: Result(name, 1, "", "", name in alarms, 0.0, 1.0, "", "", 0.0) for name in harness.NAMES
        }

    def test_an_alarm_on_the_real_construction_a_control_missed_and_an_idle_distinguisher_are_faults(self) -> None:
        every = {name: ("", name, self.results(name)) for name in harness.NAMES if name != "D10"}
        self.assertEqual(harness.faults({"real": self.results()}, every), [])
        self.assertEqual(len(harness.faults({"real": self.results("D5")}, every)), 1)
        missed = {**every, "another": ("", "D3", self.results("D2"))}
        self.assertEqual(len(harness.faults({"real": self.results()}, missed)), 1)
        never_alone = {**every, "D7": ("", "D7", self.results("D7", "D5"))}
        self.assertEqual(harness.faults({"real": self.results()}, never_alone), ["D7 is not the only finder of any control"])


if __name__ == "__main__":
    unittest.main()
