"""What speaks for each occupation, title by title: votes of similar texts and a learnt score.

All functions take and return arrays; rows are titles, columns are the codes of one list.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

Dense = NDArray[np.float32]


def rows_of(matrix: sparse.csr_matrix) -> NDArray[np.int64]:
    """The row of every stored entry."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def above(matrix: sparse.csr_matrix, floor: float) -> sparse.csr_matrix:
    """The entries greater than `floor`."""
    kept = np.flatnonzero(matrix.data > floor)
    indptr = np.searchsorted(kept, matrix.indptr)
    return sparse.csr_matrix((matrix.data[kept], matrix.indices[kept], indptr), matrix.shape)


@dataclass(frozen=True, eq=False)
class Documents:
    """Texts with certain codes, in the order of these.

    Attributes
    ----------
    code
        Position of each text's code, ascending.
    votes
        How many votes each has.
    official
        Which are official names, at most one a code.
    """

    code: NDArray[np.int64]
    votes: NDArray[np.float64]
    official: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ballot:
    """What documents say of title and code, for the pairs of which they say anything.

    Attributes
    ----------
    key
        ``title * n_codes + code``, ascending.
    share
        Of the title's votes, each ``likeness ** 4``.
    nearest, named
        Likeness of the code's nearest text, and of its official name.
    """

    key: NDArray[np.int64]
    share: NDArray[np.float64]
    nearest: NDArray[np.float64]
    named: NDArray[np.float64]

    def of(self, key: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
        """Share, nearest and named of other pairs; zero where nothing is said."""
        if not len(self.key):
            return tuple(np.zeros((3, len(key))))
        place = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        met = self.key[place] == key
        parts = (self.share, self.nearest, self.named)
        return tuple(np.where(met, part[place], 0.0) for part in parts)


def by_code(
    likeness: sparse.csr_matrix, documents: Documents, n_codes: int, *, floor: float, doubt: float
) -> Ballot:
    """What documents say of each title, summed by code.

    Parameters
    ----------
    likeness
        Titles x documents.
    documents
        Their codes.
    n_codes
        How many codes there are.
    floor
        Documents less like a title than this have no vote.
    doubt
        Counts as votes for nobody.
    """
    # turned twice, a title's documents are in order, which is that of their codes
    likeness = above(likeness, floor).tocsc().tocsr()
    near, document = likeness.data, likeness.indices
    if not len(near):
        nothing = np.zeros(0)
        return Ballot(np.zeros(0, dtype=np.int64), nothing, nothing, nothing)
    key = rows_of(likeness) * n_codes + documents.code[document]
    new = np.append(True, key[1:] != key[:-1])
    first = np.flatnonzero(new)
    vote = np.add.reduceat((near * near) ** 2 * documents.votes[document], first)
    official = np.flatnonzero(documents.official[document])
    named = np.zeros(len(first))
    named[np.cumsum(new)[official] - 1] = near[official]
    key = key[first]
    of = key // n_codes
    every = np.bincount(of, vote, minlength=likeness.shape[0]) + doubt
    nearest = np.maximum.reduceat(near, first).astype(np.float64)
    return Ballot(key, vote / every[of], nearest, named)


@dataclass(frozen=True, eq=False)
class KernelRidge:
    """Ridge regression in the space of single and paired features.

    With unit rows ``u`` the kernel is ``k = (u'v + (u'v)^2) / 2``; with documents' kernel ``K``,
    targets ``Y`` and penalty ``lam``: ``A = (K + lam I)^-1 Y``, scores ``k(z, documents) A``.

    Attributes
    ----------
    rows
        Documents x features.
    dual
        ``A``, documents x targets.
    near
        Documents no more alike than this are left out of the squared part: for speed.
    """

    rows: sparse.csr_matrix
    dual: Dense
    near: float = 0.0

    @classmethod
    def fit(
        cls, rows: sparse.csr_matrix, targets: Dense, penalty: float, near: float = 0.0
    ) -> tuple[Self, Dense]:
        """Fit: time is cubic in the number of documents.

        Returns
        -------
        ridge
            The fitted regression.
        left_out
            Each document's score by all the others, in closed form:
            ``y_i - A_i / [(K + lam I)^-1]_ii`` (Hastie, Tibshirani and Friedman 2009, 7.10).
        """
        kernel = (rows @ rows.T).toarray().astype(np.float32)
        kernel += kernel**2
        kernel /= 2
        kernel[np.diag_indices_from(kernel)] += np.float32(penalty)
        factor, _ = linalg.cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
        dual = linalg.cho_solve((factor, True), targets, check_finite=False)
        inverse, _ = linalg.lapack.strtri(factor, lower=1, overwrite_c=1)
        inverse = np.tril(inverse)
        diagonal = np.einsum("ij,ij->j", inverse, inverse)
        left_out = np.asarray(targets - dual / diagonal[:, None], dtype=np.float32)
        return cls(rows, np.ascontiguousarray(dual), near), left_out

    @cached_property
    def primal(self) -> Dense:
        """Coefficients of the linear part, features x targets."""
        return np.ascontiguousarray(self.rows.T @ self.dual)

    @cached_property
    def _turned(self) -> sparse.csr_matrix:
        return sparse.csr_matrix(self.rows.T)

    def __getstate__(self) -> dict[str, object]:
        return {"rows": self.rows, "dual": self.dual, "near": self.near}  # the rest follows

    def score(self, z: sparse.csr_matrix) -> Dense:
        """Scores of other titles, shape titles x targets."""
        near = above(sparse.csr_matrix(z @ self._turned), self.near)
        near.data *= near.data / 2  # halves are taken while few numbers stand for many
        score = (z * np.float32(0.5)) @ self.primal
        score += near @ self.dual
        return np.asarray(score, dtype=np.float32)
