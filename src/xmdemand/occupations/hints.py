"""What a firm's industry and the offered wage add to a title: a nudge between near alternatives.

No labelled titles with industry or wage are at hand, so the sizes are set by judgement, kept small,
and a title whose best code they change is for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xmdemand.errors import InputError, name_some
from xmdemand.occupations.layers import packaged

AT_HOME = 1.0
"""Added to the log-odds of an occupation whose group is at home in the firm's industry."""

BY_WAGE = 0.5
"""Added for professionals, taken from workers, when the wage is e times `USUAL_WAGE` or more."""

USUAL_WAGE = 8000.0
"""Yuan a month at which the wage says nothing."""

_SECTIONS = {
    "农": "A", "林业": "A", "渔": "A", "采矿": "B", "制造": "C", "电力": "D", "建筑": "E",
    "批发": "F", "零售": "F", "交通运输": "G", "仓储": "G", "邮政": "G", "住宿": "H", "餐饮": "H",
    "信息传输": "I", "软件": "I", "金融": "J", "房地产": "K", "租赁": "L", "商务服务": "L",
    "科学研究": "M", "水利": "N", "环境": "N", "居民服务": "O", "修理": "O", "教育": "P",
    "卫生": "Q", "社会工作": "Q", "文化": "R", "体育": "R", "娱乐": "R", "公共管理": "S",
}  # fmt: skip
_UNKNOWN = float("nan")  # one object, so that equal hints are found equal
_LETTER = re.compile(r"([A-S])\d{0,4}(?:\D.*)?", re.IGNORECASE)


class Hint(NamedTuple):
    """What is known beside a title: section of GB/T 4754 (or empty), wage in yuan a month."""

    section: str = ""
    wage: float = _UNKNOWN

    @property
    def kinds(self) -> str:
        """What speaks: ``+industry``, ``+wage``, both or nothing."""
        return ("+industry" if self.section else "") + ("+wage" if self.wage > 0 else "")


def section(industry: object) -> str:
    """The section of GB/T 4754 that an industry's code or name means; empty if none is told.

    >>> section("C39"), section("制造业"), section("不详")
    ('C', 'C', '')
    """
    text = str(industry).strip() if isinstance(industry, str) else ""
    if found := _LETTER.fullmatch(text):
        return found[1].upper()
    return next((letter for word, letter in _SECTIONS.items() if word in text), "")


def hints(n: int, industry: Iterable | None, wage: Iterable | None) -> list[Hint]:
    """One for each of `n` titles.

    Raises
    ------
    InputError
        If there are not as many industries or wages as titles, or wages are not numbers.
    """
    if industry is None and wage is None:
        return [Hint()] * n
    sections = [""] * n if industry is None else [section(each) for each in industry]
    given = [None] * n if wage is None else list(wage)
    for name, values in (("industry", sections), ("wage", given)):
        if len(values) != n:
            raise InputError(f"{name}: {len(values)} values for {n} titles; give one a title")
    strange = [x for x in given if not (x is None or isinstance(x, int | float | np.number))]
    if strange:
        raise InputError(f"wage: expected yuan a month, found {name_some(strange)}")
    wages = [_UNKNOWN if each is None else float(each) for each in given]
    return [Hint(letter, money) for letter, money in zip(sections, wages, strict=True)]


def shift(hint: Hint, codes: Sequence[str]) -> NDArray[np.float64]:
    """What a hint adds to the log-odds of each code."""
    out = np.zeros(len(codes))
    if hint.section:
        table = packaged("industry_homes.csv")
        home = tuple(table.loc[table["industry"] == hint.section, "group"])
        out += AT_HOME * np.array([code.startswith(home) for code in codes]) if home else 0
    if hint.wage > 0:
        slope = {"2": 1, "4": -1, "5": -1, "6": -1}
        size = BY_WAGE * float(np.clip(np.log(hint.wage / USUAL_WAGE), -1, 1))
        out += size * np.array([slope.get(code[:1], 0) for code in codes])
    return out


def tilt(hint: Hint, codes: list[str], chance: list[float]) -> tuple[list[str], list[float]]:
    """Codes and probabilities with the hint taken in, best first.

    The probability left for all other codes keeps its weight:
    ``p_c exp(h_c) / (1 - sum p + sum_k p_k exp(h_k))``.
    """
    if not hint.kinds or not codes:
        return codes, chance
    p = np.array(chance)
    raised = p * np.exp(shift(hint, codes))
    raised /= 1 - p.sum() + raised.sum()
    order = np.argsort(-raised, kind="stable")
    return [codes[at] for at in order], raised[order].tolist()
