import collections
import itertools
import math
import unittest

import ports


class Bound(unittest.TestCase):
    def test_ports_that_share_work_are_not_taken_alone(self):
        # Port 0 has 3 cycles of its own, and port 1 takes most of the other 4.
        self.assertEqual(ports.bound({frozenset("0"): 3, frozenset("01"): 4}), 3.5)
        self.assertEqual(ports.bound({frozenset("0"): 3, frozenset("01"): 1}), 3)
        self.assertEqual(ports.bound({frozenset("015"): 9, frozenset("05"): 8, frozenset("5"): 1}), 6)
        # An instruction that needs no vector port.
        self.assertEqual(ports.bound({frozenset(): 7, frozenset("1"): 2}), 2)

    def test_it_is_what_the_best_of_all_arrangements_takes(self):
        kinds = [frozenset(kind) for size in (1, 2, 3) for kind in itertools.combinations("015", size)]
        for parts in itertools.combinations_with_replacement(kinds, 5):
            arrangements = itertools.product(*parts)
            best = min(max(collections.Counter(taken).values()) for taken in arrangements)
            self.assertEqual(math.ceil(ports.bound(collections.Counter(parts))), best, parts)


if __name__ == "__main__":
    unittest.main()
