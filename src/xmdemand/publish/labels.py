"""Headings and cells of the internal record; a key without words is printed as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from xmdemand.errors import NotFoundError
from xmdemand.notes import chinese_rest, text
from xmdemand.terms import term

_KEY = re.compile(r"(?<![\w./+-])[a-z]+(_[a-z]+)*(?![\w./+-])")
"""A key standing alone: not part of a file's name."""

_QUOTAS = {"field": "培训领域", "industry": "产业领域"}

HEADINGS = {
    "accepted": "采用行数",
    "action": "意见",
    "alternative": "另一种做法",
    "alternatives": "备选",
    "applied": "已采纳",
    "bodies": "评价机构数",
    "choice": "选择",
    "code": "编码",
    "column": "列",
    "contribution": "对指数的贡献",
    "date": "日期",
    "department": "部门",
    "district": "区",
    "encoding": "编码方式",
    "estimate": "估计值",
    "evidence_hash": "依据指纹",
    "expected": "应为",
    "file": "文件",
    "firms": "单位数",
    "found": "实为",
    "group": "类别",
    "header_row": "表头所在行",
    "hires": "计划招用人数",
    "indicator": "指标",
    "intent": "培训意愿",
    "item": "项目",
    "kind": "类型",
    "level": "置信水平",
    "limit": "限额",
    "lineage": "职业标识",
    "lower": "下限",
    "mean_rank_shift": "名次平均变动",
    "method": "方法",
    "n": "个数",
    "name": "名称",
    "note": "提示编号",
    "p_need": "达到列入标准的概率",
    "parameter": "参数",
    "passed_over": "说明",
    "place": "位次",
    "posts": "登记岗位数",
    "problem": "问题",
    "quota": "额度",
    "reason": "理由",
    "refused": "退回行数",
    "reopened": "依据已变，待重议",
    "reporters": "填报单位数",
    "room": "环节",
    "row": "行",
    "rows": "行数",
    "rows_read": "读取行数",
    "score": "把握",
    "se": "标准误",
    "seekers": "登记求职人数",
    "severity": "程度",
    "sha256": "文件指纹",
    "sheet": "工作表",
    "source": "来源",
    "state": "状态",
    "status": "状态",
    "subject": "所属单位",
    "text": "内容",
    "threshold": "门槛",
    "title": "填报名称",
    "top_kept": "前列保留比例",
    "trimmed_from": "额度所属",
    "upper": "上限",
    "value": "值",
    "weight": "权重",
    "what": "项目",
    "where": "位置",
    "who": "决定人",
    "z": "标准分",
}


def heading(key: str) -> str:
    """The heading of a column of the record."""
    return HEADINGS.get(key, key)


def message(code: object) -> str:
    """The words of a message code by themselves, not saying what they are about; nothing for none.

    >>> message("shortage.unrated_indicators"), message("intake.instructions")
    ('可用指标的权重不足一半，不作评级', '没有表格，当作说明跳过')
    """
    if not code:
        return ""
    try:
        return text(str(code), where="", n=1).lstrip("：")
    except NotFoundError:
        return str(code)


def cell(key: str, value: Any) -> str | float | int | None:
    """A value of a record as a cell: words for codes, 是 for true, lists joined."""
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bool):
        return "是" if value else ""
    if isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple):
        return "；".join(str(cell(key, item)) for item in value)
    if isinstance(value, Mapping):
        return " ".join(
            f"{part:.2f}" if isinstance(part, float) else str(part) for part in value.values()
        )
    if key == "quota" and value in _QUOTAS:
        return _QUOTAS[str(value)]
    return term(key, value)


def place(where: str) -> str:
    """What a note is about, its keys in words: series, groups, indicators.

    >>> place("4-01-01-00 posts, 4-01-02-01 seekers"), place("wage_growth"), place("a.csv")
    ('4-01-01-00 岗位, 4-01-02-01 求职', '招聘薪酬涨幅（相对中位数）', 'a.csv')
    >>> place("4-01-01-00, 4-01-02-01 and 38 more")
    '4-01-01-00, 4-01-02-01 等（另有 38 个）'
    """
    return _KEY.sub(lambda found: _key_words(found[0]), chinese_rest(where))


def _key_words(key: str) -> str:
    for kind in ("where", "indicator"):
        words = term(kind, key)
        if words != key:
            return words
    return key


def note_text(note: Mapping[str, Any]) -> str:
    """A recorded note in words; its code where a newer or older version has none for it."""
    try:
        where = place(note.get("where", ""))
        return text(note["code"], "zh", where=where, n=note.get("n", 1), **note["fields"])
    except (NotFoundError, KeyError):
        return str(note.get("code", ""))
