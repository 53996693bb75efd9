"""Chinese words for the keys of the internal record; a key without one is printed as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xmdemand.errors import NotFoundError
from xmdemand.notes import text

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
    "hires": "招用人数",
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
    "parameter": "参数",
    "place": "位次",
    "posts": "登记岗位数",
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
    "text": "内容",
    "threshold": "门槛",
    "title": "填报名称",
    "top_kept": "前列保留比例",
    "upper": "上限",
    "value": "值",
    "weight": "权重",
    "what": "项目",
    "where": "位置",
    "who": "决定人",
    "z": "标准分",
}
WORDS: dict[str, dict[str, str]] = {
    "action": {
        "keep": "保留",
        "add": "调入",
        "drop": "调出",
        "raise": "提高",
        "lower": "降低",
        "lift_flag": "解除高流动低薪标记",
    },
    "alternative": {
        "dirichlet": "权重随机变动",
        "equal": "等权",
        "geometric": "几何平均",
        "median_rank": "各指标名次的中位数",
        "min_max": "极差标准化",
        "percentile": "百分位",
        "standard": "均值标准差标准化",
    },
    "basis": {"both": "调查和登记", "survey": "仅调查", "register": "仅登记"},
    "choice": {
        "aggregation": "合成方式",
        "left_out": "去掉一个指标",
        "normalisation": "标准化方式",
        "weights": "权重",
    },
    "item": {
        "basis": "推断依据",
        "deff_weights": "权数的设计效应",
        "establishments": "名录单位数",
        "g_highest": "校准系数最大值",
        "g_lowest": "校准系数最小值",
        "hires_total": "计划招用合计（加权）",
        "hires_uncoded": "未归类岗位的计划招用（加权）",
        "persons": "填报人数",
        "population": "推断总体人数",
        "responded": "应答单位数",
        "response_probability": "抽样单位应答率",
        "response_take_all": "全数调查单位应答率",
        "response_voluntary": "自愿填报单位应答率",
        "rows": "填报行数",
        "rows_imputed": "插补行数",
        "sampled_probability": "抽样单位数",
        "sampled_take_all": "全数调查单位数",
        "sampled_voluntary": "自愿填报单位数",
        "share_probability": "需求中来自抽样单位的比例",
        "share_take_all": "需求中来自全数调查单位的比例",
        "share_uncoded": "未归类的比例",
        "share_voluntary": "需求中来自自愿填报单位的比例",
        "wishes": "意愿个数",
        "with_wish": "有意愿者比例",
    },
    "kind": {
        "employers": "用人单位调查",
        "firms": "调查单位名录",
        "register": "岗位供求登记",
        "workers": "劳动者意愿调查",
        "margins": "劳动者总体",
        "pipeline": "毕业生和在训人员",
        "trainable": "可培训目录",
        "decisions": "部门意见",
        "post": "岗位",
        "wish": "意愿",
    },
    "method": {
        "alias": "别名",
        "code": "编码",
        "name": "名称",
        "work_type": "工种",
        "cleaned": "整理后的名称",
        "retrieval": "相似名称",
        "confirmed": "人工确认",
    },
    "parameter": {
        "coverage": "岗位与求职登记覆盖之比（λ）",
        "dispersion": "调查值离散系数（φ）",
        "kappa": "每个登记岗位的实际招用（κ）",
        "realisation": "计划招用的实现比例（π）",
        "shape": "两方面证据的一致程度（a）",
    },
    "severity": {"info": "说明", "warning": "注意", "error": "退回"},
    "source": {
        "survey": "调查",
        "register": "登记",
        "both": "调查和登记",
        "employers": "用人单位调查",
        "workers": "劳动者调查",
        "estimated": "估计",
        "prior": "先验",
        "past": "上年",
    },
    "state": {
        "draft": "草案",
        "consultation": "征求意见",
        "signed": "已签发",
        "published": "已公布",
        "read": "已读取",
        "skipped": "已跳过",
    },
    "status": {"coded": "已归类", "group": "归到小类", "review": "待人工", "unmatched": "未匹配"},
    "value": {"design": "抽样设计", "model": "模型"},
    "what": {
        "need_persons": "年培训需求（人）",
        "probability": "列入概率",
        "p_tier_1": "★的概率",
        "p_tier_2": "★★的概率",
        "p_tier_3": "★★★的概率",
    },
}
_SPREAD = {"between": "职业间方差", "within": "抽样方差"}
_IN_MESSAGES = {"advice", "cause", "indicator", "remedy"}
"""Keys whose values have words in the messages of the room that coins them."""


def heading(key: str) -> str:
    """The heading of a column of the record."""
    return HEADINGS.get(key, key)


def word(key: str, value: object) -> str:
    """A coded value in words.

    >>> word("advice", "open"), word("advice", None), word("advice", "new")
    ('优先开班', '', 'new')
    """
    if value is None or value == "":
        return ""
    if key in _IN_MESSAGES:
        try:
            return text(f"shortage.{key}_{value}")
        except NotFoundError:
            return str(value)
    known = WORDS.get(key, {}).get(str(value))
    if known is None and key in ("parameter", "alternative"):
        return _of_indicator(str(value))
    return str(value) if known is None else known


def _of_indicator(value: str) -> str:
    """A key made of an indicator's name, perhaps with which variance of it.

    >>> _of_indicator("vacancy_rate_within"), _of_indicator("something")
    ('空缺率：抽样方差', 'something')
    """
    name, _, spread = value.rpartition("_")
    if spread in _SPREAD:
        return f"{word('indicator', name)}：{_SPREAD[spread]}"
    return word("indicator", value)


def message(code: object) -> str:
    """The words of a message code that needs no fields; nothing for none.

    >>> message("shortage.unrated_indicators")
    '可用指标的权重不足一半，不作评级'
    """
    if not code:
        return ""
    try:
        return text(str(code))
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
    return word(key, value)


def note_text(note: Mapping[str, Any]) -> str:
    """A recorded note in words; its code where a newer or older version has none for it."""
    try:
        return text(
            note["code"], "zh", where=note.get("where", ""), n=note.get("n", 1), **note["fields"]
        )
    except (NotFoundError, KeyError):
        return str(note.get("code", ""))
