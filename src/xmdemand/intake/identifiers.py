"""Headings that are names of programmers' fields (``companyName``, ``recruit_num``)."""

from __future__ import annotations

import re
from functools import lru_cache

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_.#\-]*")
_WORDS = {
    "单位": "company firm enterprise employer corp corporation org organization unit ent comp",
    "名称": "name title label",
    "信用代码": "credit uscc usci",
    "代码": "code",
    "所属区": "district county",
    "地区": "area region",
    "岗位": "job post position occupation vacancyname",
    "招聘": "recruit recruitment hire hiring need demand require required wanted vacancy opening",
    "缺口": "gap shortage lack",
    "人数": "num number count qty quantity headcount amount cnt",
    "薪资": "salary wage pay",
    "最低": "min low lower from lowest",
    "最高": "max high upper to highest",
    "行业": "industry trade",
    "员工": "employee employees staff",
}
_MEANT = {word: meant for meant, words in _WORDS.items() for word in words.split()}
_HEADINGS = (
    (frozenset(["单位", "名称"]), "单位名称"),
    (frozenset(["单位"]), "单位名称"),
    (frozenset(["信用代码"]), "统一社会信用代码"),
    (frozenset(["信用代码", "代码"]), "统一社会信用代码"),
    (frozenset(["单位", "信用代码", "代码"]), "统一社会信用代码"),
    (frozenset(["所属区"]), "所属区"),
    (frozenset(["所属区", "名称"]), "所属区"),
    (frozenset(["地区"]), "所属区"),
    (frozenset(["地区", "名称"]), "所属区"),
    (frozenset(["岗位"]), "岗位名称"),
    (frozenset(["岗位", "名称"]), "岗位名称"),
    (frozenset(["招聘", "人数"]), "招聘人数"),
    (frozenset(["缺口", "人数"]), "缺口人数"),
    (frozenset(["岗位", "招聘", "人数"]), "招聘人数"),
    (frozenset(["薪资"]), "薪资"),
    (frozenset(["薪资", "最低"]), "最低薪资"),
    (frozenset(["薪资", "最高"]), "最高薪资"),
    (frozenset(["单位", "行业"]), "行业"),
    (frozenset(["行业", "名称"]), "行业"),
    (frozenset(["员工", "人数"]), "员工人数"),
)


@lru_cache(maxsize=8192)
def spelt_out(label: str) -> str:
    """The heading a field's name stands for; nothing if any of its words is unknown.

    Examples
    --------
    >>> spelt_out("companyName"), spelt_out("recruit_num"), spelt_out("salaryMin")
    ('单位名称', '招聘人数', '最低薪资')
    >>> spelt_out("viewNum"), spelt_out("jobId"), spelt_out("岗位")
    ('', '', '')
    """
    if not _IDENTIFIER.fullmatch(label):
        return ""
    parts = [part.lower() for part in _PART.findall(label)]
    if len(parts) < 2 or not all(part in _MEANT for part in parts):
        return ""
    said = frozenset(_MEANT[part] for part in parts)
    return next((heading for words, heading in _HEADINGS if words == said), "")
