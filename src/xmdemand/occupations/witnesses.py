"""The two witnesses for a title's code, and what they say of each candidate.

The *lexicon* (official names, work types, aliases) needs nobody's work. What people *confirmed*
adds the votes of similar titles and a learnt score. Rows are titles, columns are codes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from xmdemand.occupations.choice import Choice
from xmdemand.occupations.evidence import (
    Dense,
    Ridge,
    nearest,
    one_hot,
    shares,
    votes,
    without_self,
)
from xmdemand.occupations.ngrams import Vectoriser

CANDIDATES = 24
"""How many codes of a title are looked at closely."""

LEXICON_WEIGHTS = Choice(np.array([2.2, 3.4, 4.8, -0.2]), 3.4)
"""Weights without confirmed titles: measured once on labelled advertisements, then fixed."""

CONFIRMED_WEIGHTS = Choice(
    np.array([-0.4, 2.6, 2.8, 0.2, 4.3, 1.8, -0.9, 0.9, 0.0, -1.6, 2.9]), 2.3
)
"""Where the weights start when they are learnt from confirmed titles."""

_NAME_WEIGHT, _PENALTY = 0.2, 0.5  # of an official name beside a confirmed title; of the ridge
_OPINION = np.float32(0.63)  # weight of the lexicon's opinion beside a title's n-grams


@dataclass(frozen=True, eq=False)
class Codes:
    """The codes a title can get, by position.

    Attributes
    ----------
    minors
        Position of each code's minor group among all minor groups.
    groups
        Which codes are groups, not occupations.
    """

    minors: NDArray[np.int64]
    groups: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.minors)


@dataclass(frozen=True, eq=False)
class Spoken:
    """What the lexicon says: shares of votes, likeness of the nearest text and name."""

    votes: Dense
    nearest: Dense
    named: Dense

    def shortlist(self) -> Dense:
        """How promising each code is, to choose candidates by."""
        return self.votes + np.float32(0.5) * self.named

    def features(self, at: NDArray[np.int64], codes: Codes) -> list[NDArray]:
        """Features of the candidates `at` (titles x candidates)."""
        row = np.arange(len(at))[:, None]
        return [self.votes[row, at], self.nearest[row, at], self.named[row, at], codes.groups[at]]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Texts with certain codes, as votes for titles.

    Attributes
    ----------
    vectoriser
        Of all texts known to the coder.
    texts, labels
        N-grams of the lexicon, a column a text, without the commonest; and their codes.
    names, name_labels
        The same of the official names of occupations and minor groups.
    codes
        The codes there are.
    """

    vectoriser: Vectoriser
    texts: sparse.csr_matrix
    labels: NDArray[np.int64]
    names: sparse.csr_matrix
    name_labels: NDArray[np.int64]
    codes: Codes

    def speak(self, rows: sparse.csr_matrix) -> Spoken:
        """The lexicon's evidence for titles."""
        n = len(self.codes)
        near = sparse.csr_matrix(rows @ self.texts)
        named = sparse.csr_matrix(rows @ self.names)
        return Spoken(
            shares(votes(near, self.labels, n, 4), 0.02),
            nearest(near, self.labels, n),
            nearest(named, self.name_labels, n),
        )


@dataclass(frozen=True, eq=False)
class Heard:
    """What confirmed titles say: learnt score, shares of votes, likeness of the nearest, how often
    a code was confirmed, and how often where the lexicon said the same."""

    learnt: Dense
    votes: Dense
    nearest: Dense
    times: NDArray
    habit: Dense

    def shortlist(self) -> Dense:
        """How promising each code is, to choose candidates by."""
        return self.learnt + np.float32(0.5) * self.votes + np.float32(0.3) * self.habit

    def features(self, at: NDArray[np.int64], codes: Codes) -> list[NDArray]:
        """Features of the candidates `at` (titles x candidates)."""
        row = np.arange(len(at))[:, None]
        score = self.learnt[row, at]
        minor = np.maximum(self.learnt, 0) @ one_hot(codes.minors, int(codes.minors.max()) + 1)
        return [
            score,
            score - self.learnt.max(axis=1, keepdims=True),
            self.votes[row, at],
            self.nearest[row, at],
            np.log1p(self.times[row, at]),
            self.habit[row, at],
            np.asarray(minor)[row, codes.minors[at]],
        ]


