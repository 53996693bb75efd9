"""Character n-grams of short texts as sparse TF-IDF rows, built with array arithmetic alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_BITS = 21  # a Unicode code point has at most 21 bits, so three fit into 63
_START, _END = "\x02", "\x03"
_SINGLE = 1.5  # how much more a single character weighs than a pair


def grams(texts: Sequence[str], longest: int = 2) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row numbers and keys of all character n-grams, 1 <= n <= `longest` <= 3.

    Begin and end of a text count as characters of their own in n-grams of two or more. The key of
    an n-gram is its code points, 21 bits each: no table, no collisions.

    >>> rows, keys = grams(["ab"])
    >>> len(keys)  # a, b, ^a, ab, b$
    5
    """
    joined = "".join(f"{_START}{text}{_END}" for text in texts)
    encoded = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    points = encoded.astype(np.int64)
    lengths = np.fromiter((len(text) + 2 for text in texts), dtype=np.int64, count=len(texts))
    row = np.repeat(np.arange(len(texts)), lengths)
    inner = (points != ord(_START)) & (points != ord(_END))
    rows, keys = [row[inner]], [points[inner]]
    key = points
    for n in range(2, longest + 1):
        key = (key[:-1] << _BITS) | points[n - 1 :]
        whole = row[: len(key)] == row[n - 1 :]
        rows.append(row[: len(key)][whole])
        keys.append(key[whole])
    return np.concatenate(rows), np.concatenate(keys)


@dataclass(frozen=True, eq=False)
class Vectoriser:
    """Weighted n-grams over a fixed vocabulary: (1 + log tf) x sqrt(idf), divided by the length.

    The square root because titles are short: with the whole idf a rare name of a firm outweighs
    the word for the work (0.007 of accuracy). Single characters weigh half as much again: a
    character is a morpheme, and words for one work share it oftener than a pair (0.005;
    docs/decisions.md).

    Attributes
    ----------
    keys
        Sorted n-gram keys.
    weight
        ``sqrt(1 + log((1 + documents) / (1 + documents with the n-gram)))``, times 1.5 for
        single characters.
    documents
        How many texts the vocabulary was learnt from.
    longest
        The longest n-gram.
    """

    keys: NDArray[np.int64]
    weight: NDArray[np.float32]
    documents: int
    longest: int = 2

    @classmethod
    def fit(cls, texts: Sequence[str], *, longest: int = 2) -> Vectoriser:
        """The vocabulary of `texts`."""
        rows, keys = grams(texts, longest)
        vocabulary, column = np.unique(keys, return_inverse=True)
        seen = np.unique(rows * len(vocabulary) + column) % max(len(vocabulary), 1)
        df = np.bincount(seen, minlength=len(vocabulary))
        weight = np.sqrt(1 + np.log((1 + len(texts)) / (1 + df)))
        weight[vocabulary < 1 << _BITS] *= _SINGLE
        return cls(vocabulary, weight.astype(np.float32), len(texts), longest)

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Rows, shape texts x n-grams: of unit length if all n-grams are known, else shorter."""
        rows, keys = grams(texts, self.longest)
        shape = (len(texts), len(self.keys))
        if not len(self.keys) or not len(keys):
            return sparse.csr_matrix(shape, dtype=np.float32)
        column = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[column] == keys
        ones = np.ones(int(known.sum()), dtype=np.float32)
        counts = sparse.csr_matrix((ones, (rows[known], column[known])), shape=shape)
        counts.data = (1 + np.log(counts.data)) * self.weight[counts.indices]
        row = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
        squares = np.bincount(row, counts.data**2, minlength=len(texts))
        # an n-gram nobody knows matches nothing, but makes a text less like the others
        strange = np.bincount(rows[~known], minlength=len(texts))
        length = np.sqrt(squares + strange * (1 + np.log(1 + self.documents)))
        counts.data /= np.where(length > 0, length, 1)[row].astype(np.float32)
        return counts
