"""The two witnesses for a title's code, and what they say of each candidate.

The *lexicon* (official names, work types, aliases) needs nobody's work. What people *confirmed*
corrects its opinion. Rows are titles, columns are codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from xmdemand.occupations.choice import Choice
from xmdemand.occupations.evidence import (
    Ballot,
    Dense,
    Documents,
    KernelRidge,
    by_code,
    rows_of,
)
from xmdemand.occupations.ngrams import Vectoriser

LEXICON_WEIGHTS = Choice(np.array([-1.15, 1.0, 3.2, 0.1, 1.2]), -1.15)
"""Weights without confirmed titles: measured once on labelled advertisements, then fixed."""

CONFIRMED_WEIGHTS = Choice(
    np.array([-1.4, 0.7, 2.6, 0.1, 0.2, 4.2, -1.5, 1.4, 1.1, 0, -0.6, -0.9, -2.2, 0, 0]), -1.2
)
"""Where the weights start when they are learnt from confirmed titles."""

_NEAR, _DOUBT, _CLEAR = 0.15, 0.02, 0.05  # texts that vote; votes for nobody; a clear share
_CLEAN, _OPINION = 0.7, 0.3  # cleaned title against the whole one; lexicon beside the n-grams
_PENALTY, _PAIRED = 0.3, 0.2  # of the ridge; likeness from which on documents count in pairs
_PRIOR, _FAINT = 0.3, 0.02  # the lexicon's weight before the ridge; what is too little to add
_HEARD = 0.005  # a code with this share of votes is a candidate while nothing is learnt
_LIKED = 0.5  # a code with so much of the lexicon's opinion is learnt though never confirmed
_LEARNT = 0.02  # a code with this learnt score is a candidate; the lexicon's come on top
_LOG_FROM = 1e-3

Index = NDArray[np.int64]


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

    minors: Index
    groups: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.minors)


@dataclass(frozen=True, eq=False)
class Spoken:
    """What the lexicon says of titles: their n-grams and the ballot of its texts."""

    rows: sparse.csr_matrix
    ballot: Ballot

    def known(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How much of each title is known, and logarithm of how many n-grams that is.

        The same for all of a title's candidates: they tell these from "none of these"."""
        count = np.diff(self.rows.indptr)
        squares = self.rows.data.astype(np.float64) ** 2
        share = np.bincount(rows_of(self.rows), squares, minlength=len(count)).astype(np.float64)
        return share, np.log1p(count)

    def prior(self, n_codes: int) -> sparse.csr_matrix:
        """The lexicon's opinion of each code before anything is learnt, titles x codes."""
        both = _PRIOR * (self.ballot.named**2 + self.ballot.share)
        return self._matrix(both, n_codes, _FAINT)

    def opinion(self, n_codes: int) -> sparse.csr_matrix:
        """Its clear shares of votes, titles x codes."""
        return self._matrix(self.ballot.share, n_codes, _CLEAR)

    def _matrix(self, data: NDArray, n_codes: int, floor: float) -> sparse.csr_matrix:
        kept = data > floor
        row, code = np.divmod(self.ballot.key[kept], n_codes)
        indptr = np.searchsorted(row, np.arange(self.rows.shape[0] + 1))
        parts = (data[kept].astype(np.float32), code, indptr)
        return sparse.csr_matrix(parts, shape=(self.rows.shape[0], n_codes))


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Texts with certain codes, as votes for titles.

    Attributes
    ----------
    vectoriser
        Of the lexicon's texts and the confirmed titles.
    texts
        N-grams of the lexicon, a column a text.
    documents
        What each text stands for.
    codes
        The codes there are.
    """

    vectoriser: Vectoriser
    texts: sparse.csr_matrix
    documents: Documents
    codes: Codes

    @classmethod
    def build(
        cls, texts: Sequence[str], documents: Documents, codes: Codes, more: Sequence[str]
    ) -> Lexicon:
        """Of cleaned texts; `more` texts only add to the vocabulary."""
        vectoriser = Vectoriser.fit([*texts, *more])
        columns = sparse.csr_matrix(vectoriser.transform(texts).T)
        return cls(vectoriser, columns, documents, codes)

    def speak(self, cleaned: Sequence[str]) -> Spoken:
        """The lexicon's evidence for titles."""
        rows = self.vectoriser.transform(cleaned)
        near = sparse.csr_matrix(rows @ self.texts)
        return Spoken(
            rows, by_code(near, self.documents, len(self.codes), floor=_NEAR, doubt=_DOUBT)
        )


