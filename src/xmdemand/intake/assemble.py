"""Parsed sheets -> the tables of `Tables`, one function a kind, before titles are coded."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from xmdemand.intake.names import Names
from xmdemand.intake.periods import months, spans
from xmdemand.intake.sheets import Distinct, Sheet
from xmdemand.intake.stacking import Stack
from xmdemand.intake.tables import UNCERTAIN_COUNTS
from xmdemand.intake.text import bare, words_of
from xmdemand.intake.values import Count, parse_district, parse_level

NOT_STATED = frozenset(
    map(bare, ("无要求", "未说明", "不限", "未填写", "未注明", "不详", "无职业要求", "其他未说明"))
)
AGE_BANDS = ("16-24", "25-34", "35-44", "45-54", "55-")
"""Bands used where the margins name none."""

_FIRM_NOISE = re.compile(
    r"股份有限责任公司|有限责任公司|股份有限公司|有限公司|集团公司|公司|[()（）·.\-]"
)


@lru_cache(maxsize=65536)
def firm_key(name: str, city: str = "") -> str:
    """A firm's name without legal form, brackets and city, for telling returns apart.

    >>> firm_key("厦门某某电子有限公司", "厦门市"), firm_key("某某电子公司（厦门）", "厦门市")
    ('某某电子', '某某电子')
    """
    key = _FIRM_NOISE.sub("", bare(name))
    if short := city.removesuffix("市"):
        key = key.replace(f"{short}市", "").replace(short, "")
    return key or bare(name)


def _firm_columns(stack: Stack) -> dict[str, np.ndarray]:
    return {
        "firm": stack.text("firm"),
        "firm_name": stack.text("firm_name"),
        "district": stack.column(_district),
        "industry": stack.text("industry"),
        "size_class": stack.text("size_class"),
        "employees": stack.number("employees"),
    }


def _district(sheet: Sheet) -> Distinct:
    """The district column, or the one district the rows above or the file's name speak of.

    The latter holds too where a cell names a street or a park, unless other rows name another
    district.
    """
    around = _district_around(sheet)
    if "district" not in sheet.decoded:
        return [around], np.zeros(sheet.n, dtype=int)
    column = sheet.decoded["district"][0].held()
    named = {item.value for item in column.parsed if item.value}
    rest = around if named <= {around} else ""
    found: list[object] = [
        item.value or (rest if "unreadable" in item.flags else "") for item in column.parsed
    ]
    return found, column.codes


def _district_around(sheet: Sheet) -> str:
    """The one district that the rows above, the sheet's or the file's name speaks of."""
    for text in (*sheet.layout.above.split("\n"), sheet.grid.sheet, sheet.grid.file):
        found = parse_district(text, sheet.names.districts, places=sheet.names.places)
        if found.value:
            return found.value
    return ""


def firms(stack: Stack) -> pd.DataFrame:
    """The sampling frame."""
    table = pd.DataFrame(_firm_columns(stack))
    table["selection"] = stack.text("selection")
    table["status"] = stack.text("status")
    stack.refuse(np.flatnonzero(table["firm_name"] == ""), "firm_name", "intake.required")
    table["source"], table["sheet"] = stack.source(), stack.sheet_names()
    return stack.kept(table)


def employers(stack: Stack) -> pd.DataFrame:
    """Returns, a row a firm x post; several posts in one cell are taken apart."""
    table = pd.DataFrame(_firm_columns(stack))
    table["submitted"] = pd.to_datetime(pd.Series(stack.get("submitted", lambda v: v.value, None)))
    for name in UNCERTAIN_COUNTS:
        _add_count(table, stack, name)
    table["hard_reason"] = stack.text("hard_reason")
    for end in ("low", "high"):
        table[f"wage_{end}"] = stack.get("wage", _monthly(end), np.nan, float)
    table["level"] = stack.get("level", lambda v: v.value or (), ())
    table["train_level"] = stack.text("train_level", _lowest)
    table["selection"] = stack.text("selection")
    table["code"] = stack.text("code")
    table["source"], table["sheet"] = stack.source(), stack.sheet_names()
    table["posts"] = stack.each(_posts)
    _refuse_employers(stack, table)
    return _one_post_a_row(stack, stack.kept(table))


def _add_count(table: pd.DataFrame, stack: Stack, name: str) -> None:
    table[name] = stack.get(name, lambda count: count.value, np.nan, float)
    table[f"{name}_low"] = stack.get(name, lambda count: count.low, np.nan, float)
    table[f"{name}_high"] = stack.get(name, lambda count: count.high, np.nan, float)
    table[f"{name}_kind"] = stack.text(name, lambda count: count.kind, "missing")


def _monthly(end: str) -> Callable[[Any], float]:
    def read(wage: Any) -> float:
        usable = wage.kind == "month" and "implausible" not in wage.flags
        return getattr(wage, end) if usable else np.nan

    return read


def _lowest(level: Any) -> str:
    return level.value[0] if level.value else ""


def _posts(sheet: Sheet) -> np.ndarray:
    """The posts (or wishes) of every row: a tuple, from one column or several."""
    joined = np.empty(sheet.n, dtype=object)
    columns = [column.values() for column in sheet.decoded.get("title", [])]
    if len(columns) == 1:
        joined[:] = [posts or () for posts in columns[0]]
    else:
        rows = zip(*columns, strict=True) if columns else [()] * sheet.n
        joined[:] = [tuple(p for posts in row if posts for p in posts) for row in rows]
    return joined


def _refuse_employers(stack: Stack, table: pd.DataFrame) -> None:
    nameless = (table["firm_name"] == "") & (table["firm"] == "")
    stack.refuse(np.flatnonzero(nameless), "firm_name", "intake.required")
    wanted = [f"{name}_low" for name in ("vacancies", "planned_hires", "train_persons")]
    planned = table[wanted].fillna(0).max(axis=1)
    stated = np.zeros(len(table), dtype=bool)
    for name in UNCERTAIN_COUNTS:
        stated |= (table[f"{name}_kind"] != "missing").to_numpy(dtype=bool)
    posts = table["posts"].to_numpy().tolist()
    distinct = {id(own): own for own in posts}
    counted_in = {key: any(post.count is not None for post in own) for key, own in distinct.items()}
    per_post = np.array([counted_in[id(own)] for own in posts], dtype=bool)
    postless = np.array([not own for own in posts], dtype=bool)
    stack.refuse(np.flatnonzero(postless & (planned > 0)), "title", "intake.no_post")
    titled = stack.each(lambda sheet: np.full(sheet.n, "title" in sheet.decoded))
    stack.refuse(np.flatnonzero(postless & ~titled), "title", "intake.no_post")
    silent = postless & ~stated & ~stack.each(lambda sheet: np.full(sheet.n, _has_count(sheet)))
    stack.refuse(np.flatnonzero(silent), "title", "intake.required")  # says nothing, wants not 0
    first = next((n for n in UNCERTAIN_COUNTS if stack.has(n)), "vacancies")
    counted = stack.each(lambda sheet: np.full(sheet.n, _has_count(sheet)))
    stack.refuse(np.flatnonzero(~stated & ~per_post & counted), first, "intake.no_count")


def _has_count(sheet: Sheet) -> bool:
    """Whether a sheet has a column of counts, if only one that its headings dispute."""
    disputed = {guess.column for guess in sheet.layout.contested}
    return any(name in sheet.decoded or name in disputed for name in UNCERTAIN_COUNTS)


def _one_post_a_row(stack: Stack, table: pd.DataFrame) -> pd.DataFrame:
    told = table["posts"].to_numpy().tolist()
    spans = np.array([max(1, len(posts)) for posts in told], dtype=int)
    stack.flag(table.index[spans > 1], "title", "intake.several_posts")
    flat = [post for posts in told for post in (posts or (None,))]
    long = table.drop(columns="posts")
    if len(flat) > len(long):
        long = long.iloc[np.repeat(np.arange(len(table)), spans)]
    long = long.reset_index(drop=True)
    k = np.repeat(spans, spans)
    for name in UNCERTAIN_COUNTS:
        _bound_shares(long, name, k)
    for place, post in enumerate(flat):
        if post is not None and post.count is not None:
            _set_count(long, place, "vacancies", post.count)
    named = [post.title if post is not None else "" for post in flat]
    long["post"] = named
    _zero_where_nothing_planned(long)
    long.loc[k > 1, "code"] = ""
    apart = {title: _without_level(stack, title) for title in set(named)}
    titles = [apart[title] for title in named]
    long["post"] = [title for title, _ in titles]
    long["level"] = [a or b for a, (_, b) in zip(long["level"], titles, strict=True)]
    return long


def _set_count(table: pd.DataFrame, place: int, name: str, count: Count) -> None:
    table.loc[place, [name, f"{name}_low", f"{name}_high"]] = [count.value, count.low, count.high]
    table.loc[place, f"{name}_kind"] = count.kind


def _bound_shares(table: pd.DataFrame, name: str, k: np.ndarray) -> None:
    """A count given for k posts together bounds each: at most all but one person a post."""
    if not (k > 1).any():
        return
    low, high = table[f"{name}_low"].to_numpy(), table[f"{name}_high"].to_numpy()
    kind = table[f"{name}_kind"].to_numpy(dtype=object)
    shared = (k > 1) & (kind != "missing")
    if not shared.any():
        return
    wanted = (low >= k) if name in ("vacancies", "planned_hires") else np.zeros(len(k), bool)
    new_low = np.where(wanted, 1.0, 0.0)
    new_high = high - np.where(wanted, k - 1, 0)
    new_kind = np.where(
        np.isnan(new_high), "at_least", np.where(new_low == new_high, "exact", "range")
    )
    table.loc[shared, f"{name}_low"] = new_low[shared]
    table.loc[shared, f"{name}_high"] = new_high[shared]
    table.loc[shared, f"{name}_kind"] = new_kind[shared]
    exact = (table[f"{name}_kind"] == "exact").to_numpy()
    table[name] = np.where(exact, table[f"{name}_low"], np.nan)


def _zero_where_nothing_planned(table: pd.DataFrame) -> None:
    """A firm that answered and names no post plans nothing: zeros, not gaps."""
    nothing = table["post"] == ""
    if not nothing.any():
        return
    for name in UNCERTAIN_COUNTS:
        table.loc[nothing, [name, f"{name}_low", f"{name}_high"]] = 0.0
        table.loc[nothing, f"{name}_kind"] = "exact"


_IN_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]+)[)）\]】]")


def _without_level(stack: Stack, title: str) -> tuple[str, tuple[str, ...]]:
    """A title without the level in its brackets, and that level."""
    if title.isalnum():  # no brackets: most titles
        return title, ()
    for found in _IN_BRACKETS.finditer(title):
        level = parse_level(found[1], stack.names.levels, ladder=stack.names.ladder)
        if level.value:
            return (title[: found.start()] + title[found.end() :]).strip() or title, level.value
    return title, ()


REGISTER_COUNTS = (
    "posts_carried",
    "posts_new",
    "posts_total",
    "seekers_carried",
    "seekers_new",
    "seekers_total",
)


def register(stack: Stack) -> pd.DataFrame:
    """The public employment service's register."""
    columns = {name: stack.text(name) for name in ("title", "code")}
    columns["district"] = stack.column(_district)
    columns["month"] = stack.column(months, lambda days: pd.to_datetime(pd.Series(days)))
    columns["months"] = stack.column(spans)
    columns |= {name: stack.number(name) for name in (*REGISTER_COUNTS, "ratio_printed")}
    for side in ("posts", "seekers"):
        carried, new, total = (columns[f"{side}_{part}"] for part in ("carried", "new", "total"))
        columns[f"{side}_total"] = np.where(np.isnan(total), carried + new, total)
    columns |= {"source": stack.source(), "sheet": stack.sheet_names("category")}
    table = pd.DataFrame(columns, copy=False)  # a million rows are not copied once more
    stack.refuse(np.flatnonzero(table["month"].isna()), "month", "intake.no_month")
    empty = np.logical_and.reduce([np.isnan(columns[name]) for name in REGISTER_COUNTS])
    shown = next((name for name in reversed(REGISTER_COUNTS) if stack.has(name)), "posts_total")
    stack.refuse(np.flatnonzero(empty), shown, "intake.no_count")
    named = [stack.get(name, lambda v: bool(v.value), False, bool) for name in ("title", "code")]
    stack.refuse(np.flatnonzero(~(named[0] | named[1])), "title", "intake.required")
    _refuse_city_totals(stack)
    table["not_stated"] = stack.get("title", _says_nothing, False, bool)
    return stack.kept(table)


