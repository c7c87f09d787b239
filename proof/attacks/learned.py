"""D8: a classifier that learns from the pairs of some people and is tested on the pairs of others."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from confidence import advantage_of_z, two_sided
from delivery import Evidence
from result import EFFECT, NOTHING, Result

# The number of people for learning, and of people for the test. Each gives a true pair and a false pair.
PEOPLE = 40_000
_ALARM = 5.0


def classifiers(evidence: Evidence) -> Result:
    """D8. Accuracy of boosted trees and of logistic regression in telling pairs of one person from pairs of two people,
    on people that neither has seen, as z = (2 accuracy − 1) √(pairs); the larger of the two. Features: the 128 bits of
    A ⊕ B, and for each byte (A − B) mod 256 and A ∧ B. Alarm at |z| > 5. It does not detect relations that these
    features do not show in a few splits."""
    people = min(PEOPLE, len(evidence.known[0]) // 2)
    learn, test = (_samples(evidence, slice(at, at + people)) for at in (0, people))
    boosted = HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=15, early_stopping=False, random_state=0)
    linear = LogisticRegression(max_iter=200)
    largest = 0.0
    for model, scale in ((boosted, 1.0), (linear, 256.0)):
        model.fit(learn[0] / scale, learn[1])
        right = (model.predict(test[0] / scale) == test[1]).mean()
        z = (2 * right - 1) * np.sqrt(len(test[1]))
        largest = z if abs(z) > abs(largest) else largest
    pairs = 2 * people
    advantage, bound = advantage_of_z(largest, pairs)
    chance = 2 * two_sided(_ALARM)
    statistic, alarm = f"z = {largest:.1f}", abs(largest) > _ALARM
    return Result("D8", pairs, statistic, f"z beyond ±{_ALARM:g}", alarm, advantage, bound, EFFECT, NOTHING, chance)


def _samples(evidence: Evidence, people: slice) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels: the pair of each of these people, and the first symbol with that of the next person."""
    a, b = (side[people] for side in evidence.known)
    features = [_features(a, b), _features(a, np.roll(b, 1, axis=0))]
    return np.concatenate(features), np.repeat([1, 0], len(a))


def _features(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.concatenate([np.unpackbits(a ^ b, axis=1), a - b, a & b], axis=1).astype(np.float32)
