"""The employer survey's files: one a district in its own style, and the website's export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xmdemand.draws import rng_for
from xmdemand.intake.columns import KINDS, choice, header
from xmdemand.intake.tables import UNCERTAIN_COUNTS
from xmdemand.synth import mess
from xmdemand.synth.sheets import LABEL, Cell, Row, Sheet, titled, write_csv, write_xlsx

if TYPE_CHECKING:
    from xmdemand.synth.city import City

COLUMNS = (
    *("firm", "firm_name", "district", "industry", "size_class", "employees", "submitted"),
    *("title", "code", "vacancies", "planned_hires", "past_hires", "leavers", "vacancies_3m"),
    *("headcount", "hard_reason", "wage", "level", "train_persons", "train_level", "selection"),
    *("contact", "phone", "remark"),
)
FIRM = COLUMNS[:6]
"""Columns about the firm, which some people write in its first row only."""


def write_returns(city: City, folder: Path) -> list[Path]:
    """Write the returns: districts' files, and one of the website for voluntary returns."""
    told = told_rows(city)
    invited = told[told["selection"] != "voluntary"]
    written = []
    for at, district in enumerate(city.profile.districts):
        rows = invited[invited["home"] == district.name]
        if len(rows):
            write = STYLES[at % len(STYLES)] if city.options.mess else _plain
            written.append(
                write(city, folder / "用工需求", district.name, rows.drop(columns="home"))
            )
    own = told[told["selection"] == "voluntary"].drop(columns="home")
    return [*written, _website(city, folder / "用工需求", own)] if len(own) else written


def told_rows(city: City) -> pd.DataFrame:
    """`COLUMNS` as respondents wrote them, and ``home``: the district the firm reports to."""
    employers, firms = city.tables.employers, city.tables.firms
    if employers is None or firms is None:
        return pd.DataFrame(columns=[*COLUMNS, "home"])
    rng = rng_for(city.options.seed, "told", str(city.options.year))
    messy = city.options.mess
    selection = firms.set_index("firm")["selection"]
    names = city.profile.names("levels")
    spellings = {one.name: (one.name, *one.aliases) for one in city.profile.districts}
    rows = []
    for at, row in enumerate(employers.to_dict("records")):
        told = _told(rng, row, names, messy=messy)
        told["home"] = row["district"]
        told["district"] = row["district"]
        if messy:
            told["district"] = rng.choice(spellings[row["district"]])
            told["contact"], told["phone"] = mess.person(at), mess.phone(at)
            if at % 97 == 5:
                told["remark"] = f"有事请找{mess.person(at)}，电话{mess.phone(at)}"
        told["selection"] = selection.get(row["firm"], "")
        rows.append(told)
    table = pd.DataFrame(rows, columns=[*COLUMNS, "home"]).astype(object)
    return _submitted_twice(rng, table) if messy else table


def _told(
    rng: np.random.Generator, row: Mapping[Any, Any], levels: Mapping[str, str], *, messy: bool
) -> dict[str, Cell]:
    told: dict[str, Cell] = {name: row[name] for name in FIRM}
    told["employees"] = int(row["employees"])
    told["submitted"] = row["submitted"].date()
    told["title"], told["code"] = row["post"], row["occupation"]
    for name in UNCERTAIN_COUNTS:
        bounds = (row[f"{name}_low"], row[f"{name}_high"], row[f"{name}_kind"], row[name])
        told[name] = mess.count(*bounds)
    reason = row["hard_reason"]
    told["hard_reason"] = choice("employers", "hard_reason", reason) if reason else None
    told["wage"] = mess.wage(row["wage_low"], row["wage_high"])
    told["level"] = mess.levels([levels[key] for key in row["level"]]) if row["post"] else None
    told["train_level"] = levels.get(row["train_level"])
    if messy and row["post"]:
        told |= {name: mess.untidy_count(rng, told[name]) for name in UNCERTAIN_COUNTS}
        told["title"] = mess.untidy_title(rng, row["post"], "中级")
        told["code"] = mess.untidy_code(rng, row["occupation"])
        told["firm_name"] = mess.untidy_firm(rng, row["firm_name"])
        told["wage"] = mess.untidy_wage(rng, row["wage_low"], row["wage_high"])
    return told


