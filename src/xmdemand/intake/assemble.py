"""Parsed sheets -> the tables of `Tables`, one function a kind, before titles are coded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from xmdemand.intake.layout import firm_above
from xmdemand.intake.sheets import Sheet
from xmdemand.intake.tables import UNCERTAIN_COUNTS
from xmdemand.intake.text import bare, words_of
from xmdemand.intake.values import Count, parse_district, parse_level, parse_month

NOT_STATED = frozenset(
    map(bare, ("无要求", "未说明", "不限", "未填写", "未注明", "不详", "无职业要求", "其他未说明"))
)
AGE_BANDS = ("16-24", "25-34", "35-44", "45-54", "55-")
"""Bands used where the margins name none."""

_FIRM_NOISE = re.compile(
    r"股份有限责任公司|有限责任公司|股份有限公司|有限公司|集团公司|公司|[()（）·.\-]"
)


def firm_key(name: str, city: str = "") -> str:
    """A firm's name without legal form, brackets and city, for telling returns apart.

    >>> firm_key("厦门某某电子有限公司", "厦门市"), firm_key("某某电子公司（厦门）", "厦门市")
    ('某某电子', '某某电子')
    """
    key = _FIRM_NOISE.sub("", bare(name))
    if short := city.removesuffix("市"):
        key = key.replace(f"{short}市", "").replace(short, "")
    return key or bare(name)


def _firm_columns(sheet: Sheet) -> dict[str, np.ndarray]:
    names = sheet.text("firm_name")
    if "firm_name" not in sheet.decoded and (above := firm_above(sheet.layout.above)):
        names = np.full(sheet.n, above, dtype=object)
    return {
        "firm": sheet.text("firm"),
        "firm_name": names,
        "district": _district(sheet),
        "industry": sheet.text("industry"),
        "size_class": sheet.text("size_class"),
        "employees": sheet.number("employees"),
    }


def _district(sheet: Sheet) -> np.ndarray:
    """The district column, or the one district the rows above or the file's name speak of."""
    if "district" in sheet.decoded:
        return sheet.text("district")
    for text in (sheet.layout.above, sheet.grid.sheet, sheet.grid.file):
        found = parse_district(text, sheet.names.districts)
        if found.value:
            return np.full(sheet.n, found.value, dtype=object)
    return np.full(sheet.n, "", dtype=object)


def firms(sheet: Sheet) -> pd.DataFrame:
    """The sampling frame."""
    table = pd.DataFrame(_firm_columns(sheet))
    table["selection"] = sheet.text("selection")
    table["status"] = sheet.text("status")
    sheet.refuse(np.flatnonzero(table["firm_name"] == ""), "firm_name", "intake.required")
    table["source"] = sheet.source()
    return table[sheet.kept()]


def employers(sheet: Sheet) -> pd.DataFrame:
    """Returns, a row a firm x post; several posts in one cell are taken apart."""
    table = pd.DataFrame(_firm_columns(sheet))
    table["submitted"] = pd.to_datetime(pd.Series(sheet.get("submitted", lambda v: v.value, None)))
    for name in UNCERTAIN_COUNTS:
        _add_count(table, sheet, name)
    table["hard_reason"] = sheet.text("hard_reason")
    for end in ("low", "high"):
        table[f"wage_{end}"] = sheet.get("wage", _monthly(end), np.nan, float)
    table["level"] = (
        sheet.get("level", lambda v: v.value or (), ())
        if "level" in sheet.decoded
        else [()] * sheet.n
    )
    table["train_level"] = sheet.get("train_level", _lowest, "")
    table["selection"] = sheet.text("selection")
    table["code"] = sheet.text("code")
    table["source"] = sheet.source()
    table["posts"] = _posts(sheet)
    _refuse_employers(sheet, table)
    return _one_post_a_row(sheet, table[sheet.kept()])


def _add_count(table: pd.DataFrame, sheet: Sheet, name: str) -> None:
    table[name] = sheet.get(name, lambda count: count.value, np.nan, float)
    table[f"{name}_low"] = sheet.get(name, lambda count: count.low, np.nan, float)
    table[f"{name}_high"] = sheet.get(name, lambda count: count.high, np.nan, float)
    table[f"{name}_kind"] = sheet.get(name, lambda count: count.kind, "missing")


def _monthly(end: str) -> Callable[[Any], float]:
    def read(wage: Any) -> float:
        usable = wage.kind == "month" and "implausible" not in wage.flags
        return getattr(wage, end) if usable else np.nan

    return read


def _lowest(level: Any) -> str:
    return level.value[0] if level.value else ""


def _posts(sheet: Sheet) -> list[tuple[Any, ...]]:
    columns = [column.values() for column in sheet.decoded.get("title", [])]
    return (
        [
            tuple(post for posts in row if posts for post in posts)
            for row in zip(*columns, strict=True)
        ]
        if columns
        else [()] * sheet.n
    )


