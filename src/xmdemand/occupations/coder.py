"""Job titles to occupation codes, with probabilities that keep their promise."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.errors import InputError
from xmdemand.notes import Notes
from xmdemand.occupations.choice import threshold
from xmdemand.occupations.classification import Classification
from xmdemand.occupations.lexicon import Entry, confirmed_codes, lexicon
from xmdemand.occupations.ngrams import Vectoriser
from xmdemand.occupations.titles import clean_title
from xmdemand.occupations.witnesses import (
    LEXICON_WEIGHTS,
    Codes,
    Confirmed,
    Lexicon,
    candidates,
    learn,
)

LEARN_FROM = 200
"""Fewer confirmed titles than this join the lexicon; from this number on they are learnt from."""

LEARN_AT_MOST = 6000
"""The learnt score uses the latest confirmed titles up to this number (time is cubic in it)."""

SCORES = {"confirmed": 0.98, "name": 0.97, "work_type": 0.95, "former_name": 0.9, "alias": 0.9}
"""Probability that a title met exactly has the code of its source (docs/decisions.md)."""

UNMATCHED_BELOW = 0.05
"""Titles whose best candidate is less probable than this count as unmatched."""

_BATCH = 512


class TitleCoder:
    """Codes job titles to occupations.

    A title is looked up among confirmed titles, official names, work types and aliases; the rest
    get probabilities from a conditional logit over the evidence of similar titles
    (`witnesses`, `choice`). It needs no optional dependency, is deterministic, and is fitted when
    made.

    Parameters
    ----------
    confirmed
        ``title, code`` (and ``name`` if known): what people confirmed in earlier years, codes of
        any edition.
    classification
        The classification to code to; the current Chinese one if not given.
    precision
        Share of titles coded without a person that must be right; sets the threshold of status
        ``coded``. It is measured on the confirmed titles, each judged by all the others; with
        few of them only titles met exactly, or of at least this probability, are coded.

    Attributes
    ----------
    notes
        Confirmed titles that could not be used.

    Examples
    --------
    >>> coder = TitleCoder()
    >>> coder.code(["叉车司机", "普工"])[["status", "code", "method"]].values.tolist()
    [['coded', '6-30-05-01', 'alias'], ['review', '6-99-00', 'vague']]
    """

    def __init__(
        self,
        confirmed: pd.DataFrame | None = None,
        classification: Classification | None = None,
        *,
        precision: float = 0.9,
    ) -> None:
        if not 0 < precision < 1:
            raise InputError(f"precision={precision}: expected a fraction between 0 and 1")
        self.classification = classification or Classification.load()
        self._names = self.classification.frame.set_index("code")["name"].to_dict()
        self._codes = np.array(sorted(map(str, self._names)))
        self._entries = lexicon(self.classification)
        self._exact: dict[str, str] = {}
        self.notes: Notes = ()
        known = pd.DataFrame(columns=["title", "text", "code"])
        if confirmed is not None:
            known, self.notes = confirmed_codes(confirmed, self.classification)
            self._exact = dict(zip(known["title"].str.lower(), known["code"], strict=True))
        self._learnt: Confirmed | None = None
        self._threshold = precision
        if len(known) < LEARN_FROM:
            confirmed_entries = {
                text: Entry(code, "confirmed")
                for text, code in zip(known["text"], known["code"], strict=True)
            }
            self._entries = {**self._entries, **confirmed_entries}
            self._lexicon = self._build_lexicon([])
        else:
            latest = known.tail(LEARN_AT_MOST)
            self._lexicon = self._build_lexicon(list(latest["text"]))
            rows = self._lexicon.vectoriser.transform(list(latest["text"]))
            self._learnt = learn(self._lexicon, rows, self._positions(latest["code"]))
            measured = threshold(self._learnt.score, self._learnt.right, precision)
            self._threshold = min(measured, precision)

    def _positions(self, codes: Iterable[str]) -> NDArray[np.int64]:
        return np.searchsorted(self._codes, np.asarray(list(codes), dtype=self._codes.dtype))

    def _build_lexicon(self, more_texts: list[str]) -> Lexicon:
        frame = self.classification.frame
        named = frame[frame["level"].isin(["unit", "minor"])]
        texts, names = list(self._entries), [clean_title(name) for name in named["name"]]
        vectoriser = Vectoriser.fit([*texts, *more_texts])
        minors = [self._minor(code) for code in self._codes]
        level = frame.set_index("code")["level"]
        return Lexicon(
            vectoriser,
            vectoriser.columns(vectoriser.transform(texts)),
            self._positions(entry.code for entry in self._entries.values()),
            vectoriser.columns(vectoriser.transform(names)),
            self._positions(named["code"]),
            Codes(
                np.unique(minors, return_inverse=True)[1],
                (level[self._codes] != "unit").to_numpy(),
            ),
        )

    def _minor(self, code: str) -> str:
        above = (code, *self.classification.ancestors(code))
        return next((c for c in above if self.classification.level(c) == "minor"), code)

    def code(self, titles: Iterable[str], top: int = 5) -> pd.DataFrame:
        """Code titles, one row each in input order.

        Parameters
        ----------
        titles
            As people write them; equal ones are coded once.
        top
            How many alternatives to give.

        Returns
        -------
        DataFrame
            ``title, status`` (``coded``: right with the promised precision; ``review``: a person
            should look; ``unmatched``: nothing is near), ``code`` (an occupation, or a group where
            the title says no more), ``name, score`` (probability that the code is right),
            ``method`` (``confirmed, name, work_type, former_name, alias, vague, model, none``),
            ``alternatives`` (up to `top` of ``{code, name, score}``, best first).
        """
        given = ["" if title is None else str(title) for title in titles]
        distinct = list(dict.fromkeys(given))
        texts = {title: clean_title(title) for title in distinct}
        ranked = self._rank(list(dict.fromkeys(texts.values())), top)
        rows = {title: self._decide(title, text, *ranked[text]) for title, text in texts.items()}
        columns = ["title", "status", "code", "name", "score", "method", "alternatives"]
        return pd.DataFrame([(title, *rows[title]) for title in given], columns=columns)

    def _rank(self, texts: list[str], top: int) -> dict[str, tuple[list[str], list[float]]]:
        """The most probable codes of each text and their probabilities."""
        weights = self._learnt.weights if self._learnt else LEXICON_WEIGHTS
        ranked: dict[str, tuple[list[str], list[float]]] = {}
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            rows = self._lexicon.vectoriser.transform(batch)
            spoken = self._lexicon.speak(rows)
            heard = self._learnt.hear(rows, spoken) if self._learnt else None
            at, x = candidates(spoken, heard, self._lexicon.codes)
            chance = weights.probabilities(x)
            best = np.argsort(-chance, axis=1, kind="stable")[:, :top]
            codes = self._codes[np.take_along_axis(at, best, axis=1)].tolist()
            chances = np.take_along_axis(chance, best, axis=1).tolist()
            ranked.update(zip(batch, zip(codes, chances, strict=True), strict=True))
        return ranked

    def _decide(self, title: str, text: str, near: list[str], chance: list[float]) -> tuple:
        """Status, code, name, score, method and alternatives of one title."""
        code, score, method = near[0], chance[0], "model"
        entry = self._entries.get(text)
        if title.lower() in self._exact:
            code, score, method = self._exact[title.lower()], SCORES["confirmed"], "confirmed"
        elif entry is not None and entry.source == "vague" and (not self._learnt or score < 0.5):
            code, score, method = entry.code, 0.5, "vague"
        elif entry is not None and entry.source != "vague" and self._believes(entry):
            code, score, method = entry.code, SCORES[entry.source], entry.source
        elif score < UNMATCHED_BELOW:
            return ("unmatched", "", "", 0.0, "none", self._listed(near, chance))
        sure = method not in ("model", "vague") or score >= self._threshold
        vague = entry is not None and entry.source == "vague" and method != "confirmed"
        if code in near:
            place = near.index(code)
            near, chance = near[:place] + near[place + 1 :], chance[:place] + chance[place + 1 :]
        alternatives = self._listed([code, *near][: len(near) + 1], [score, *chance])
        status = "coded" if sure and not vague else "review"
        return (status, code, self._names[code], score, method, alternatives)

    def _believes(self, entry: Entry) -> bool:
        """Whether an entry decides alone: aliases are only evidence once people's own are known."""
        return self._learnt is None or entry.source in ("name", "work_type")

    def _listed(self, codes: list[str], scores: list[float]) -> list[dict[str, object]]:
        return [
            {"code": code, "name": self._names[code], "score": score}
            for code, score in zip(codes, scores, strict=False)
        ]
