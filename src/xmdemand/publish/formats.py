"""How numbers, days and levels are printed: rounding and wording in one place, for every output."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from xmdemand.catalogue.content import (
    Catalogue,
    CatalogueEntry,
    Change,
    EntryLevel,
    Erratum,
    PublicNumber,
    Total,
)
from xmdemand.publish.sheets import display_width

UNKNOWN = "待核"
TRAINING = "培训"
NONE = "暂无"
ANYBODY = "不限"
WITHHELD = {"secondary": "**"}
SYNTHETIC = "示例数据，非真实统计"

MARKS = {"": "", "L": "L", "S": "S", "LS": "L/S"}
CHANGE_KINDS = {
    "added": "新增",
    "removed": "移出",
    "raised": "调高",
    "lowered": "调低",
    "renamed": "更名",
    "recoded": "编码调整",
}
SCOPES = {
    "all": "全部",
    "field": "培训领域",
    "industry": "产业领域",
    "major": "职业大类",
    "sub-major": "职业中类",
    "minor": "职业小类",
}
NO_ENTRIES = "本期没有列入的职业（工种）。"
NO_ROW, STRUCK = "（无此项）", "（删去）"
NO_CHANGES = "没有上年目录可比，或与上年相比没有调整。"
CAUSES = {
    "data": "数据变化",
    "method": "方法调整",
    "classification": "职业分类调整",
    "decision": "部门意见",
}


def number(value: float | None, digits: int = 0) -> str:
    """A number with thousands separators; nothing known prints nothing.

    >>> number(1234.5), number(-0.2), number(None), number(0.456, 2)
    ('1,234', '0', '', '0.46')
    """
    if value is None or not math.isfinite(value):
        return ""
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text


def percent(share: float | None, digits: int = 0) -> str:
    """A share as a percentage.

    >>> percent(0.712), percent(0.2345, 1)
    ('71%', '23.4%')
    """
    if share is None or not math.isfinite(share):
        return ""
    return f"{share * 100:.{digits}f}%"


def day(date: dt.date) -> str:
    """A day as official documents write it, without leading zeros.

    >>> day(dt.date(2026, 5, 3))
    '2026年5月3日'
    """
    return f"{date.year}年{date.month}月{date.day}日"


def period(start: dt.date, end: dt.date) -> str:
    """A reference period in months.

    >>> period(dt.date(2025, 5, 1), dt.date(2026, 4, 30))
    '2025年5月至2026年4月'
    """
    return f"{start.year}年{start.month}月至{end.year}年{end.month}月"


def stars(count: int) -> str:
    """The mark of a degree of urgency.

    >>> stars(3), stars(0)
    ('★★★', '')
    """
    return "★" * count


def public_number(published: PublicNumber | None, digits: int = 0) -> str:
    """A published number, the mark of a withheld one (the 说明 tells its meaning), or 待核.

    >>> public_number(PublicNumber(value=None, unit="人", withheld="few_firms"))
    '*'
    >>> public_number(PublicNumber(value=None, unit="人", withheld="secondary"))
    '**'
    """
    if published is None:
        return ""
    if published.withheld and published.withheld != "unknown":
        return WITHHELD.get(published.withheld, "*")
    return UNKNOWN if published.value is None else number(published.value, digits)


def count(value: int | None) -> str:
    """A number of institutions: unknown is 待核, none is 暂无.

    >>> count(None), count(0), count(4)
    ('待核', '暂无', '4')
    """
    return UNKNOWN if value is None else str(value) if value else NONE


def listing(items: Sequence[str]) -> str:
    """Names side by side.

    >>> listing(["a", "b"])
    'a、b'
    """
    return "、".join(items)


def known(words: str) -> str:
    """Words that must be there: 待核 where they are not.

    >>> known("市工信局"), known("")
    ('市工信局', '待核')
    """
    return words or UNKNOWN


def place(name: str) -> str:
    """An industry or field: a dash where the occupation belongs to none of those listed.

    >>> place("机械装备"), place("")
    ('机械装备', '—')
    """
    return name or "—"


def groups(names: Sequence[str] | None) -> str:
    """Groups that stand out: 不限 where none does, 待核 where nobody was asked.

    >>> groups(["残疾人", "失业人员"]), groups([]), groups(None)
    ('残疾人、失业人员', '不限', '待核')
    """
    return UNKNOWN if names is None else listing(names) or ANYBODY


def training(names: Sequence[str]) -> str:
    """Kinds of training; the word that all end in is said once, so that a cell stays short.

    >>> training(["就业技能培训", "项目制培训"]), training(["就业技能培训"]), training([])
    ('就业技能、项目制培训', '就业技能培训', '待核')
    """
    common = all(name.endswith(TRAINING) and name != TRAINING for name in names)
    shorter = [name.removesuffix(TRAINING) for name in names[:-1]] if common else names[:-1]
    return known(listing([*shorter, *names[-1:]]))


def rate(level: EntryLevel) -> str:
    """A level's rate of subsidy in yuan.

    >>> rate(EntryLevel(key="l4", name="四级", subsidy=1000))
    '1,000'
    """
    return UNKNOWN if level.subsidy is None else number(level.subsidy)


def name_with_marks(entry: CatalogueEntry) -> str:
    """An occupation's name with its green and digital marks, as the classification prints them."""
    return entry.name + MARKS[entry.marks]