def _says_nothing(title: Any) -> bool:
    return title.value is not None and bare(title.value) in NOT_STATED


def _refuse_city_totals(stack: Stack) -> None:
    """Rows of the whole city in a table that also has its districts would count twice."""
    split = {sheet.grid.file for sheet in stack.sheets if _of_one_district(sheet)}
    stack.refuse(
        np.flatnonzero(stack.each(lambda sheet: _whole_city(sheet, split))),
        "district",
        "intake.city_total",
    )


def _of_one_district(sheet: Sheet) -> bool:
    """Whether a sheet without a column of districts says by its own name which it is of."""
    named = parse_district(sheet.grid.sheet, sheet.names.districts).value is not None
    return named and "district" not in sheet.decoded


def _whole_city(sheet: Sheet, split: Container[str]) -> np.ndarray:
    """Rows of the whole city beside its districts, in the sheet or in others of the file."""
    if "district" not in sheet.decoded:
        whole = sheet.grid.file in split and _CITY_SHEET.search(sheet.grid.sheet) is not None
        return np.full(sheet.n, whole)
    column = sheet.decoded["district"][0].held()
    of_city = [p for p, cell in enumerate(column.cells) if words_of(cell) in _WHOLE_CITY]
    if not of_city or all(item.value is None for item in column.parsed):
        return np.zeros(sheet.n, dtype=bool)
    return np.isin(column.codes, of_city)


