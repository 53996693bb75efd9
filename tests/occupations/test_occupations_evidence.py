"""The coder's numerics against brute force and against hand formulas."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from xmdemand.occupations.choice import Choice, threshold
from xmdemand.occupations.evidence import Ridge, nearest, shares, votes, without_self


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_ridge_left_out_is_a_refit_without_the_row(rng):
    x = sparse.csr_matrix(rng.random((12, 6)).astype(np.float32))
    labels = rng.integers(0, 3, 12)
    weights = np.where(np.arange(12) < 4, 0.2, 1.0).astype(np.float32)
    _, left_out = Ridge.fit(x, labels, 5, weights=weights, penalty=0.7)
    for row in range(12):
        rest = np.arange(12) != row
        ridge, _ = Ridge.fit(x[rest], labels[rest], 5, weights=weights[rest], penalty=0.7)
        np.testing.assert_allclose(ridge.score(x[row]), left_out[[row]], atol=2e-5)


def test_ridge_solves_the_normal_equations(rng):
    x = rng.random((10, 4))
    labels = rng.integers(0, 2, 10)
    weights = rng.random(10).astype(np.float32) + 0.5
    ridge, _ = Ridge.fit(
        sparse.csr_matrix(x.astype(np.float32)), labels, 2, weights=weights, penalty=0.3
    )
    w = weights[:, None]
    primal = np.linalg.solve(x.T @ (w * x) + 0.3 * np.eye(4), x.T @ (w * np.eye(2)[labels]))
    np.testing.assert_allclose(ridge.coefficients.toarray(), primal, atol=1e-4)


def test_ridge_keeps_the_largest_coefficients(rng):
    x = sparse.csr_matrix(rng.random((50, 200)).astype(np.float32))
    ridge, _ = Ridge.fit(
        x, np.arange(50), 50, weights=np.ones(50, np.float32), penalty=1.0, keep=1000
    )
    assert 500 < ridge.coefficients.nnz < 2000


def test_votes_by_hand():
    likeness = sparse.csr_matrix(np.array([[0.5, 1.0, 0.0], [0.0, 0.0, 0.0]]))
    labels = np.array([2, 0, 2])
    np.testing.assert_allclose(votes(likeness, labels, 4, 2), [[1, 0, 0.25, 0], [0, 0, 0, 0]])
    np.testing.assert_allclose(nearest(likeness, labels, 4)[0], [1, 0, 0.5, 0], atol=1e-6)
    np.testing.assert_allclose(shares(np.array([[1.0, 3.0]], np.float32), 1.0), [[0.2, 0.6]])
    square = sparse.csr_matrix(np.array([[1.0, 0.3], [0.2, 1.0]]))
    np.testing.assert_allclose(without_self(square).toarray(), [[0, 0.3], [0.2, 0]])


def test_choice_finds_the_weights_that_made_the_data(rng):
    truth = Choice(np.array([2.0, -1.0]), 0.5)
    x = rng.normal(size=(4000, 5, 2))
    p = truth.probabilities(x)
    draw = rng.random(4000)
    right = (p.cumsum(axis=1) < draw[:, None]).sum(axis=1)
    right[right == 5] = -1
    found = Choice.fit(x, right, Choice(np.zeros(2), 0.0), strength=1e-6)
    # standard errors are about 0.04 at this size
    np.testing.assert_allclose(found.weights, truth.weights, atol=0.15)
    assert found.none == pytest.approx(truth.none, abs=0.15)
    assert (p.sum(axis=1) < 1).all()


def test_choice_stays_where_it_started_without_data():
    start = Choice(np.array([1.0, 2.0]), 3.0)
    found = Choice.fit(np.zeros((1, 2, 2)), np.array([0]), start, strength=1e6)
    np.testing.assert_allclose(found.weights, start.weights, atol=1e-3)


def test_threshold_keeps_its_promise():
    score = np.array([0.9, 0.8, 0.7, 0.6])
    right = np.array([True, False, True, True])
    assert threshold(score, right, 0.75) == 0.6
    assert threshold(score, right, 0.9) == 0.9
    assert threshold(score, ~right, 0.9) == float("inf")