def _refuse_employers(sheet: Sheet, table: pd.DataFrame) -> None:
    nameless = (table["firm_name"] == "") & (table["firm"] == "")
    sheet.refuse(np.flatnonzero(nameless), "firm_name", "intake.required")
    planned = table[["vacancies_low", "planned_hires_low"]].fillna(0).max(axis=1)
    kinds = table[[f"{name}_kind" for name in UNCERTAIN_COUNTS]].to_numpy(dtype=object)
    stated = (kinds != "missing").any(axis=1)
    per_post = np.array(
        [any(post.count is not None for post in posts) for posts in table["posts"]], dtype=bool
    )
    postless = np.array([not posts for posts in table["posts"]], dtype=bool)
    sheet.refuse(np.flatnonzero(postless & (planned > 0)), "title", "intake.no_post")
    first = next((n for n in UNCERTAIN_COUNTS if n in sheet.decoded), None)
    if first:
        sheet.refuse(np.flatnonzero(~stated & ~per_post), first, "intake.no_count")


def _one_post_a_row(sheet: Sheet, table: pd.DataFrame) -> pd.DataFrame:
    spans = np.array([max(1, len(posts)) for posts in table["posts"]], dtype=int)
    sheet.flag(table.index[spans > 1], "title", "intake.several_posts")
    flat = [post for posts in table["posts"] for post in (posts or (None,))]
    long = table.drop(columns="posts").iloc[np.repeat(np.arange(len(table)), spans)]
    long = long.reset_index(drop=True)
    k = np.repeat(spans, spans)
    for name in UNCERTAIN_COUNTS:
        _bound_shares(long, name, k)
    for place, post in enumerate(flat):
        if post is not None and post.count is not None:
            _set_count(long, place, "vacancies", post.count)
    long["post"] = [post.title if post is not None else "" for post in flat]
    _zero_where_nothing_planned(long)
    long.loc[k > 1, "code"] = ""
    level = [_level_in_title(sheet, post) for post in flat]
    long["level"] = [a or b for a, b in zip(long["level"], level, strict=True)]
    return long


def _set_count(table: pd.DataFrame, place: int, name: str, count: Count) -> None:
    table.loc[place, [name, f"{name}_low", f"{name}_high"]] = [count.value, count.low, count.high]
    table.loc[place, f"{name}_kind"] = count.kind


def _bound_shares(table: pd.DataFrame, name: str, k: np.ndarray) -> None:
    """A count given for k posts together bounds each: at most all but one person a post."""
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


_IN_BRACKETS = re.compile(r"[(\[【]([^)\]】]+)[)\]】]")


def _level_in_title(sheet: Sheet, post: Any) -> tuple[str, ...]:
    if post is None:
        return ()
    for inside in _IN_BRACKETS.findall(post.title):
        found = parse_level(inside, sheet.names.levels, ladder=sheet.names.ladder)
        if found.value:
            return found.value
    return ()


REGISTER_COUNTS = (
    "posts_carried",
    "posts_new",
    "posts_total",
    "seekers_carried",
    "seekers_new",
    "seekers_total",
)


def register(sheet: Sheet) -> pd.DataFrame:
    """The public employment service's register."""
    title = sheet.text("title")
    table = pd.DataFrame({"title": title, "code": sheet.text("code"), "district": _district(sheet)})
    _add_month(sheet, table)
    for name in REGISTER_COUNTS:
        table[name] = sheet.number(name)
    table["ratio_printed"] = sheet.number("ratio_printed")
    table["source"] = sheet.source()
    sheet.refuse(np.flatnonzero(table["month"].isna()), "month", "intake.no_month")
    empty = table[list(REGISTER_COUNTS)].isna().all(axis=1)
    shown = next(
        (name for name in reversed(REGISTER_COUNTS) if name in sheet.decoded), "posts_total"
    )
    sheet.refuse(np.flatnonzero(empty), shown, "intake.no_count")
    nameless = (table["title"] == "") & (table["code"] == "")
    sheet.refuse(np.flatnonzero(nameless), "title", "intake.required")
    _refuse_city_totals(sheet, table)
    table["not_stated"] = table["title"].map(bare).isin(NOT_STATED)
    for side in ("posts", "seekers"):
        parts = table[f"{side}_carried"] + table[f"{side}_new"]
        table[f"{side}_total"] = table[f"{side}_total"].fillna(parts)
    return table[sheet.kept()]


def _refuse_city_totals(sheet: Sheet, table: pd.DataFrame) -> None:
    """Rows of the whole city in a table that also has its districts would count twice."""
    if "district" not in sheet.decoded or not (table["district"] != "").any():
        return
    column = sheet.decoded["district"][0]
    whole = [p for p, cell in enumerate(column.cells) if words_of(cell) in _WHOLE_CITY]
    rows: np.ndarray = np.flatnonzero(np.isin(column.codes, whole))
    sheet.refuse(rows, "district", "intake.city_total")


_WHOLE_CITY = frozenset(["全市", "全市合计", "市级", "市本级合计"])