_WHOLE_CITY = frozenset(["全市", "全市合计", "市级", "市本级合计"])
_CITY_SHEET = re.compile(r"全市|汇总|合计|总表")


def workers(stack: Stack) -> pd.DataFrame:
    """Training intent, a row a person x wish."""
    table = pd.DataFrame(
        {
            "number": stack.text("number"),
            "submitted": pd.to_datetime(pd.Series(stack.get("submitted", lambda v: v.value, None))),
            "seconds": stack.text("seconds"),
            "district": stack.column(_district),
            "group": stack.text("group"),
            "age": stack.get("age", lambda v: v.value, None),
            "selection": stack.text("selection"),
            "code": stack.text("code"),
            "level": stack.text("level", _lowest),
        }
    )
    table["source"], table["sheet"] = stack.source(), stack.sheet_names()
    titled = stack.each(lambda sheet: np.full(sheet.n, "title" in sheet.decoded))
    stack.refuse(np.flatnonzero(~titled), "title", "intake.no_post")
    table["wish"] = [
        tuple(dict.fromkeys(post.title for post in posts)) for posts in stack.each(_posts)
    ]
    table = stack.kept(table)
    table["wishes"] = table["wish"].map(len)
    table["wish"] = table["wish"].map(lambda wishes: wishes or ("",))
    long = table.explode("wish", ignore_index=True)
    long.loc[long["wishes"] > 1, "code"] = ""
    return long


