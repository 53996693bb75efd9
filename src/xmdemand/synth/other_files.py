"""The frame, the register, the worker survey and the smaller files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.draws import rng_for
from xmdemand.intake.columns import KINDS, choice, header
from xmdemand.ooxml import archive
from xmdemand.synth import mess
from xmdemand.synth.sheets import LABEL, Cell, Row, Sheet, as_csv, titled, write_csv, write_xlsx

if TYPE_CHECKING:
    from xmdemand.synth.city import City

REGISTER = (
    *("district", "title", "posts_carried", "posts_new", "posts_total"),
    *("seekers_carried", "seekers_new", "seekers_total", "ratio_printed"),
)

NO_OCCUPATION = "未说明"
"""What the service writes for seekers who state no occupation."""


def write_others(city: City, folder: Path) -> list[Path]:
    """Write every input but the employers' returns."""
    return [
        _frame(city, folder / "单位名录.xlsx"),
        *_register(city, folder / "供求登记"),
        _workers(city, folder / "培训意愿"),
        _margins(city, folder / "劳动者总体结构.csv"),
        _pipeline(city, folder / "毕业生与在训人员.xlsx"),
        _trainable(city, folder / "可培训可评价职业.xlsx"),
    ]


def _names(kind: str, columns: Sequence[str]) -> list[Cell]:
    return [header(kind, column) for column in columns]


def _frame(city: City, path: Path) -> Path:
    columns = [column.name for column in KINDS["firms"].columns][:8]
    firms = _table(city.tables.firms)
    rows: list[Row] = [
        [
            *row[:5],
            int(row[5]),
            choice("firms", "selection", row[6]) if row[6] else None,
            choice("firms", "status", row[7]) if row[7] else None,
        ]
        for row in firms[columns].to_numpy()
    ]
    sheet = Sheet("名录", [[titled("单位名录（抽样框）")]], [_names("firms", columns)], rows)
    return write_xlsx(path, [sheet], city.issued)


def _register(city: City, folder: Path) -> list[Path]:
    """Last year's quarters as workbooks with a sheet a month; earlier years in one archive."""
    table = _table(city.tables.register)
    table = table[(table["posts_total"] > 0) | (table["seekers_total"] > 0)]
    names = city.world.occupations["name"].to_dict()
    table = table.assign(
        title=[names.get(code, NO_OCCUPATION) for code in table["occupation"]],
        ratio_printed=(table["posts_total"] / table["seekers_total"].where(lambda n: n > 0)).round(
            2
        ),
    ).sort_values(["month", "district", "occupation"], kind="stable")
    months = sorted(table["month"].unique())
    recent = months[-12:]
    written = []
    for first in range(0, len(recent), 3):
        quarter = recent[first : first + 3]
        sheets = [_month_sheet(city, table[table["month"] == month], month) for month in quarter]
        name = f"供求表{quarter[0]:%Y年%m月}至{quarter[-1]:%Y年%m月}.xlsx"
        written.append(write_xlsx(folder / name, sheets, city.issued))
    years = [months[first : first + 12] for first in range(0, len(months) - 12, 12)]
    ledgers = {
        f"供求台账{year[0]:%Y年%m月}至{year[-1]:%Y年%m月}.csv": as_csv(
            _ledger(table[table["month"].isin(year)]), "gb18030"
        )
        for year in years
    }
    path = folder / "历年供求台账.zip"
    path.write_bytes(archive(ledgers, city.issued))
    return [*written, path]


def _month_sheet(city: City, table: pd.DataFrame, month: pd.Timestamp) -> Sheet:
    """A month as the employment service prints it, its head in two rows."""
    title = titled(f"{month:%Y}年{month.month}月公共就业服务机构按职业供求情况")
    upper = ["所属区", "职业名称", "需求人数", None, None, "求职人数", None, None, "求人倍率"]
    lower = [None, None, "上期结转", "本期新增", "合计", "上期结转", "本期新增", "合计", None]
    rows = _register_rows(table, dash=city.options.mess)
    if not city.options.mess:
        return Sheet(f"{month.month}月", [[title]], [_names("register", REGISTER)], rows)
    sums = table[list(REGISTER[2:8])].sum().astype(int)
    total: list[Cell] = ["合　计", None, *map(int, sums), None]
    tail: list[Row] = [
        [f"填表人：{mess.person(month.month)}　联系电话：{mess.phone(month.month)}"],
        ["注：求人倍率＝需求人数÷求职人数，“-”表示无。"],
    ]
    merges = ["A1:I1", "A3:A4", "B3:B4", "C3:E3", "F3:H3", "I3:I4"]
    return Sheet(
        f"{month.month}月", [[title], ["单位：人"]], [upper, lower], [total, *rows], tail, merges
    )


