"""What parsers return, and the words that mean nothing, none or some in any column."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

CountKind = Literal["exact", "range", "at_least", "at_most", "approx", "some", "missing"]
T = TypeVar("T")
NAN = math.nan


@dataclass(frozen=True, slots=True)
class Count:
    """A number of persons: ``low <= n <= high``; ``high`` is NaN if open, both if missing."""

    low: float
    high: float
    kind: CountKind
    flags: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The number if it is exact, else NaN."""
        return self.low if self.kind == "exact" else NAN


@dataclass(frozen=True, slots=True)
class Wage:
    """Pay in yuan: per month (``kind="month"``), or per ``day`` or ``hour``, kept apart."""

    low: float
    high: float
    kind: Literal["month", "day", "hour", "piece", "missing"]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Value(Generic[T]):
    """One value, or None; ``kind`` says how it was written."""

    value: T | None
    kind: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a cell: its title and, where given, how many persons and which level."""

    title: str
    count: Count | None = None
    level: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell whose value is lost: a formula error, or a formula without a stored result."""

    what: str

    def __str__(self) -> str:
        return self.what


NOTHING = frozenset(
    ["", "/", "\\", "-", "--", "---", "待定", "面议", "不详", "未知", "见附件", "na", "n/a", "nan"]
) | frozenset(
    # who does not know says nothing, in any column
    [
        "不清楚",
        "不知道",
        "说不清",
        "说不准",
        "不确定",
        "暂不确定",
        "未确定",
        "未定",
        "没想好",
        "还没想好",
        "尚未确定",
        "未填",
        "未填写",
        "拒答",
        "不便透露",
        "保密",
        "不方便透露",
        "不了解",
    ]
)
NONE_AT_ALL = frozenset(
    ["无", "暂无", "没有", "无需求", "不需要", "不招", "暂不招聘", "0人", "无缺口", "零"]
)
UNSTATED = frozenset(
    [
        "若干",
        "不限",
        "长期招聘",
        "长期",
        "急招",
        "多名",
        "数名",
        "若干名",
        "若干人",
        "大量",
        "多人",
        "数人",
        "不定",
        "批量",
        "常年招聘",
        "急聘",
        "不限人数",
        "几人",
        "几名",
        "几个",
    ]
)
SKIPPED = frozenset(["(跳过)", "(空)", "跳过", "空"])
SKIP_NUMBERS = frozenset(["-2", "-3"])
"""Not answered and skipped, in the number form of a questionnaire site's export."""
EMPTY = NOTHING | SKIPPED
"""What stands in a cell nobody filled, also in questionnaire exports."""

DITTO = frozenset(["〃", "″", "同上", "同前", "同上行", "々", "''", "“”", "〞", '"'])
"""What people write for "as above"."""