def margins(stack: Stack) -> pd.DataFrame:
    """Known totals of the worker population."""
    table = pd.DataFrame(
        {
            "variable": stack.text("variable"),
            "category": stack.text("category"),
            "persons": stack.number("persons"),
            "source": stack.source(),
            "sheet": stack.sheet_names(),
        }
    )
    _place_categories(stack, table)
    for name in ("variable", "category"):
        stack.refuse(np.flatnonzero(table[name] == ""), name, "intake.required")
    stack.refuse(np.flatnonzero(table["persons"].isna()), "persons", "intake.required")
    return stack.kept(table)


def _place_categories(stack: Stack, table: pd.DataFrame) -> None:
    """Fill in whose totals they are where the category itself tells: a district, a group, ages.

    So it is in tables that head their parts by a line (``按区分``) instead of a column.
    """
    silent = (table["variable"] == "").to_numpy()
    if not silent.any():
        return
    written = stack.get_cells("variable")
    category = table["category"].to_numpy(dtype=object).copy()
    variable = table["variable"].to_numpy(dtype=object).copy()
    for place in np.flatnonzero(silent).tolist():
        text = category[place] or written[place]
        if found := _variable_of(text, stack.names):
            category[place], variable[place] = text, found
    table["category"], table["variable"] = category, variable