@dataclass(frozen=True, eq=False)
class Confirmed:
    """What people confirmed, learnt.

    Attributes
    ----------
    titles, labels
        N-grams of the confirmed titles, a column a title, without the commonest; and their codes.
    ridge
        The learnt score.
    habit
        Share in which each code (column) was confirmed where the lexicon voted for a code (row).
    weights
        Of all features, learnt.
    score, right
        Of each confirmed title, judged by all the others: the best candidate's probability, and
        whether it was right.
    """

    titles: sparse.csr_matrix
    labels: NDArray[np.int64]
    ridge: Ridge
    habit: sparse.csr_matrix
    weights: Choice
    score: NDArray[np.float64]
    right: NDArray[np.bool_]

    def hear(self, rows: sparse.csr_matrix, spoken: Spoken) -> Heard:
        """The evidence of confirmed titles for other titles."""
        n = spoken.votes.shape[1]
        near = sparse.csr_matrix(rows @ self.titles)
        times = np.bincount(self.labels, minlength=n)
        return Heard(
            self.ridge.score(_with_opinion(rows, spoken)),
            shares(votes(near, self.labels, n, 3), 0.05),
            nearest(near, self.labels, n),
            np.broadcast_to(times, spoken.votes.shape),
            np.asarray(spoken.votes @ self.habit),
        )


def learn(lexicon: Lexicon, rows: sparse.csr_matrix, labels: NDArray[np.int64]) -> Confirmed:
    """Learn from confirmed titles, each judged by all the others, so scores are honest."""
    spoken = lexicon.speak(rows)
    named = np.isin(lexicon.name_labels, np.unique(labels))
    ridge, left_out = _fit_ridge(lexicon, named, rows, labels, spoken)
    label = one_hot(labels, len(lexicon.codes))
    mass = np.asarray(label.T @ spoken.votes, dtype=np.float32)
    total = mass.sum(axis=0) + np.float32(0.5)
    shared = (mass / total).T
    habit = spoken.votes @ shared
    habit[np.arange(len(labels)), labels] -= (spoken.votes**2 / total).sum(axis=1)
    titles = lexicon.vectoriser.columns(rows)
    others = without_self(sparse.csr_matrix(rows @ titles))
    n = len(lexicon.codes)
    heard = Heard(
        left_out,
        shares(votes(others, labels, n, 3), 0.05),
        nearest(others, labels, n),
        np.asarray(label.sum(axis=0), dtype=np.float32).reshape(1, -1) - label.toarray(),
        habit,
    )
    at, x = candidates(spoken, heard, lexicon.codes)
    hit = at == labels[:, None]
    position = np.where(hit.any(axis=1), hit.argmax(axis=1), -1)
    weights = Choice.fit(x, position, CONFIRMED_WEIGHTS, strength=2.0)
    chance = weights.probabilities(x)
    return Confirmed(
        titles,
        labels,
        ridge,
        sparse.csr_matrix(np.where(shared > 0.01, shared, np.float32(0))),
        weights,
        chance.max(axis=1),
        chance.argmax(axis=1) == position,
    )


def _fit_ridge(
    lexicon: Lexicon,
    named: NDArray[np.bool_],
    rows: sparse.csr_matrix,
    labels: NDArray[np.int64],
    spoken: Spoken,
) -> tuple[Ridge, Dense]:
    """The learnt score, and that of each confirmed title by all the others."""
    names = sparse.csr_matrix(lexicon.names.T)[named]
    x = sparse.vstack(
        [_with_opinion(names, lexicon.speak(names)), _with_opinion(rows, spoken)]
    ).tocsr()
    n_names = int(named.sum())
    weights = np.ones(n_names + len(labels), dtype=np.float32)
    weights[:n_names] = _NAME_WEIGHT
    every = np.concatenate([lexicon.name_labels[named], labels])
    ridge, left_out = Ridge.fit(x, every, len(lexicon.codes), weights=weights, penalty=_PENALTY)
    return ridge, left_out[n_names:]


def _with_opinion(rows: sparse.csr_matrix, spoken: Spoken) -> sparse.csr_matrix:
    """N-gram rows with the lexicon's clear votes as further columns."""
    clear = np.where(spoken.votes > 0.05, _OPINION * spoken.votes, np.float32(0))
    return sparse.hstack([rows, sparse.csr_matrix(clear)]).tocsr()


def candidates(
    spoken: Spoken, heard: Heard | None, codes: Codes
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Each title's candidate codes (positions) and their features.

    Returns
    -------
    at
        Titles x candidates.
    x
        Titles x candidates x features, the lexicon's before those of confirmed titles.
    """
    promise = spoken.shortlist() if heard is None else spoken.shortlist() * 0.4 + heard.shortlist()
    k = min(CANDIDATES, len(codes))
    at = np.argpartition(-promise, k - 1, axis=1)[:, :k]
    found = spoken.features(at, codes)
    if heard is not None:
        found += heard.features(at, codes)
    return at, np.stack([np.asarray(each, dtype=np.float64) for each in found], axis=2)