def _submitted_twice(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Some firms sent an earlier return with other numbers; the later one is meant."""
    firms = table["firm"].unique()
    twice = rng.choice(firms, max(len(firms) // 50, 1), replace=False)
    early = table[table["firm"].isin(twice)].copy()
    early["submitted"] = [day - pd.Timedelta(days=31) for day in early["submitted"]]
    for name in ("vacancies", "planned_hires"):
        early[name] = [cell * 2 + 1 if isinstance(cell, int) else cell for cell in early[name]]
    return pd.concat([early, table], ignore_index=True)


def _heading(
    columns: Sequence[str], which: int = 0, rename: Mapping[str, str] | None = None
) -> list[str]:
    """Chinese headings; `which` = 0 the usual ones, else a synonym where there is one."""
    found = []
    for name in columns:
        column = KINDS["employers"].column(name)
        words = (column.header, *[word for word in column.synonyms if not word.isascii()])
        found.append((rename or {}).get(name) or words[which % len(words)])
    return found


def _selection_words(cell: Cell) -> Cell:
    return choice("employers", "selection", str(cell)) if cell else None


def _cells(rows: pd.DataFrame, columns: Sequence[str]) -> list[list[Cell]]:
    shown = rows[list(columns)].copy()
    if "selection" in shown:
        shown["selection"] = [_selection_words(cell) for cell in shown["selection"]]
    return [[None if _missing(cell) else cell for cell in row] for row in shown.to_numpy()]


def _missing(cell: object) -> bool:
    return cell is None or cell == "" or (isinstance(cell, float) and np.isnan(cell))


def _title(city: City, district: str) -> str:
    return titled(f"{city.options.year}年{city.profile.city}{district}企业用工需求调查表")


def _plain(city: City, folder: Path, district: str, rows: pd.DataFrame) -> Path:
    """A title, one head row, tidy data."""
    columns = [name for name in COLUMNS if name not in ("contact", "phone", "remark")]
    sheet = Sheet(
        "用工需求", [[_title(city, district)]], [_heading(columns)], _cells(rows, columns)
    )
    return write_xlsx(folder / f"{district}.xlsx", [sheet], city.issued)


def _official(city: City, folder: Path, district: str, rows: pd.DataFrame) -> Path:
    """Annex number, title, unit line, a head in two rows, totals and a signed tail."""
    columns = [name for name in COLUMNS if name != "remark"]
    at = columns.index("train_persons")
    upper: list[Cell] = list(_heading(columns))
    lower: list[Cell] = [None] * len(columns)
    upper[at : at + 2] = ["愿意开展的培训", None]
    lower[at : at + 2] = ["人数", "等级"]
    above: list[Row] = [
        ["附件2"],
        [_title(city, district)],
        [f"填报单位：{district}人力资源和社会保障局（盖章）　　填报日期：{city.issued:%Y年%m月}"],
    ]
    total: list[Cell] = ["合计", *[None] * (len(columns) - 1)]
    for name in ("vacancies", "planned_hires"):
        cells = [cell for cell in rows[name] if isinstance(cell, int)]
        total[columns.index(name)] = sum(cells)
    tail: list[Row] = [
        [f"填表人：{mess.person(1)}　联系电话：{mess.phone(1)}"],
        ["注：1.本表由用人单位填报。2.空缺人数指填表当天在招的人数。"],
    ]
    from openpyxl.utils import get_column_letter

    pair = f"{get_column_letter(at + 1)}4:{get_column_letter(at + 2)}4"
    alone = [
        f"{get_column_letter(n)}4:{get_column_letter(n)}5"
        for n in range(1, len(columns) + 1)
        if n not in (at + 1, at + 2)
    ]
    merges = [f"A2:{get_column_letter(len(columns))}2", pair, *alone]
    sheet = Sheet("用工需求", above, [upper, lower], [*_cells(rows, columns), total], tail, merges)
    return write_xlsx(folder / f"{district}用工需求汇总表.xlsx", [sheet], city.issued)


def _merged(city: City, folder: Path, district: str, rows: pd.DataFrame) -> Path:
    """The firm's cells merged over its posts; a sheet of instructions before the data."""
    columns = COLUMNS
    cells = _cells(rows, columns)
    head_row = 3
    merges: list[str] = []
    firms = rows[["firm", "submitted"]].astype(str).agg("".join, axis=1).to_numpy()
    begins = [at for at in range(len(firms)) if at == 0 or firms[at] != firms[at - 1]]
    for first, after in zip(begins, [*begins[1:], len(firms)], strict=True):
        for row in range(first + 1, after):
            cells[row][: len(FIRM)] = [None] * len(FIRM)
        if after - first > 1:
            merges += [
                f"{letter}{first + head_row}:{letter}{after - 1 + head_row}" for letter in "ABCDEF"
            ]
    help_ = Sheet(
        "填表说明", [[titled("填表说明")]], [], [["1.一行填一个岗位。"], ["2.人数填整数。"]]
    )
    sheet = Sheet("填报数据", [[_title(city, district)]], [_heading(columns)], cells, (), merges)
    return write_xlsx(folder / f"{district}企业用工需求.xlsx", [help_, sheet], city.issued)


def _old_csv(city: City, folder: Path, district: str, rows: pd.DataFrame) -> Path:
    """CSV in the old Chinese encoding, with other words for the same columns."""
    columns = [name for name in COLUMNS if name not in ("remark", "headcount")]
    head = _heading(columns, 1, {"title": "岗位", "code": "职业代码", "selection": "抽样方式"})
    sheet = Sheet("", [[_title(city, district)]], [head], _cells(rows, columns))
    return write_csv(folder / f"{district}.csv", sheet, "gb18030")


def _paged(city: City, folder: Path, district: str, rows: pd.DataFrame) -> Path:
    """Printed by the page: the head repeated, 续表 above it; a running number in front."""
    columns = COLUMNS
    head: list[Cell] = ["序号", *_heading(columns)]
    cells: list[list[Cell]] = []
    for at, row in enumerate(_cells(rows, columns)):
        if at and at % 40 == 0:
            cells += [["续表"], head]
        cells.append([at + 1, *row])
    nameless: list[Cell] = [None] * len(head)
    nameless[1 + columns.index("title")] = "操作工"
    nameless[1 + columns.index("vacancies")] = 3
    sheet = Sheet(
        "Sheet1", [[_title(city, district)], ["单位：人"]], [head], [nameless, *cells], ()
    )
    return write_xlsx(folder / f"{district}-用工.xlsx", [sheet], city.issued)


def _bom_csv(city: City, folder: Path, district: str, rows: pd.DataFrame) -> Path:
    """CSV that Excel writes today, with a tail."""
    columns = [name for name in COLUMNS if name != "contact"]
    tail: list[Row] = [[f"说明：{LABEL}。"]]
    sheet = Sheet("", [], [_heading(columns)], _cells(rows, columns), tail)
    return write_csv(folder / f"{district}企业用工.csv", sheet, "utf-8-sig")


Style = Callable[["City", Path, str, pd.DataFrame], Path]
STYLES: tuple[Style, ...] = (_official, _merged, _old_csv, _paged, _bom_csv, _official)
"""Districts take these in turn."""


def _website(city: City, folder: Path, rows: pd.DataFrame) -> Path:
    """A questionnaire site's export: numbered questions, who answered when and from where."""
    columns = [name for name in COLUMNS if name != "remark"]
    rows = rows.assign(submitted=[f"{day:%Y/%m/%d} 12:00:00" for day in rows["submitted"]])
    asked = [name for name in columns if name != "submitted"]
    head = [
        *("序号", header("employers", "submitted") if not city.options.mess else "提交答卷时间"),
        *("所用时间", "来源", "来源详情", "来自IP"),
        *[f"{at}、{word}" for at, word in enumerate(_heading(asked), start=1)],
    ]
    site: list[Row] = [
        [at, row.pop(columns.index("submitted")), f"{60 + at}秒", "链接", LABEL, "10.0.0.1", *row]
        for at, row in enumerate(_cells(rows, columns), start=1)
    ]
    return write_csv(folder / "网站自愿填报.csv", Sheet("", [], [head], site), "utf-8-sig")
