"""Job titles to occupation codes, with probabilities that keep their promise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from xmdemand.errors import InputError
from xmdemand.occupations.classification import Classification
from xmdemand.occupations.layers import packaged
from xmdemand.occupations.ngrams import Vectoriser
from xmdemand.occupations.titles import clean_title

CODED_AT = 0.9
"""Probability from which a title is coded without a person."""


@dataclass(frozen=True)
class Known:
    """A title whose code is certain: where it comes from."""

    code: str
    method: str


class TitleCoder:
    """Codes job titles to occupations.

    Parameters
    ----------
    confirmed
        ``title, code``: what people confirmed in earlier years (codes of any edition).
    classification
        The classification to code to; the current Chinese one if not given.

    Examples
    --------
    >>> TitleCoder().code(["叉车司机", "普工"])[["status", "code", "method"]].values.tolist()
    [['coded', '6-30-05-01', 'alias'], ['review', '6-99-00', 'vague']]
    """

    def __init__(
        self,
        confirmed: pd.DataFrame | None = None,
        classification: Classification | None = None,
    ) -> None:
        self.classification = classification or Classification.load()
        self._known = _known_titles(self.classification, confirmed)
        self._texts = list(self._known)
        self._codes = np.array([known.code for known in self._known.values()])
        self._vectoriser = Vectoriser.fit(self._texts)
        self._rows = self._vectoriser.transform(self._texts).T.tocsr()

    def code(self, titles: Iterable[str], top: int = 5) -> pd.DataFrame:
        """Code titles, one row each in input order.

        Returns
        -------
        DataFrame
            ``title, status`` (``coded, review, unmatched``), ``code, name, score`` (probability
            that the code is right), ``method, alternatives`` (up to `top` of
            ``{code, name, score}``, best first).
        """
        given = [str(title) for title in titles]
        distinct = list(dict.fromkeys(given))
        cleaned = [clean_title(title) for title in distinct]
        found = self._retrieve(cleaned, top)
        rows = {
            title: self._decide(title, text, candidates)
            for title, text, candidates in zip(distinct, cleaned, found, strict=True)
        }
        columns = ["title", "status", "code", "name", "score", "method", "alternatives"]
        return pd.DataFrame([(title, *rows[title]) for title in given], columns=columns)

    def _decide(self, title: str, text: str, near: list[dict]) -> tuple:
        known = self._known.get(title.lower()) or self._known.get(text)
        if known is not None:
            score = 0.5 if known.method == "vague" else 0.97
            first = {
                "code": known.code,
                "name": self.classification.name(known.code),
                "score": score,
            }
            rest = [c for c in near if c["code"] != known.code]
            status = "review" if known.method == "vague" else "coded"
            return (status, first["code"], first["name"], score, known.method, [first, *rest][:5])
        if not near or near[0]["score"] < 0.05:
            return ("unmatched", "", "", 0.0, "none", near)
        best = near[0]
        status = "coded" if best["score"] >= CODED_AT else "review"
        return (status, best["code"], best["name"], best["score"], "ngrams", near)

    def _retrieve(self, texts: Sequence[str], top: int) -> list[list[dict]]:
        likeness = sparse.csr_matrix(self._vectoriser.transform(texts) @ self._rows)
        found = []
        for row in range(likeness.shape[0]):
            part = slice(likeness.indptr[row], likeness.indptr[row + 1])
            order = np.argsort(-likeness.data[part], kind="stable")[:50]
            best: dict[str, float] = {}
            for index in order:
                code = str(self._codes[likeness.indices[part][index]])
                best.setdefault(code, float(likeness.data[part][index]) ** 2)
            found.append(
                [
                    {"code": code, "name": self.classification.name(code), "score": min(s, 0.95)}
                    for code, s in list(best.items())[:top]
                ]
            )
        return found


def _known_titles(
    classification: Classification, confirmed: pd.DataFrame | None
) -> dict[str, Known]:
    """Every title with a certain code; what people confirmed comes before the package's own."""
    known: dict[str, Known] = {}
    if confirmed is not None:
        missing = {"title", "code"} - set(confirmed.columns)
        if missing:
            raise InputError(f"confirmed: missing columns {', '.join(sorted(missing))}")
        for title, code in zip(confirmed["title"], confirmed["code"], strict=True):
            hit = classification._by_code(code)
            if hit is not None:
                known.setdefault(str(title).lower(), Known(hit.code, "confirmed"))
                known.setdefault(clean_title(title), Known(hit.code, "confirmed"))
    frame = classification.frame
    for code, name in frame.loc[frame["level"] == "unit", ["code", "name"]].to_numpy():
        known.setdefault(clean_title(name), Known(code, "name"))
    for code, name in classification.work_type_table.to_numpy():
        known.setdefault(clean_title(name), Known(code, "work_type"))
    for file, method in (("aliases.csv", "alias"), ("vague_titles.csv", "vague")):
        for title, code in packaged(file)[["title", "code"]].to_numpy():
            hit = classification._by_code(code)
            if hit is not None:
                known.setdefault(clean_title(title), Known(hit.code, method))
    return known