@dataclass(frozen=True, eq=False)
class Heard:
    """What confirmed titles say: learnt score, and how often a code was confirmed.

    Attributes
    ----------
    score
        Titles x `columns`.
    columns
        Positions of the codes the score is learnt for.
    prior
        The score of all other codes, titles x codes.
    times
        How often each code was confirmed.
    own
        Code of each title if it is one of the confirmed (it does not count in `times`).
    """

    score: Dense
    columns: Index
    prior: sparse.csr_matrix
    times: Index
    own: Index | None = None

    def best(self) -> Index:
        """Keys (title and code) of scores worth a look."""
        row, column = np.divmod(np.flatnonzero(self.score > _LEARNT), len(self.columns))
        return row * self.prior.shape[1] + self.columns[column]

    def features(self, of: Index, code: Index, codes: Codes) -> list[NDArray[np.float64]]:
        """Of title and code: learnt score, its distance to the title's best, its sum in the minor
        group, its logarithm, and how often the code occurs."""
        score = self._score(of, code)
        best = np.zeros(len(self.score))
        np.maximum.at(best, of, score)
        groups = int(codes.minors.max()) + 1
        cell = of * groups + codes.minors[code]
        minor = np.bincount(cell, np.maximum(score, 0))
        times = self.times[code]
        if self.own is not None:
            times = times - (self.own[of] == code)
        return [score, score - best[of], minor[cell], _log(score), np.log1p(times)]

    def _score(self, of: Index, code: Index) -> NDArray[np.float64]:
        column = _places(self.columns, self.prior.shape[1])[code]
        learnt = column >= 0
        score = np.zeros(len(of))
        score[learnt] = self.score[of[learnt], column[learnt]]
        if not learnt.all():
            score[~learnt] = np.asarray(self.prior[of[~learnt], code[~learnt]]).ravel()
        return score


@dataclass(frozen=True, eq=False)
class Confirmed:
    """What people confirmed, learnt.

    Attributes
    ----------
    vectoriser
        Of cleaned and of whole titles.
    ridge
        What is added to the lexicon's opinion, for the codes in `columns`.
    columns, times
        Positions of the codes that are learnt; how often each code was confirmed.
    weights
        Of all features, learnt.
    score, right
        Of each confirmed title, judged by all the others: the best candidate's probability, and
        whether it was right.
    """

    vectoriser: Vectoriser
    ridge: KernelRidge
    columns: Index
    times: Index
    weights: Choice
    score: NDArray[np.float64]
    right: NDArray[np.bool_]

    def hear(self, cleaned: Sequence[str], plain: Sequence[str], spoken: Spoken) -> Heard:
        """The evidence of confirmed titles for other titles, cleaned and whole."""
        n_codes = len(self.times)
        prior = spoken.prior(n_codes)
        rows = _rows(spoken, _words(spoken, cleaned, plain, self.vectoriser), n_codes)
        score = self.ridge.score(rows)
        _add_columns(score, prior, self.columns)
        return Heard(score, self.columns, prior, self.times)


def learn(
    lexicon: Lexicon, cleaned: Sequence[str], plain: Sequence[str], labels: Index
) -> Confirmed:
    """Learn from confirmed titles, each judged by all the others, so scores are honest.

    The ridge learns what the labels have beyond the lexicon's opinion, also that a code the
    lexicon likes is never used.
    """
    n, n_codes = len(labels), len(lexicon.codes)
    spoken = lexicon.speak(cleaned)
    prior = spoken.prior(n_codes)
    times = np.bincount(labels, minlength=n_codes)
    liked = np.bincount(prior.indices, prior.data, minlength=n_codes)
    learnt = np.flatnonzero((times > 0) | (liked > _LIKED))
    opinion = np.zeros((n, len(learnt)), dtype=np.float32)
    _add_columns(opinion, prior, learnt)
    target = (labels[:, None] == learnt).astype(np.float32) - opinion
    rows = _rows(spoken, _words(spoken, cleaned, plain, lexicon.vectoriser), n_codes)
    ridge, left_out = KernelRidge.fit(rows, target, _PENALTY, near=_PAIRED)
    heard = Heard(left_out + opinion, learnt, prior, times, own=labels)
    of, code, x = candidates(spoken, heard, lexicon.codes)
    right = code == labels[of]
    weights = Choice.fit(x, of, right, n, CONFIRMED_WEIGHTS, strength=0.5)
    chance = weights.probabilities(x, of, n)
    order = np.lexsort((-chance, of))
    first = order[np.flatnonzero(np.diff(of[order], prepend=-1))]
    return Confirmed(lexicon.vectoriser, ridge, learnt, times, weights, chance[first], right[first])


