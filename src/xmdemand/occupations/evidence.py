"""What speaks for each occupation, title by title: votes of similar titles and a learnt score.

All functions take and return arrays; rows are titles, columns are the codes of one list.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

Dense = NDArray[np.float32]


def one_hot(labels: NDArray[np.int64], n: int) -> sparse.csr_matrix:
    """Labels as an indicator matrix, shape documents x codes."""
    shape = (len(labels), n)
    ones = np.ones(len(labels), dtype=np.float32)
    return sparse.csr_matrix((ones, (np.arange(len(labels)), labels)), shape=shape)


def without_self(likeness: sparse.csr_matrix) -> sparse.csr_matrix:
    """A square likeness matrix with its diagonal removed (each row judged by the others)."""
    found = likeness.tocoo()
    other = found.row != found.col
    kept = (found.data[other], (found.row[other], found.col[other]))
    return sparse.csr_matrix(kept, shape=likeness.shape)


def votes(likeness: sparse.csr_matrix, labels: NDArray[np.int64], n: int, power: int) -> Dense:
    """Sum of ``likeness ** power`` over the documents of each of `n` codes."""
    rows = np.repeat(np.arange(likeness.shape[0]), np.diff(likeness.indptr))
    cell = rows * n + labels[likeness.indices]
    raised = likeness.data.copy()
    for _ in range(power - 1):  # many times faster than ** for small whole powers
        raised *= likeness.data
    total = np.bincount(cell, weights=raised, minlength=likeness.shape[0] * n)
    return total.astype(np.float32).reshape(likeness.shape[0], n)


def nearest(likeness: sparse.csr_matrix, labels: NDArray[np.int64], n: int) -> Dense:
    """Likeness of each code's nearest document, as the eighth root of summed eighth powers."""
    return np.sqrt(np.sqrt(np.sqrt(votes(likeness, labels, n, 8))))


def shares(ballot: Dense, doubt: float) -> Dense:
    """Votes as shares of all votes; `doubt` counts as votes for nobody."""
    return ballot / (ballot.sum(axis=1, keepdims=True) + doubt)


@dataclass(frozen=True, eq=False)
class Ridge:
    """Ridge regression of code indicators on text features.

    With documents ``X`` (rows), indicators ``Y``, weights ``w`` and penalty ``lam``:
    ``A = (X X' + lam diag(1/w))^-1 Y``, scores ``Z X' A``.

    Attributes
    ----------
    coefficients
        ``X' A``, features x codes, small ones dropped.
    """

    coefficients: sparse.csr_matrix

    @classmethod
    def fit(
        cls,
        x: sparse.csr_matrix,
        labels: NDArray[np.int64],
        n: int,
        *,
        weights: Dense,
        penalty: float,
        keep: int = 1_000_000,
    ) -> tuple[Ridge, Dense]:
        """Fit in the dual, documents x documents: time is cubic in their number.

        Returns
        -------
        ridge
            At most `keep` coefficients, the largest.
        left_out
            Score of each document by all the others, in closed form:
            ``y_i - A_i / [(X X' + lam diag(1/w))^-1]_ii`` (Hastie, Tibshirani and Friedman 2009,
            section 7.10).
        """
        used, position = np.unique(labels, return_inverse=True)
        indicator = one_hot(position, len(used)).toarray()
        gram = (x @ x.T).toarray().astype(np.float32)
        gram[np.diag_indices_from(gram)] += penalty / weights
        factor, _ = linalg.cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
        dual = linalg.cho_solve((factor, True), indicator, check_finite=False)
        inverse, _ = linalg.lapack.spotri(factor, lower=1, overwrite_c=1)
        left_out = np.zeros((len(labels), n), dtype=np.float32)
        left_out[:, used] = indicator - dual / np.diag(inverse)[:, None]
        small = _prune(np.asarray(x.T @ dual, dtype=np.float32), keep)
        spread = one_hot(used, n)
        return cls(sparse.csr_matrix(small @ spread)), left_out

    def score(self, z: sparse.csr_matrix) -> Dense:
        """Scores of other titles, shape titles x codes."""
        return np.asarray((z @ self.coefficients).todense(), dtype=np.float32)


def _prune(dense: Dense, keep: int) -> sparse.csr_matrix:
    """The largest coefficients, about `keep` of them (the cut is told by a sample)."""
    size = np.abs(dense)
    if size.size > keep:
        sample = size.ravel()[::61]
        cut = np.quantile(sample, 1 - keep / size.size)
        dense = np.where(size > cut, dense, np.float32(0))
    return sparse.csr_matrix(dense)
