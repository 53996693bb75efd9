"""Job titles to occupation codes, with probabilities that keep their promise."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, repeat
from operator import itemgetter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.errors import ArgumentTypeError, InputError
from xmdemand.notes import Notes
from xmdemand.occupations.choice import best_first, threshold
from xmdemand.occupations.classification import Classification
from xmdemand.occupations.evidence import Documents
from xmdemand.occupations.hints import Hint, hints, tilt
from xmdemand.occupations.lexicon import Entry, confirmed_codes, lexicon
from xmdemand.occupations.titles import clean_and_plain, clean_title, plain_title
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

LEARN_AT_MOST = 4000
"""The learnt score uses the latest confirmed titles up to this number (time is cubic in it)."""

SCORES = {"confirmed": 0.98, "name": 0.97, "work_type": 0.95, "former_name": 0.9, "vague": 0.25}
"""Probability that a title met exactly has the code of its source (docs/decisions.md)."""

ALIAS_AT_LEAST = 0.5
"""An alias is as probable as all texts together say, but never less (docs/decisions.md)."""

ALIAS_CERTAIN = 0.7
"""At least, where somebody read that an alias means one occupation alone (docs/decisions.md)."""

ALIAS_CLEAR = 1.5
"""Where nobody did, an alias is coded if no other code is near: so many times as probable."""

UNMATCHED_BELOW = 0.05
"""Titles whose best candidate is less probable than this count as unmatched."""

Alternative = dict[str, object]
Answer = tuple[str, str, str, float, str, list[Alternative]]

_BATCH = 1024
_THREADS = min(4, os.cpu_count() or 1)  # a fifth of the work holds the lock of Python
_CONSIDERED = 6  # at least so many candidates are ranked, whatever `top` is


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
        self._codes = np.array(sorted(map(str, self._names)), dtype=object)
        self._code_names = np.array([self._names[code] for code in self._codes], dtype=object)
        units = self.classification.frame["level"] == "unit"
        self._groups = frozenset(self.classification.frame.loc[~units, "code"])
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
        latest = known.tail(LEARN_AT_MOST if len(known) >= LEARN_FROM else 0)
        plain = [plain_title(title) for title in latest["title"]]
        self._lexicon = self._build_lexicon(list(dict.fromkeys([*latest["text"], *plain])))
        if len(latest):
            labels = self._positions(latest["code"])
            self._learnt = learn(self._lexicon, list(latest["text"]), plain, labels)
            measured = threshold(self._learnt.score, self._learnt.right, precision)
            self._threshold = min(measured, precision)

    def _positions(self, codes: Iterable[str]) -> NDArray[np.int64]:
        place = {code: at for at, code in enumerate(self._codes)}
        return np.array([place[code] for code in codes], dtype=np.int64)

    def _build_lexicon(self, more_texts: list[str]) -> Lexicon:
        frame = self.classification.frame
        level = frame.set_index("code")["level"]
        groups = frame[frame["level"] == "minor"]
        official = [entry.source == "name" for entry in self._entries.values()]
        official += [True] * len(groups)
        at = self._positions([*(entry.code for entry in self._entries.values()), *groups["code"]])
        order = np.argsort(at, kind="stable")
        is_official = np.array(official)[order]
        documents = Documents(at[order], 1.0 + is_official, is_official)
        minors = [self._minor(code) for code in self._codes]
        codes = Codes(
            np.unique(minors, return_inverse=True)[1], (level[self._codes] != "unit").to_numpy()
        )
        texts = [*self._entries, *(clean_title(name) for name in groups["name"])]
        return Lexicon.build([texts[i] for i in order], documents, codes, more_texts)

    def _minor(self, code: str) -> str:
        above = (code, *self.classification.ancestors(code))
        return next((c for c in above if self.classification.level(c) == "minor"), code)

    def code(
        self,
        titles: Iterable[str],
        top: int = 5,
        *,
        industry: Iterable[str | None] | None = None,
        wage: Iterable[float | None] | None = None,
    ) -> pd.DataFrame:
        """Code titles, one row each in input order.

        Parameters
        ----------
        titles
            As people write them; equal ones are coded once.
        top
            How many alternatives to give, 1 or more.
        industry
            Of each title's firm: a code or name of GB/T 4754, or None. A nudge between near
            alternatives (see `hints`).
        wage
            Offered with each title, yuan a month, or None; likewise.

        Returns
        -------
        DataFrame
            ``title, status`` (``coded``: right with the promised precision, but of aliases, which
            decide only while little is confirmed, see `score`; ``review``: a person should look;
            ``unmatched``: nothing is near), ``code`` (an occupation, or a group where the title
            says no more), ``name, score`` (probability that the code is right),
            ``method`` (``confirmed, name, work_type, former_name, alias, vague, model, none``;
            ``model+industry``, ``model+wage`` or ``model+industry+wage`` where a hint changed the
            best code, which is always for review),
            ``alternatives`` (up to `top` of ``{code, name, score}``, best first).

        Raises
        ------
        InputError
            If `top` is less than 1, or industries or wages do not match the titles in number.
        ArgumentTypeError
            If `titles` is a text, whose characters are no titles.
        """
        if top < 1:
            raise InputError(f"top={top}: expected 1 or more alternatives")
        if isinstance(titles, str):
            raise ArgumentTypeError(f"titles are several, got one text: give [{titles!r}]")
        given = ["" if title is None else str(title) for title in titles]
        place: dict[tuple[str, Hint], int] = {}
        at = [
            place.setdefault(each, len(place))
            for each in zip(given, hints(len(given), industry, wage), strict=True)
        ]
        # in the order of titles: neighbours are alike, and what they need is at hand
        asked = sorted(place, key=itemgetter(0))
        batches = [asked[start : start + _BATCH] for start in range(0, len(asked), _BATCH)]
        with ThreadPoolExecutor(_THREADS) as pool:
            said = list(chain.from_iterable(pool.map(self._answers, batches, repeat(top))))
        answers = dict(zip((place[each] for each in asked), said, strict=True))
        columns = ["title", "status", "code", "name", "score", "method", "alternatives"]
        if not given:
            return pd.DataFrame(columns=columns)
        parts = [given, *zip(*(answers[i] for i in at), strict=True)]
        return pd.DataFrame(dict(zip(columns, parts, strict=True)))

    def _answers(self, asked: list[tuple[str, Hint]], top: int) -> list[Answer]:
        """What is said of each title; those that clean to the same are ranked once."""
        texts = [clean_and_plain(title) for title, _ in asked]
        distinct = list(dict.fromkeys(texts))
        cleaned, plain = zip(*distinct, strict=True)
        code, chance, starts = self._rank(cleaned, plain, max(top, _CONSIDERED))
        codes, names = self._codes[code].tolist(), self._code_names[code].tolist()
        chances = chance.tolist()
        listed = _listed(codes, names, chances)
        ranked = {
            text: (codes[start:end], chances[start:end], listed[start : min(start + top, end)])
            for text, start, end in zip(distinct, starts, starts[1:], strict=False)
        }
        return [
            self._decide(title, hint, text[0], *ranked[text], top)
            for (title, hint), text in zip(asked, texts, strict=True)
        ]

    def _rank(
        self, cleaned: Sequence[str], plain: Sequence[str], top: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], list[int]]:
        """The most probable codes of each title, their probabilities, and where a title's begin."""
        weights, heard = LEXICON_WEIGHTS, None
        spoken = self._lexicon.speak(cleaned)
        if self._learnt is not None:
            weights = self._learnt.weights
            heard = self._learnt.hear(cleaned, plain, spoken)
        of, code, x = candidates(spoken, heard, self._lexicon.codes)
        chance = weights.probabilities(x, of, len(cleaned)).astype(np.float32)
        order = best_first(of, chance)
        count = np.bincount(of, minlength=len(cleaned))
        rank = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
        order = order[rank < top]
        starts = np.append(0, np.cumsum(np.minimum(count, top)))
        return code[order], chance[order].astype(np.float64), starts.tolist()

    def _decide(
        self,
        title: str,
        hint: Hint,
        text: str,
        near: list[str],
        chance: list[float],
        listed: list[Alternative],
        top: int,
    ) -> Answer:
        """The answer for one title; `listed` are the first `top` of its likely codes."""
        entry = self._entries.get(text)
        likely = chance[0] if near else 0.0
        found = self._known(title, entry, near, chance)
        kinds = hint.kinds
        if found is not None:
            code, score, method = found
            codes, scores = _after(code, score, near, chance)
            sure = method != "vague" and (method != "alias" or _sure(entry, near, chance))
        elif likely < UNMATCHED_BELOW:
            return "unmatched", "", "", 0.0, "none", listed
        else:
            codes, scores = tilt(hint, near, chance) if kinds else (near, chance)
            moved = codes[0] != near[0]
            code, score, method = codes[0], scores[0], "model" + kinds * moved
            vague = entry is not None and entry.source == "vague"
            sure = likely >= self._threshold and not moved and not vague
        alternatives = listed
        if found is not None or kinds:
            codes, scores = codes[:top], scores[:top]
            alternatives = _listed(codes, [self._names[each] for each in codes], scores)
        return ("coded" if sure else "review", code, self._names[code], score, method, alternatives)

    def _known(
        self, title: str, entry: Entry | None, near: list[str], chance: list[float]
    ) -> tuple[str, float, str] | None:
        """Code, score and method of a title whose text decides."""
        if (exact := self._exact.get(title.lower())) is not None:
            return exact, SCORES["confirmed"], "confirmed"
        if entry is None:
            return None
        if entry.source == "vague" and not (self._learnt and near and chance[0] >= 0.5):
            return *self._group(entry.code, near, chance), "vague"
        if entry.source != "vague" and self._believes(entry):
            return entry.code, _score(entry, near, chance), entry.source
        return None

    def _group(self, code: str, near: list[str], chance: list[float]) -> tuple[str, float]:
        """The group of a vague title: the one given, or the likeliest once groups are learnt."""
        if self._learnt is None:
            return code, SCORES["vague"]
        likely = {c: p for c, p in zip(near, chance, strict=True) if c == code or c in self._groups}
        return max(likely.items(), key=lambda each: each[1], default=(code, UNMATCHED_BELOW))

    def _believes(self, entry: Entry) -> bool:
        """Whether an entry decides alone: all but names are only evidence once people's own codes
        are known."""
        return self._learnt is None or entry.source == "name"