def candidates(
    spoken: Spoken, heard: Heard | None, codes: Codes
) -> tuple[Index, Index, NDArray[np.float64]]:
    """Each title's candidates: every code the lexicon speaks for, and the best learnt scores.

    Returns
    -------
    of, code
        Title and code of each candidate, in the order of titles.
    x
        Candidates x features, the lexicon's before those of confirmed titles.
    """
    n_codes = len(codes)
    key = spoken.ballot.key[spoken.ballot.share > _HEARD]
    if heard is not None:
        key = np.concatenate([rows_of(heard.prior) * n_codes + heard.prior.indices, heard.best()])
    key = np.sort(key)
    key = key[np.diff(key, prepend=-1) > 0]
    of, code = np.divmod(key, n_codes)
    share, near, name = spoken.ballot.of(key)
    found = [share, near, name, codes.groups[code].astype(np.float64), _log(share)]
    if heard is not None:
        more = heard.features(of, code, codes)
        found += [*more, more[0] * share, more[0] * near, more[0] * name]
        found += [each[of] for each in spoken.known()]
    return of, code, np.stack(found, axis=1)


def _words(
    spoken: Spoken, cleaned: Sequence[str], plain: Sequence[str], vectoriser: Vectoriser
) -> sparse.csr_matrix:
    """N-grams of titles, mixed of the cleaned and of the whole title where these differ."""
    other = [i for i, (one, two) in enumerate(zip(cleaned, plain, strict=True)) if one != two]
    if not other:
        return spoken.rows
    whole = vectoriser.transform([plain[i] for i in other])
    share = np.ones(len(cleaned), dtype=np.float32)
    share[other] = _CLEAN
    rows = spoken.rows
    one = sparse.csr_matrix(
        (rows.data * share[rows_of(rows)], rows.indices, rows.indptr), shape=rows.shape
    )
    length = np.zeros(len(cleaned) + 1, dtype=rows.indptr.dtype)
    length[np.add(other, 1)] = np.diff(whole.indptr)
    two = (whole.data * np.float32(1 - _CLEAN), whole.indices, np.cumsum(length))
    return sparse.csr_matrix(one + sparse.csr_matrix(two, shape=rows.shape))


def _rows(spoken: Spoken, words: sparse.csr_matrix, n_codes: int) -> sparse.csr_matrix:
    """Titles as rows: their n-grams and the lexicon's opinion.

    Of unit length, or shorter where words are unknown or the two spellings differ.
    """
    opinion = spoken.opinion(n_codes)
    weight = np.bincount(rows_of(opinion), opinion.data**2, minlength=opinion.shape[0])
    rows = sparse.csr_matrix(sparse.hstack([words, opinion * np.float32(np.sqrt(_OPINION))]))
    length = np.sqrt(1 + _OPINION * weight).astype(np.float32)
    rows.data /= length[rows_of(rows)]
    return rows


def _places(wanted: Index, n: int) -> Index:
    """Where each of `n` codes stands in `wanted`, or -1."""
    place = np.full(n, -1)
    place[wanted] = np.arange(len(wanted))
    return place


def _add_columns(to: Dense, matrix: sparse.csr_matrix, wanted: Index) -> None:
    """Add some columns of a sparse matrix to a dense one that has these alone."""
    column = _places(wanted, matrix.shape[1])[matrix.indices]
    kept = column >= 0
    to[rows_of(matrix)[kept], column[kept]] += matrix.data[kept]


def _log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(np.maximum(values, _LOG_FROM))
