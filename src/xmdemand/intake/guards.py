"""Guards against silent errors, whatever the wording: what a sheet's reading left out or took ill.

A column of ours that stays empty beside an unread column which speaks of it or holds its values is
taken where heading and cells agree, and else asked; a sheet whose kind another reading contradicts
is asked; cells that contradict their column are refused. All look at headings and distinct texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from xmdemand.intake.amounts import parse_wage
from xmdemand.intake.cells import cell_at
from xmdemand.intake.columns import KINDS, Column
from xmdemand.intake.contents import agencies, below, cannot_be, firm_like
from xmdemand.intake.dates import parse_date
from xmdemand.intake.headings import AS_WORDED, Guess, heading_key, two_ends
from xmdemand.intake.layout import Layout, unit_of
from xmdemand.intake.names import Names
from xmdemand.intake.parsed import EMPTY, NONE_AT_ALL
from xmdemand.intake.personal import name_persons
from xmdemand.intake.sheets import Sheet
from xmdemand.intake.sources import Grid, Rows
from xmdemand.intake.terms import parse_district
from xmdemand.intake.text import bare, words_of

MAYBE = 0.5
"""Likeness given to a heading that only speaks of a column."""
_MOST = 0.8
"""Share of a column's distinct texts that must be such as a field's to take it for the field."""
_HEADS_ABOVE = 2
"""Rows above the headings that may say over several columns what they are of."""


@dataclass(frozen=True, slots=True)
class Clue:
    """What speaks of a column of ours.

    Attributes
    ----------
    says, but
        A heading that holds the first and not the second speaks of the column.
    holds
        Whether a text is such as the column's, where texts tell.
    alone
        Whether the texts tell even where the heading says nothing.
    """

    says: re.Pattern[str]
    but: re.Pattern[str]
    holds: Callable[[str, float, Names], bool] | None = None
    alone: bool = False


def _is_firm(text: str, unit: float, names: Names) -> bool:
    return firm_like(text)


def _is_pay(text: str, unit: float, names: Names) -> bool:
    wage = parse_wage(text, unit=unit)
    return (wage.kind != "missing" and "implausible" not in wage.flags) or "面" in text


def _is_number(text: str, unit: float, names: Names) -> bool:
    return text.isdigit()


def _is_district(text: str, unit: float, names: Names) -> bool:
    found = parse_district(text, names.districts, elsewhere=names.elsewhere, places=names.places)
    return found.value is not None


def _is_credit_code(text: str, unit: float, names: Names) -> bool:
    return _CREDIT_CODE.fullmatch(text) is not None


_CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}")
_OTHER_TIME = "上年|去年|前年|往年|同期|上月|上季|上半年|累计|预计|目标"
_CARRIED = "结转|结存|转结|转入|上[月期季年]末|[月期季年]初|留存|存量|未招满"
_POSTS = "岗位|招|需求|用人"
_NEVER = re.compile(r"(?!)")


def _is_action(text: str, unit: float, names: Names) -> bool:
    choices = KINDS["decisions"].column("action").choices
    return any(bare(text) in map(bare, words) for words in choices.values())


def _is_day(text: str, unit: float, names: Names) -> bool:
    return parse_date(text).value is not None


def _is_person(text: str, unit: float, names: Names) -> bool:
    return 1 < len(text) < 5 and not text.endswith(("局", "处", "科", "部", "委", "办"))


_PLACE = Clue(
    re.compile(r"区|镇|街|地|址|片|district|area", re.IGNORECASE),
    re.compile(
        r"户籍|籍贯|户口|家乡|老家|注册|求职|通讯|区号|意向|生源|学校|院校|意见|审核|盖章|区间|地块|网址"
    ),
    _is_district,
)
_CLUES: Mapping[str, Mapping[str, Clue]] = {
    "employers": {
        "firm_name": Clue(
            re.compile(r"(?:单位|企业|公司|组织|机构|商户|雇主|用工方|客户).{0,4}(?:名|称|$)"),
            re.compile(r"性质|类型|规模|代码|人数|地址|电话|培训|派遣|代理|中介|主管|联系|发布"),
            _is_firm,
            alone=True,
        ),
        "firm": Clue(re.compile(r"信用代码|信用码|税号"), _NEVER, _is_credit_code, alone=True),
        "wage": Clue(
            re.compile(r"薪|工资|工价|待遇|酬|收入|到手|给多少|开多少|pay|salary|wage", re.I),
            re.compile(
                rf"{_OTHER_TIME}|期望|要求|实习|试用|培训|补助|补贴|返费|结算|结款|发放|体系|满意|"
                r"拖欠|原因|产值|营收|营业|主营|业务收入|是否|市场|同行|最低工资|福利"
            ),
            _is_pay,
        ),
        "district": _PLACE,
        "vacancies": Clue(
            re.compile(r"缺|空岗|招.{0,4}(?:几|人|数)|需.{0,4}(?:几|人|数)"),
            re.compile(
                rf"{_OTHER_TIME}|技能|天|月以上|个月|原因|培训|已|男|女|比|率|岗位|工种|意向|计划|"
                r"拟|简历|毕业"
            ),
        ),
    },
    "register": {
        "district": _PLACE,
        "posts_carried": Clue(
            re.compile(rf"(?:{_POSTS}).*(?:{_CARRIED})|(?:{_CARRIED}).*(?:{_POSTS})"),
            re.compile(r"求职|去年|同[期月]|环比|同比|增|率|比|满足|单位|企业"),
            _is_number,
        ),
        "seekers_carried": Clue(
            re.compile(rf"求职.*(?:{_CARRIED})|(?:{_CARRIED}).*求职"),
            re.compile(r"去年|同[期月]|环比|同比|增|率|比|满足|招|需求"),
            _is_number,
        ),
    },
    "workers": {
        "district": _PLACE,
        "age": Clue(re.compile(r"年龄|岁|出生|生日|birth|age", re.I), re.compile(r"工龄|年限")),
    },
    "decisions": {
        "action": Clue(
            re.compile(r"意见|结论|决定|处理|建议"), re.compile(r"理由|依据"), _is_action
        ),
        "who": Clue(
            re.compile(r"人(?:员)?(?:姓名|签字)?$"), re.compile(r"数|法人|用人|受理"), _is_person
        ),
        "date": Clue(re.compile(r"日期?$|时间$|date"), _NEVER, _is_day),
    },
    "firms": {
        "district": _PLACE,
        "firm": Clue(re.compile(r"信用代码|信用码|税号"), _NEVER, _is_credit_code, alone=True),
    },
}
"""Kind -> column -> what speaks of it. A column a sheet has is never looked for."""


def completed(
    layout: Layout, grid: Grid, names: Names, told: Mapping[str, Mapping[str, str]]
) -> Layout:
    """A layout that takes, or asks about, unread columns which may be what it lacks.

    Parameters
    ----------
    layout
        As found by headings.
    grid
        Its sheet.
    names
        The spellings of the profile.
    told
        Kind -> heading -> column, as a person confirmed: such headings are asked no more.
    """
    clues = _CLUES.get(layout.kind, {})
    held = _held(layout)
    lacking = [name for name in clues if name not in held]
    if not lacking:
        return layout
    unread = _unread(layout, grid, told.get(layout.kind, {}))
    if "wage" in lacking and (ends := two_ends(layout.kind, unread)):
        layout = _taken(layout, ends[0], ends[1], unread[ends[1]])
        layout = replace(
            layout,
            ranges={**layout.ranges, ends[1]: ends[2]},
            parts=layout.parts | {ends[2]},
            unused=tuple(text for text in layout.unused if text != layout.labels[ends[2]]),
        )
        lacking.remove("wage")
    for name in lacking if unread else ():
        column = KINDS[layout.kind].column(name)
        found = _speaking(column, clues[name], layout, grid.rows, names, unread)
        if found is not None:
            layout = found
            unread = {at: text for at, text in unread.items() if at not in layout.columns}
    return layout


def _held(layout: Layout) -> set[str]:
    held = {column.name for column in layout.columns.values()} | layout.wide.names
    return held | set(layout.facts) | {guess.column for guess in layout.contested}


def _unread(layout: Layout, grid: Grid, told: Mapping[str, str]) -> dict[int, str]:
    """Position -> what is said above every column that is not read."""
    apart = {*layout.columns, *layout.wide.places, *layout.parts, *layout.ranges.values()}
    unread = {}
    for at, label in enumerate(layout.labels):
        if not label or at in apart or heading_key(label) in told:
            continue
        over = _said_over(layout, grid.rows, at)
        unread[at] = f"{over}/{label}" if over else label
    return unread


_STATES = re.compile(r"[:：]\s*\S")
"""``报送单位：嘉莲街道``: what is stated of the whole table stands over no heading."""


def _said_over(layout: Layout, rows: Rows, place: int) -> str:
    """What stands over several headings, this one among them, and is not one of them."""
    for row in reversed(rows[max(0, layout.header_row - 1 - _HEADS_ABOVE) : layout.header_row - 1]):
        filled = [at for at, cell in enumerate(row) if words_of(cell)]
        before = [at for at in filled if at <= place]
        if len(filled) > 1 and before:
            text = words_of(row[before[-1]])
            return "" if text in layout.labels or _STATES.search(text) else text
    return ""


def _speaking(
    column: Column,
    clue: Clue,
    layout: Layout,
    rows: Rows,
    names: Names,
    unread: Mapping[int, str],
) -> Layout | None:
    """The layout with the one column that speaks of ours taken, or asked about; None if none."""
    speaking: list[int] = []
    shown: list[int] = []
    for at, heading in unread.items():
        speaks = _speaks(clue.says, clue.but, heading)
        if not speaks and not clue.alone:
            continue
        cells = below(rows, layout.first, at)
        texts = {words_of(cell) for cell in cells if bare(words_of(cell)) not in _SILENT}
        if not texts or (clue.holds is None and cannot_be(column, cells, names)):
            continue
        unit = unit_of(column, heading, layout.above)
        fits = clue.holds is not None and _most(clue.holds, texts, unit, names)
        if speaks or fits:
            speaking.append(at)
        if fits and (speaks or clue.but.search(bare(heading)) is None):
            shown.append(at)
    if len(shown) == 1 and (len(speaking) == 1 or clue.alone):
        at = shown[0]
        if column.name != "firm_name" or not agencies(below(rows, layout.first, at)):
            return _taken(layout, column, at, unread[at])
    if not speaking or column.name in {guess.column for guess in layout.proposed}:
        return None
    label = layout.labels[speaking[0]]
    proposed = tuple(guess for guess in layout.proposed if guess.heading != label)
    return replace(
        layout,
        proposed=(*proposed, Guess(label, column.name, MAYBE)),
        unused=tuple(text for text in layout.unused if text != label),
    )


def _most(
    holds: Callable[[str, float, Names], bool], texts: Collection[str], unit: float, names: Names
) -> bool:
    return sum(holds(text, unit, names) for text in texts) >= _MOST * len(texts)


_SILENT = EMPTY | NONE_AT_ALL


@lru_cache(maxsize=8192)
def _speaks(says: re.Pattern[str], but: re.Pattern[str], text: str) -> bool:
    key = bare(text)
    return says.search(key) is not None and but.search(key) is None


def _taken(layout: Layout, column: Column, at: int, text: str) -> Layout:
    label = layout.labels[at]
    return replace(
        layout,
        columns=dict(sorted({**layout.columns, at: column}.items())),
        units={**layout.units, at: unit_of(column, text, layout.above)},
        taken=(*layout.taken, Guess(label, column.name, AS_WORDED)),
        proposed=tuple(
            g for g in layout.proposed if label != g.heading and g.column != column.name
        ),
        unused=tuple(text for text in layout.unused if text != label),
    )


def refuse_contradictions(sheet: Sheet) -> None:
    """Refuse rows whose cells contradict their column, told by distinct texts.

    No post is a number, a day or pay, and none is called as firms are, nor a firm as posts are; a
    column of persons' names is neither. Nobody wants thousands of people in round hundreds at every
    firm, or 2025 of them: that is pay, or a year.
    """
    for name in ("title", "firm_name"):
        for column in sheet.decoded.get(name, ()):
            own = column.held()
            texts = {code: text for code, cell in enumerate(own.cells) if (text := words_of(cell))}
            wrong = _no_titles(texts) if name == "title" else _no_firms(texts)
            if wrong:
                places = np.flatnonzero(np.isin(own.codes, list(wrong)))
                sheet.refuse(places.tolist(), name, NOT_SUCH)
    if sheet.layout.kind == "employers":
        for name in ("vacancies", "planned_hires", "vacancies_3m", "leavers", "past_hires"):
            for column in sheet.decoded.get(name, ()):
                if not any(_is_large(column.parsed[code]) for code in column.codes[:_LOOK_AT]):
                    continue
                own = column.held()
                stated = [item.low for item in own.parsed if item.kind == "exact" and item.low]
                if len(stated) >= _ENOUGH and (_are_pay(stated) or _are_years(stated)):
                    filled = [at for at, item in enumerate(own.parsed) if item.kind != "missing"]
                    places = np.flatnonzero(np.isin(own.codes, filled))
                    sheet.refuse(places.tolist(), name, NOT_SUCH)


def flag_closed(sheet: Sheet) -> None:
    """Flag posts that an unread column of states calls filled or closed."""
    layout = sheet.layout
    if layout.kind != "employers" or "title" not in sheet.decoded:
        return
    for at, label in enumerate(layout.labels):
        if at in layout.columns or not _STATE.search(label):
            continue
        closed = {cell for cell in sheet.seen_at(at) if _CLOSED.search(words_of(cell))}
        if closed:
            cells = (cell_at(sheet.body.rows, place, at) for place in range(sheet.n))
            sheet.flag([n for n, cell in enumerate(cells) if cell in closed], "vacancies", CLOSED)


CLOSED = "intake.closed"
"""A post that its own row calls filled."""
_STATE = re.compile(r"状态|state|status", re.IGNORECASE)
_CLOSED = re.compile(
    r"已招[满到齐]|招满|[满招]员|已?(?:下架|下线|关闭|停招|停止|结束|过期|失效|撤销|作废|取消)"
    r"|暂停|closed|filled|expired",
    re.IGNORECASE,
)
NOT_SUCH = "intake.not_such"
"""A cell of another column, by all it looks like."""
_LOOK_AT = 20
"""Rows of which one at least holds a large number where a column's numbers are pay or years."""
_ENOUGH = 3
"""Distinct texts from which a whole column is judged by what most are."""
_NUMBER = re.compile(
    r"(?:底薪|综合|月薪|年薪|日薪|时薪|日结|保底|工资|薪资|待遇|收入|不少于|不低于|约|至少)*"
    r"(?:[\d.,~\-:/年月日\s]|元|千|万|k|至|到|—)+(?:人|名|个|以上|以内|左右|上下|起|天|小时|%)*"
)
_PAID = re.compile(r"(?:底薪|综合收入|月薪|年薪|日薪|保底|综合工资).{0,4}\d{3,}")
_POST = re.compile(r"(?:工|员|师|司机|技师|店长|主管|助理|客服|厨师|学徒|经理)(?:[(].*[)])?$")