_HEADING_PARTS = re.compile(r"(.{4,})(（[^）]*）|(?<!（)[^（）]{2})")


def heading_parts(heading: str) -> tuple[str, ...]:
    """A heading in the parts between which a narrow column may break it.

    >>> heading_parts("急需紧缺程度"), heading_parts("补贴标准（元/人）"), heading_parts("培训等级")
    (('急需紧缺', '程度'), ('补贴标准', '（元/人）'), ('培训等级',))
    """
    found = _HEADING_PARTS.fullmatch(heading)
    return found.groups() if found else (heading,)


def whole_title(catalogue: Catalogue) -> str:
    """The title, which says so where the data are made up."""
    return f"{catalogue.title}（{SYNTHETIC}）" if catalogue.synthetic else catalogue.title


_TITLE_BREAKS = re.compile(r"(?<=关于公布)|(?<=”)|(?=（)|(?<=）)|(?=\d{4}年)")


def title_lines(title: str, most: int = 20) -> list[str]:
    """A title cut between phrases, never within one, into lines of at most so many characters.

    >>> title_lines("某局关于公布2026年厦门市职业技能培训需求（含急需紧缺工种）指导目录的通知")
    ['某局关于公布2026年厦门市职业技能培训需求', '（含急需紧缺工种）指导目录的通知']
    """
    lines: list[str] = []
    for part in filter(None, _TITLE_BREAKS.split(title)):
        if lines and display_width(lines[-1] + part) <= 2 * most:
            lines[-1] += part
        else:
            lines.append(part)
    return lines


_NUMBER = re.compile(r"[-−]?[\d,.]+%?(～[-−]?[\d,.]+%?)?|—")


def sides(rows: Sequence[Sequence[str]]) -> tuple[Literal["left", "right"], ...]:
    """How the columns of a small table are set: to the right where most cells are numbers.

    >>> sides([["甲", "12"], ["乙", "0.3～0.5"], ["丙", "—"]])
    ('left', 'right')
    """
    return tuple(
        "right" if 2 * sum(bool(_NUMBER.fullmatch(cell)) for cell in cells) > len(cells) else "left"
        for cells in zip(*rows, strict=True)
    )


def scope(catalogue: Catalogue) -> str:
    """Of where and when a catalogue is, on one line; a corrected one says so."""
    place = f"{catalogue.city}{catalogue.district}"
    span = period(catalogue.reference_start, catalogue.reference_end)
    corrected = f"　{revision(catalogue)}" if catalogue.revision else ""
    return f"{place}　基准期：{span}　数据截止：{day(catalogue.cut_off)}{corrected}"


def revision(catalogue: Catalogue) -> str:
    """Which correction of the signed catalogue this is; nothing for the signed one."""
    return f"第{catalogue.revision}次更正" if catalogue.revision else ""


def tiers(catalogue: Catalogue) -> dict[int, str]:
    """Names of the degrees that occur, most urgent first."""
    found = {entry.stars: entry.tier for entry in catalogue.entries if entry.stars}
    return {key: found[key] for key in sorted(found, reverse=True)}


def in_order(values: Sequence[str]) -> tuple[str, ...]:
    """Distinct values in order of first appearance, without empty ones."""
    return tuple(dict.fromkeys(value for value in values if value))


def with_unit(published: PublicNumber) -> str:
    """A published number with its unit.

    >>> with_unit(PublicNumber(value=1200, unit="人"))
    '1,200人'
    """
    return public_number(published) + (published.unit if published.value is not None else "")


def total_scope(total: Total) -> str:
    """What a published sum is over."""
    return f"{SCOPES[total.scope]}（{total.district}）" if total.district else SCOPES[total.scope]


def changes_in_all(changes: Sequence[Change]) -> str:
    """How many changes there are of each kind.

    >>> changes_in_all(())
    ''
    """
    kinds: Counter[str] = Counter(change.kind for change in changes)
    said = "，".join(
        f"{words}{kinds[kind]}个" for kind, words in CHANGE_KINDS.items() if kinds[kind]
    )
    return said and f"与上年目录相比，{said}。"


CHANGE_HEADINGS = ("调整", "职业（工种）名称", "职业编码", "上年", "本年", "原因")


def change_cells(change: Change) -> list[str]:
    """A change's row, under `CHANGE_HEADINGS`."""
    reason = f"{CAUSES[change.cause]}：{change.reason}"
    kind = CHANGE_KINDS[change.kind]
    return [kind, change.name, change.code, change.before, change.after, reason]


ERRATUM_HEADINGS = ("日期", "位置", "原文", "更正为", "原因")


def erratum_cells(line: Erratum) -> list[str]:
    """A correction's row, under `ERRATUM_HEADINGS`."""
    return [day(line.date), line.line, line.old or NO_ROW, line.new or STRUCK, line.reason]
