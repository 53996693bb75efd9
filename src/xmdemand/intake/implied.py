"""What a table does not say in a column because its headings or its title say it for all rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from xmdemand.intake.columns import KINDS, choice
from xmdemand.intake.headings import heading_key, meaning

_NOTHING: Mapping[str, str] = MappingProxyType({})
_GRADUATES = re.compile(r"毕业")
_TRAINEES = re.compile(r"在训|在培|学员|学徒|结业")
_SAYS_NUMBER = re.compile(r"(?:人数|数|人次|人|数量|规模)(?:[(].*[)])?$")
_POSTS = re.compile(
    r"(?:用工|岗位|招聘|招工|用人)?需求(?:人数|情况|数)?|招聘(?:人数|情况|数)?|岗位数"
)
_SEEKERS = re.compile(r"求职")
_AXES = {"district": "district", "age": "age_band", "group": "group"}
"""Columns of workers -> what the margins call them."""
_SUMS = frozenset(["合计", "总计", "小计", "总数"])


@dataclass(frozen=True, slots=True)
class Implied:
    """What holds for all rows: columns and their cells, and headings that mean a column here."""

    facts: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    told: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


def implied(kind: str, labels: Sequence[str], around: str) -> Implied:
    """What headings and the texts around a table say for all its rows.

    Graduates of a table whose count is called 毕业生人数 come from schools; the totals of a table
    ``区 | 劳动力人数`` are by district.

    Examples
    --------
    >>> implied("pipeline", ("学校", "专业", "毕业生人数"), "").facts["kind"]
    '毕业生'
    >>> implied("margins", ("所属区", "劳动力人数"), "劳动力资源").facts["variable"]
    '区'
    """
    if kind not in ("pipeline", "margins") or not _known(kind, tuple(labels)):
        return Implied()
    return _source(labels, around) if kind == "pipeline" else _axis(labels, around)


@lru_cache(maxsize=1024)
def _known(kind: str, labels: tuple[str, ...]) -> bool:
    """Whether headings are worth a look: a count of persons, or a trait of them."""
    if kind == "pipeline":
        return any(label and _means("pipeline", label, "persons") for label in labels)
    found = (meaning("workers", label) for label in labels if label)
    return sum(column is not None and column[0].name in _AXES for column in found) == 1


def _source(labels: Sequence[str], around: str) -> Implied:
    persons = [label for label in labels if label and _means("pipeline", label, "persons")]
    if len(persons) > 1:  # 预计结业 may be a day
        persons = [label for label in persons if _SAYS_NUMBER.search(label)]
    if not persons or any(label and _means("pipeline", label, "kind") for label in labels):
        return Implied()
    for text in (" ".join(persons), around):
        graduates, trainees = bool(_GRADUATES.search(text)), bool(_TRAINEES.search(text))
        if graduates != trainees:
            key = "graduates" if graduates else "trainees"
            return Implied({"kind": choice("pipeline", "kind", key)})
    return Implied()


def _axis(labels: Sequence[str], around: str) -> Implied:
    filled = [label for label in labels if label]
    if any(_means("margins", label, "variable") for label in filled):
        return Implied()
    by = {label: found[0].name for label in filled if (found := meaning("workers", label))}
    axes = [label for label, name in by.items() if name in _AXES]
    about = f"{around} {' '.join(filled)}"
    if len(axes) != 1 or not any(word in about for word in (*KINDS["margins"].words, "劳动力")):
        return Implied()
    said = choice("margins", "variable", _AXES[by[axes[0]]])
    told = {heading_key(axes[0]): "category"}
    if not any(_means("margins", label, "persons") for label in filled):
        sums = [label for label in filled if heading_key(label) in _SUMS]
        told |= {heading_key(sums[0]): "persons"} if len(sums) == 1 else {}
    return Implied({"variable": said}, told)


def _means(kind: str, label: str, column: str) -> bool:
    found = meaning(kind, label)
    return found is not None and found[0].name == column


_WANTED = re.compile(
    r"缺工|缺员|急招|急聘|缺口|空缺|用工需求|招聘需求|岗位需求|用人需求|招工需求|招聘人数"
)
_NOT_WANTED = re.compile(r"现有|在岗|培训|离职|流失|计划|求职|供求|月报")


def wanted_around(*texts: str) -> bool:
    """Whether texts around a table speak of people that firms want, and of nothing else.

    >>> wanted_around("2026年3月企业缺工统计"), wanted_around("现有人数和缺工人数")
    (True, False)
    """
    about = " ".join(texts)
    return bool(_WANTED.search(about)) and not _NOT_WANTED.search(about)


def measure_around(*texts: str) -> str:
    """The count of the register that texts around a table name, if they name but one side.

    The first text that names a side counts, so the nearest comes first.

    >>> measure_around("2026年各月需求人数"), measure_around("需求人数和求职人数")
    ('posts_total', '')
    """
    for about in texts:  # the title of a table, its sheet's name, its file's
        posts, seekers = _POSTS.search(about), _SEEKERS.search(about)
        if posts and seekers:
            return ""
        if seekers:
            return "seekers_total"
        if posts:
            return "posts_new" if posts[0].startswith("招聘") else "posts_total"
    return ""