def _listed(codes: list[str], names: list[str], scores: list[float]) -> list[Alternative]:
    return [
        {"code": code, "name": name, "score": score}
        for code, name, score in zip(codes, names, scores, strict=True)
    ]


def _score(entry: Entry, near: list[str], chance: list[float]) -> float:
    """Probability of a title met exactly: of an alias, what all texts of the lexicon say of it."""
    if entry.source != "alias":
        return SCORES[entry.source]
    floor = ALIAS_CERTAIN if entry.certain == "yes" else ALIAS_AT_LEAST
    return max(floor, dict(zip(near, chance, strict=True)).get(entry.code, 0.0))


def _sure(entry: Entry | None, near: list[str], chance: list[float]) -> bool:
    """Whether an alias means one occupation: as it was read, else if no other code comes near."""
    if entry is None or entry.certain:
        return entry is not None and entry.certain == "yes"
    likely = dict(zip(near, chance, strict=True))
    others = (p for other, p in likely.items() if other != entry.code)
    return likely.get(entry.code, 0.0) >= ALIAS_CLEAR * max(others, default=0.0)


def _after(
    code: str, score: float, near: list[str], chance: list[float]
) -> tuple[list[str], list[float]]:
    """A code that is known, then the likely ones, which share what probability is left; none of
    them is given more than the code itself."""
    if code in near:
        at = near.index(code)
        near, chance = near[:at] + near[at + 1 :], chance[:at] + chance[at + 1 :]
    left = min(1.0, (1 - score) / max(sum(chance), 1e-9))
    return [code, *near], [score, *[min(score, p * left) for p in chance]]