def _no_titles(texts: Mapping[int, str]) -> set[int]:
    """Which texts are no names of posts."""
    if len(texts) >= _ENOUGH and (
        sum(map(firm_like, texts.values())) >= _MOST * len(texts)
        or name_persons(set(texts.values()))
    ):
        return set(texts)
    return {
        code
        for code, text in texts.items()
        if text.endswith(":")  # a label, such as those at a form's end
        or (any(map(str.isdigit, text)) and (_NUMBER.fullmatch(text.lower()) or _PAID.search(text)))
    }


def _no_firms(texts: Mapping[int, str]) -> set[int]:
    """All texts of a column that holds posts or persons where firms should stand, else none."""
    said = set(texts.values())
    if len(said) < _ENOUGH or any(map(firm_like, said)):
        return set()
    posts = sum(_POST.search(text) is not None for text in said) >= _MOST * len(said)
    return set(texts) if posts or name_persons(said) else set()


def _is_large(count: Any) -> bool:
    return count.low is not None and count.low >= 1000


def _are_pay(numbers: Sequence[float]) -> bool:
    round_ones = sum(number >= 1000 and number % 100 == 0 for number in numbers)
    return round_ones >= _MOST * len(numbers)


def _are_years(numbers: Sequence[float]) -> bool:
    return all(1990 <= number <= 2040 for number in numbers)