def _register_rows(table: pd.DataFrame, *, dash: bool) -> list[Row]:
    return [
        [
            district,
            title,
            *map(int, counts),
            ("-" if dash else None) if np.isnan(ratio) else float(ratio),
        ]
        for district, title, *counts, ratio in table[list(REGISTER)].to_numpy()
    ]


def _ledger(table: pd.DataFrame) -> Sheet:
    """A year as one long table, without the sums."""
    stocks_and_flows = ("posts_carried", "posts_new", "seekers_carried", "seekers_new")
    columns = ["month", "district", "title", *stocks_and_flows]
    rows: list[Row] = [
        [f"{month:%Y-%m}", district, title, *map(int, counts)]
        for month, district, title, *counts in table[columns].to_numpy()
    ]
    above = [[titled("公共就业服务机构供求台账")]]
    return Sheet("台账", above, [_names("register", columns)], rows)


def _workers(city: City, folder: Path) -> Path:
    """The questionnaire site's export: personal data, several wishes in one cell."""
    workers = _table(city.tables.workers)
    rng = rng_for(city.options.seed, "worker files", str(city.options.year))
    levels = city.profile.names("levels")
    messy = city.options.mess
    head = [
        *("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"),
        *(["1、您的姓名", "2、身份证号", "3、手机号码"] if messy else []),
        *("4、年龄段", "5、居住区", "6、人员类别", "7、希望参加的培训职业（工种）", "8、希望等级"),
        "9、抽样方式",
    ]
    said: dict[int, list[str]] = {}
    for at, wish in zip(workers["person"], workers["wish"], strict=True):
        if wish:
            said.setdefault(at, []).append(mess.untidy_title(rng, wish) if messy else wish)
    rows: list[Row] = []
    for first in workers.drop_duplicates("person").to_dict("records"):
        at = int(first["person"])
        day = city.issued - pd.Timedelta(days=int(rng.integers(40, 70)))
        rows.append(
            [
                *(at, f"{day:%Y/%m/%d} 12:00:00", f"{int(rng.integers(40, 400))}秒", "微信"),
                *(LABEL, "10.0.0.1"),
                *([mess.person(at), mess.id_number(at), mess.phone(at)] if messy else []),
                *(_years_old(first["age_band"]), first["district"], first["group"]),
                *("┋".join(said.get(at, [])), levels.get(first["level"], "")),
                choice("workers", "selection", first["selection"]),
            ]
        )
    return write_csv(folder / "劳动者培训意愿问卷.csv", Sheet("", [], [head], rows), "utf-8-sig")


def _years_old(band: str) -> str:
    return f"{band[:-1]}岁以上" if band.endswith("-") else f"{band}岁"


def _margins(city: City, path: Path) -> Path:
    columns = ["variable", "category", "persons"]
    rows: list[Row] = [
        [choice("margins", "variable", variable), category, int(persons)]
        for variable, category, persons in _table(city.tables.margins)[columns].to_numpy()
    ]
    above = [[titled("劳动者总体结构")]]
    return write_csv(path, Sheet("", above, [_names("margins", columns)], rows), "utf-8-sig")


def _pipeline(city: City, path: Path) -> Path:
    columns = ["title", "code", "kind", "persons", "entry_share", "stay_share"]
    table = _table(city.tables.pipeline)
    names = city.world.occupations["name"]
    rows: list[Row] = [
        [names[code], code, choice("pipeline", "kind", kind), int(persons), *_percents(shares)]
        for code, kind, persons, *shares in table[
            ["occupation", "kind", "persons", "entry_share", "stay_share"]
        ].to_numpy()
    ]
    if city.options.mess:
        rows.append(["机电一体化专业", None, None, 35, None, None])
    above = [[titled("未来12个月毕业生与在训人员")]]
    sheet = Sheet("毕业生", above, [_names("pipeline", columns)], rows)
    return write_xlsx(path, [sheet], city.issued)


def _percents(shares: Sequence[float]) -> list[Cell]:
    return [None if np.isnan(share) else f"{share:.0%}" for share in shares]


def _trainable(city: City, path: Path) -> Path:
    columns = ["title", "code", "work_type", "levels", "institutions", "bodies"]
    table = _table(city.tables.trainable)
    names, levels = city.world.occupations["name"], city.profile.names("levels")
    rows: list[Row] = [
        [
            names[code],
            code,
            work_type,
            mess.levels([levels[key] for key in keys]),
            *map(int, counts),
        ]
        for code, work_type, keys, *counts in table[
            ["occupation", "work_type", "levels", "institutions", "bodies"]
        ].to_numpy()
    ]
    if city.options.mess:
        rows.append(["手工编织工", None, None, None, 1, 0])
    above = [[titled("可培训可评价职业（工种）目录")]]
    sheet = Sheet("目录", above, [_names("trainable", columns)], rows)
    return write_xlsx(path, [sheet], city.issued)


def _table(table: pd.DataFrame | None) -> pd.DataFrame:
    return pd.DataFrame() if table is None else table
