"""Districts, skill levels and occupation codes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from xmdemand.intake.parsed import EMPTY, NONE_AT_ALL, Broken, Value
from xmdemand.intake.text import SIMPLIFIED, bare, words_of


def parse_district(
    cell: object,
    names: Mapping[str, str],
    *,
    elsewhere: Iterable[str] = (),
    places: Mapping[str, str] = MappingProxyType({}),
) -> Value[str]:
    """Read a district.

    Parameters
    ----------
    cell
        A cell's value of any type.
    names
        Every spelling -> the district's name.
    elsewhere
        Place names that are no district (zones): flagged ``not_a_district``.
    places
        Streets, towns and parks -> the one district they lie in; asked where no district is named.
        Names of two characters mean a place only where nothing else stands in the cell.

    Examples
    --------
    >>> names = {"思明": "思明区", "思明区": "思明区"}
    >>> parse_district("厦门市思明区", names).value
    '思明区'
    >>> parse_district("自贸区", names, elsewhere=["自贸区"]).flags
    ('not_a_district',)
    """
    if isinstance(cell, Broken):
        return Value(None, "missing", ("broken",))
    text = bare(words_of(cell))
    if text in EMPTY or text in NONE_AT_ALL:
        return Value(None, "missing")
    if text in names:
        return Value(names[text], "exact")
    found, named = _districts_in(text, names)
    if len(found) == 1:
        return Value(found.pop(), "within")
    if named:
        return Value(None, "missing", ("ambiguous",))
    if text in places:
        return Value(places[text], "place")
    inside = {name for spelling, name in places.items() if len(spelling) > 2 and spelling in text}
    if len(inside) == 1:
        return Value(inside.pop(), "place")
    if inside:
        return Value(None, "missing", ("ambiguous",))
    if any(bare(place) in text for place in elsewhere):
        return Value(None, "missing", ("not_a_district",))
    if (plainer := text.translate(SIMPLIFIED)) != text:
        return parse_district(plainer, names, elsewhere=elsewhere, places=places)
    return Value(None, "missing", ("unreadable",))


def _districts_in(text: str, names: Mapping[str, str]) -> tuple[set[str], bool]:
    """The districts a text names, and whether it names any, if only in the name of a road.

    A district called by its full name goes before short names beside it; a short name that opens
    the name of a road, a park or a firm says nothing of where that is.
    """
    whole = {name for spelling, name in names.items() if spelling[-1:] == "区" and spelling in text}
    if whole:
        return whole, True
    found: set[str] = set()
    named = False
    for spelling, name in names.items():
        if len(spelling) < 2 or spelling not in text:
            continue
        named = True
        rest = text[text.rindex(spelling) + len(spelling) :]
        if not _NAMED_AFTER.match(rest):
            found.add(name)
    return found, named


_NAMED_AFTER = re.compile(
    r"(?:[东南西北中]?(?:大道|路|街(?!道)|巷|桥|园|广场|大厦|商厦|公寓|酒店|医院|码头|立交|隧道|站|宾馆)"
    r"|[\u3400-\u9fff]{0,8}(?:公司|集团|工业园|产业园|科技园|创业园|软件园|商场|百货|饭店))"
)
"""What follows a district's short name where something is only named after it."""


_ANY_LEVEL = frozenset(
    [
        "不限",
        "无要求",
        "无",
        "不限等级",
        "无等级要求",
        "均可",
        "不作要求",
        "不要求",
        "暂无",
        "没有",
        "无等级",
        "不限制",
        "都可以",
        "都可",
        "都行",
        "皆可",
        "均行",
        "随便",
        "任意",
        "任何",
        "任意等级",
        "无所谓",
        "没要求",
        "没有要求",
        "无限制",
        "不设等级",
        "不作限制",
        "不做要求",
        "等级不限",
        "不分等级",
        "无证书",
        "无证",
        "未取得",
        "未取得证书",
        "没有证书",
        "无职业资格",
    ]
)
_ALL_LEVELS = frozenset(["全部", "全等级", "全部等级", "所有等级", "各等级", "各级"])
_AND_UP = re.compile(r"(?:及|或|\()?以上\)?$")
_AND_DOWN = re.compile(r"(?:及|或|\()?以下\)?$")


