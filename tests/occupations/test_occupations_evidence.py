"""The coder's numerics against brute force and against hand formulas."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy import sparse

from xmdemand.occupations.choice import Choice, best_first, threshold
from xmdemand.occupations.evidence import Documents, KernelRidge, above, by_code


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def unit_rows(rng):
    """30 documents x 12 features of unit length, some entries empty."""
    dense = rng.random((30, 12)) * (rng.random((30, 12)) < 0.6)
    dense[:, 0] += 0.1
    return sparse.csr_matrix((dense / np.linalg.norm(dense, axis=1)[:, None]).astype(np.float32))


def test_ridge_left_out_is_a_refit_without_the_row(rng, unit_rows):
    targets = rng.normal(size=(30, 3)).astype(np.float32)
    _, left_out = KernelRidge.fit(unit_rows, targets, 0.3)
    for row in range(30):
        rest = np.arange(30) != row
        ridge, _ = KernelRidge.fit(unit_rows[rest], targets[rest], 0.3)
        np.testing.assert_allclose(ridge.score(unit_rows[[row]]), left_out[[row]], atol=2e-4)


def test_ridge_scores_by_the_kernel_of_its_docstring(rng, unit_rows):
    targets = rng.normal(size=(20, 2))
    ridge, _ = KernelRidge.fit(unit_rows[:20], targets.astype(np.float32), 0.3)
    u = unit_rows.toarray().astype(np.float64)
    like = u @ u[:20].T
    kernel = (like + like**2) / 2
    expected = kernel @ np.linalg.solve(kernel[:20] + 0.3 * np.eye(20), targets)
    np.testing.assert_allclose(ridge.score(unit_rows), expected, atol=2e-4)
    hasty, _ = KernelRidge.fit(unit_rows[:20], targets.astype(np.float32), 0.3, near=0.15)
    np.testing.assert_allclose(hasty.score(unit_rows), expected, atol=0.1)
    copy = pickle.loads(pickle.dumps(ridge))
    np.testing.assert_array_equal(copy.score(unit_rows), ridge.score(unit_rows))


def test_votes_by_hand():
    likeness = sparse.csr_matrix(np.array([[1.0, 0.5, 0.05], [0.0, 0.0, 0.0], [0.0, 0.2, 0.4]]))
    named = np.array([True, False, False])
    documents = Documents(np.array([0, 2, 2]), np.array([2.0, 1.0, 1.0]), named)
    ballot = by_code(likeness, documents, 4, floor=0.1, doubt=0.02)
    assert ballot.key.tolist() == [0, 2, 10]
    np.testing.assert_allclose(
        ballot.share, [2 / 2.0825, 0.0625 / 2.0825, 0.0272 / 0.0472], rtol=1e-6
    )
    np.testing.assert_allclose(ballot.nearest, [1, 0.5, 0.4], rtol=1e-6)
    np.testing.assert_allclose(ballot.named, [1, 0, 0])
    share, near, named = ballot.of(np.array([0, 1, 10, 11]))
    np.testing.assert_allclose(near, [1, 0, 0.4, 0], rtol=1e-6)
    np.testing.assert_allclose(named, [1, 0, 0, 0])
    assert share[1] == share[3] == 0
    nobody = by_code(sparse.csr_matrix((2, 3)), documents, 4, floor=0.1, doubt=0.02)
    assert [part.tolist() for part in nobody.of(np.array([1]))] == [[0.0]] * 3


def test_above_keeps_rows():
    matrix = sparse.csr_matrix(np.array([[0.1, 0.9], [0.0, 0.0], [0.5, 0.2]]))
    np.testing.assert_allclose(above(matrix, 0.15).toarray(), [[0, 0.9], [0, 0], [0.5, 0.2]])


def test_choice_finds_the_weights_that_made_the_data(rng):
    truth = Choice(np.array([2.0, -1.0]), 0.5)
    of = np.repeat(np.arange(4000), rng.integers(1, 8, 4000))  # titles differ in candidates
    x = rng.normal(size=(len(of), 2))
    p = truth.probabilities(x, of, 4000)
    before = np.cumsum(p) - p
    start = before[np.searchsorted(of, np.arange(4000))]
    draw = start + rng.random(4000)
    right = (before <= draw[of]) & (draw[of] < before + p)
    found = Choice.fit(x, of, right, 4000, Choice(np.zeros(2), 0.0), strength=1e-6)
    # standard errors are about 0.04 at this size
    np.testing.assert_allclose(found.weights, truth.weights, atol=0.15)
    assert found.none == pytest.approx(truth.none, abs=0.15)
    assert (np.bincount(of, p) < 1).all()


def test_choice_stays_where_it_started_without_data():
    start = Choice(np.array([1.0, 2.0]), 3.0)
    x, of, right = np.zeros((2, 2)), np.zeros(2, dtype=int), np.array([True, False])
    found = Choice.fit(x, of, right, 1, start, strength=1e6)
    np.testing.assert_allclose(found.weights, start.weights, atol=1e-3)


def test_best_first_is_the_sort_by_title_and_probability(rng):
    of = np.sort(rng.integers(0, 2048, 20_000))
    chance = rng.random(20_000).astype(np.float32)
    chance[::3] = rng.choice([0, 1e-30, 0.25, 1], len(chance[::3]))  # ties, both ends
    assert best_first(of, chance).tolist() == np.lexsort((-chance, of)).tolist()


def test_threshold_keeps_its_promise(rng):
    score = np.array([0.9, 0.8, 0.7, 0.6])
    right = np.array([True, False, True, True])
    # of four, 0.75 are right, but a quarter of 0.43 more is needed: 0.6 + 0.245 / 2 = 0.72
    assert threshold(score, right, 0.6) == 0.6
    assert threshold(score, right, 0.75) == 0.9
    assert threshold(score, ~right, 0.9) == float("inf")
    # scores that are true probabilities: what is kept of one half is right in the other
    precisions = []
    for _ in range(200):
        chance = rng.random(2000)
        came = rng.random(2000) < chance
        cut = threshold(chance[:1000], came[:1000], 0.9)
        precisions.append(came[1000:][chance[1000:] >= cut].mean())
    # each half keeps some 200 titles; the standard error of the mean of 200 is 0.0015
    assert np.mean(precisions) > 0.9 - 0.0045