def _variable_of(category: str, names: Names) -> str:
    if bare(category) in names.districts:
        return "district"
    if names.group(category):
        return "group"
    return "age_band" if _AGES.fullmatch(bare(category)) else ""


_AGES = re.compile(
    r"\d{2}(?:周?岁)?(?:[-~至到—]\d{2}(?:周?岁)?|(?:及以上|以上|\+)|(?:及以下|以下))"
    r"|\d{2}[-~至到—]\d{2}岁"
)


def _titled(stack: Stack) -> pd.DataFrame:
    table = pd.DataFrame({"title": stack.text("title"), "code": stack.text("code")})
    nameless = (table["title"] == "") & (table["code"] == "")
    stack.refuse(np.flatnonzero(nameless), "title", "intake.required")
    table["source"], table["sheet"] = stack.source(), stack.sheet_names()
    return table


def pipeline(stack: Stack) -> pd.DataFrame:
    """Graduates and trainees."""
    table = _titled(stack)
    table["kind"] = stack.text("kind")
    for name in ("persons", "entry_share", "stay_share"):
        table[name] = stack.number(name)
    stack.refuse(np.flatnonzero(table["kind"] == ""), "kind", "intake.required")
    stack.refuse(np.flatnonzero(table["persons"].isna()), "persons", "intake.required")
    return stack.kept(table)


def trainable(stack: Stack) -> pd.DataFrame:
    """What can be trained and assessed."""
    table = _titled(stack)
    table["work_type"] = stack.text("work_type")
    table["levels"] = stack.get("levels", lambda v: v.value or (), ())
    for name in ("institutions", "bodies"):
        table[name] = stack.number(name)
    empty = table["levels"].map(len) == 0
    stack.refuse(np.flatnonzero(empty), "levels", "intake.required")
    return stack.kept(table)


def decisions(stack: Stack) -> pd.DataFrame:
    """What departments decided; an answer without reason, name or day is refused."""
    table = _titled(stack)
    for name in ("action", "reason", "who", "department", "evidence_hash"):
        table[name] = stack.text(name)
    table["date"] = pd.to_datetime(pd.Series(stack.get("date", lambda v: v.value, None)))
    for name in ("action", "reason", "who"):
        stack.refuse(np.flatnonzero(table[name] == ""), name, "intake.required")
    stack.refuse(np.flatnonzero(table["date"].isna()), "date", "intake.required")
    return stack.kept(table)


ASSEMBLERS: Mapping[str, Callable[[Stack], pd.DataFrame]] = MappingProxyType(
    {
        "firms": firms,
        "employers": employers,
        "register": register,
        "workers": workers,
        "margins": margins,
        "pipeline": pipeline,
        "trainable": trainable,
        "decisions": decisions,
    }
)