def parse_level(
    cell: object, levels: Mapping[str, str], *, ladder: Sequence[str] = ()
) -> Value[tuple[str, ...]]:
    """Read one skill level or a set of them.

    Parameters
    ----------
    cell
        A cell's value of any type.
    levels
        Every spelling -> level key, from the lowest level up.
    ladder
        Level keys that ``及以上`` climbs, the lowest first; by default all keys.

    Returns
    -------
    Value
        ``kind`` is ``exact``, ``set`` or ``any`` (no requirement: an empty tuple).

    Examples
    --------
    >>> spelled = {"五级": "five", "初级": "five", "中级": "four", "三级": "three"}
    >>> parse_level("中级及以上", spelled).value
    ('four', 'three')
    >>> parse_level("不限", spelled)
    Value(value=(), kind='any', flags=())
    """
    if isinstance(cell, Broken):
        return Value(None, "missing", ("broken",))
    text = bare(words_of(cell))
    if text in _ANY_LEVEL:
        return Value((), "any")
    if text in EMPTY:
        return Value(None, "missing")
    if text in levels:
        return Value((levels[text],), "exact")
    if text in _ALL_LEVELS:
        return Value(tuple(ladder) or tuple(dict.fromkeys(levels.values())), "set")
    named = _levels_in(text, levels)
    keys = [key for key in dict.fromkeys(levels.values()) if key in named]
    if not keys:
        return Value(None, "missing", ("unreadable",))
    steps = list(ladder) or list(dict.fromkeys(levels.values()))
    if keys[0] in steps and keys[-1] in steps:
        low, high = steps.index(keys[0]), steps.index(keys[-1])
        if _AND_UP.search(text):
            return Value(tuple(steps[low:]), "set")
        if _AND_DOWN.search(text):
            return Value(tuple(steps[: high + 1]), "set")
        if re.search(r"[-~至到]", text) and len(keys) == 2:
            return Value(tuple(steps[low : high + 1]), "set")
    return Value(tuple(keys), "exact" if len(keys) == 1 else "set")


def _levels_in(text: str, levels: Mapping[str, str]) -> set[str]:
    """The levels named in a text; a longer spelling shadows the shorter ones inside it."""
    keys = set()
    for spelling in sorted(levels, key=len, reverse=True):
        if spelling in text:
            keys.add(levels[spelling])
            text = text.replace(spelling, "#")
    return keys


_CODE = re.compile(r"([1-8])-(\d{1,2})(?:-(\d{1,2})(?:-(\d{1,2}))?)?([ls]{0,2})")
_CODE_AND_NAME = re.compile(r"\(?(\d-\d{1,2}-\d{1,2}-\d{1,2})([ls]{0,2})\)?(?=[^\d-])")


def parse_code(cell: object) -> Value[str]:
    """Read an occupation code in any spelling; one that a spreadsheet turned into a date is lost.

    Examples
    --------
    >>> parse_code("4—10—1—05L")
    Value(value='4-10-01-05', kind='unit', flags=('padded', 'mark'))
    >>> parse_code("2022/4/10").flags
    ('spoilt',)
    """
    if isinstance(cell, Broken):
        return Value(None, "missing", ("broken",))
    if isinstance(cell, (dt.date, dt.time, dt.timedelta)):
        return Value(None, "missing", ("spoilt",))
    text = bare(words_of(cell)).replace("_", "-")
    if text in EMPTY or text in NONE_AT_ALL:
        return Value(None, "missing")
    if re.fullmatch(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?.*", text):
        return Value(None, "missing", ("spoilt",))
    dashed = re.sub(r"[./·]", "-", text)
    match = _CODE.fullmatch(dashed) or _CODE_AND_NAME.match(dashed)
    if match is None:
        return Value(None, "missing", ("unreadable",))
    groups = match.groups() if match.re is _CODE else (*match[1].split("-"), match[2])
    parts, mark = [part for part in groups[:-1] if part], groups[-1]
    flags = ["padded"] * any(len(part) == 1 for part in parts[1:]) + ["mark"] * bool(mark)
    kind = {2: "sub-major", 3: "minor", 4: "unit"}[len(parts)]
    return Value("-".join([parts[0], *(part.zfill(2) for part in parts[1:])]), kind, tuple(flags))