def _add_month(sheet: Sheet, table: pd.DataFrame) -> None:
    if "month" in sheet.decoded:
        months = sheet.get("month", lambda v: v.value, None)
        spans = sheet.get("month", lambda v: 3.0 if v.kind == "quarter" else 1.0, 1.0, float)
    else:
        found = (
            _month_in(sheet.layout.above)
            or _month_in(sheet.grid.sheet)
            or _month_in(sheet.grid.file)
        )
        value, span = found if found else (None, 1.0)
        months = np.full(sheet.n, value, dtype=object)
        spans = np.full(sheet.n, span)
    table["month"] = pd.to_datetime(pd.Series(months))
    table["months"] = spans


_MONTH_WORDS = re.compile(
    r"\d{4}\s?年\s?(?:第?\s?[一二三四1-4]\s?季度|\d{1,2}\s?月)|20\d{2}[-_.]?(?:0[1-9]|1[0-2])(?!\d)|20\d{2}[qQ][1-4]"
)


def _month_in(text: str) -> tuple[Any, float] | None:
    for words in _MONTH_WORDS.findall(text):
        month = parse_month(words.replace("_", "-").replace(".", "-"))
        if month.value is not None:
            return month.value, 3.0 if month.kind == "quarter" else 1.0
    return None


def workers(sheet: Sheet) -> pd.DataFrame:
    """Training intent, a row a person x wish."""
    table = pd.DataFrame(
        {
            "number": sheet.text("number"),
            "submitted": pd.to_datetime(pd.Series(sheet.get("submitted", lambda v: v.value, None))),
            "seconds": sheet.text("seconds"),
            "district": _district(sheet),
            "group": sheet.text("group"),
            "age": sheet.get("age", lambda v: v.value, None),
            "selection": sheet.text("selection"),
            "code": sheet.text("code"),
            "level": sheet.get("level", _lowest, ""),
        }
    )
    table["source"] = sheet.source()
    table["wish"] = [tuple(dict.fromkeys(post.title for post in posts)) for posts in _posts(sheet)]
    table = table[sheet.kept()]
    table["wishes"] = table["wish"].map(len)
    table["wish"] = table["wish"].map(lambda wishes: wishes or ("",))
    long = table.explode("wish", ignore_index=True)
    long.loc[long["wishes"] > 1, "code"] = ""
    return long


def margins(sheet: Sheet) -> pd.DataFrame:
    """Known totals of the worker population."""
    table = pd.DataFrame(
        {
            "variable": sheet.text("variable"),
            "category": sheet.text("category"),
            "persons": sheet.number("persons"),
            "source": sheet.source(),
        }
    )
    for name in ("variable", "category"):
        sheet.refuse(np.flatnonzero(table[name] == ""), name, "intake.required")
    sheet.refuse(np.flatnonzero(table["persons"].isna()), "persons", "intake.required")
    return table[sheet.kept()]


def _titled(sheet: Sheet) -> pd.DataFrame:
    table = pd.DataFrame({"title": sheet.text("title"), "code": sheet.text("code")})
    nameless = (table["title"] == "") & (table["code"] == "")
    sheet.refuse(np.flatnonzero(nameless), "title", "intake.required")
    table["source"] = sheet.source()
    return table


def pipeline(sheet: Sheet) -> pd.DataFrame:
    """Graduates and trainees."""
    table = _titled(sheet)
    table["kind"] = sheet.text("kind")
    for name in ("persons", "entry_share", "stay_share"):
        table[name] = sheet.number(name)
    sheet.refuse(np.flatnonzero(table["kind"] == ""), "kind", "intake.required")
    sheet.refuse(np.flatnonzero(table["persons"].isna()), "persons", "intake.required")
    return table[sheet.kept()]


def trainable(sheet: Sheet) -> pd.DataFrame:
    """What can be trained and assessed."""
    table = _titled(sheet)
    table["work_type"] = sheet.text("work_type")
    table["levels"] = (
        sheet.get("levels", lambda v: v.value or (), ())
        if "levels" in sheet.decoded
        else [()] * sheet.n
    )
    for name in ("institutions", "bodies"):
        table[name] = sheet.number(name)
    empty = table["levels"].map(len) == 0
    sheet.refuse(np.flatnonzero(empty), "levels", "intake.required")
    return table[sheet.kept()]


def decisions(sheet: Sheet) -> pd.DataFrame:
    """What departments decided; an answer without reason, name or day is refused."""
    table = _titled(sheet)
    for name in ("action", "reason", "who", "department", "evidence_hash"):
        table[name] = sheet.text(name)
    table["date"] = pd.to_datetime(pd.Series(sheet.get("date", lambda v: v.value, None)))
    for name in ("action", "reason", "who"):
        sheet.refuse(np.flatnonzero(table[name] == ""), name, "intake.required")
    sheet.refuse(np.flatnonzero(table["date"].isna()), "date", "intake.required")
    return table[sheet.kept()]


ASSEMBLERS: Mapping[str, Callable[[Sheet], pd.DataFrame]] = MappingProxyType(
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
