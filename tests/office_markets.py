"""Registers of posts and seekers, and workers' wishes, as offices write them down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from itertools import groupby

from office_paint import Around, Canvas, Column, Line, Table, paint, tail, titled
from office_truth import LEVELS, Choices, Record, Truth

SIDES = ("posts", "seekers")
TITLE_HEADS = ("职业名称", "工种", "职业（工种）", "职业", "岗位名称", "职业（工种）名称")
DISTRICT_HEADS = ("所属区", "区", "辖区", "行政区", "服务机构所在区")
MONTH_HEADS = ("统计月份", "月份", "时间", "统计时间", "所属期")
MEASURES = {
    "posts": ("需求人数", "岗位数", "用人需求", "招聘需求人数", "岗位需求人数"),
    "seekers": ("求职人数", "求职登记人数", "登记求职人数", "求职者人数"),
}
DECOYS = (
    "",
    "求人倍率",
    "上月求职人数",
    "上年同期需求人数",
    "比上月增减",
    "1-3月累计需求人数",
    "本年累计求职人数",
    "其中：女性求职人数",
    "缺口",
    "成交人数",
    "需求占比（%）",
    "介绍成功人数",
    "其中：应届生",
    "用人单位数",
)
KINDS_OF = {
    "姓名": ("王小明", "陈大为", "林美玉"),
    "学历": ("高中", "大专", "本科"),
    "现职业": ("保安", "收银员", "待业"),
    "工作单位": ("厦门某公司", "无", "个体"),
    "是否愿意参训": ("是", "否"),
    "培训时间": ("周末", "晚上"),
    "已有证书等级": ("无", "中级工"),
}


def _month(month: dt.date, how: Choices, *, year: bool = True) -> str:
    shapes = ("{0}年{1}月", "{0}-{1:02}", "{0}{1:02}", "{0}.{1:02}", "{0}年{1:02}月")
    shape = how.pick("month_shape", shapes) if year else "{1}月"
    return shape.format(month.year, month.month)


def _titles(truth: Truth, how: Choices, about: str = "") -> tuple[str, ...]:
    month = truth.records[0]["month"]
    when = f"{month.year}年{month.month}月" if how.fields != ["year"] else f"{month.year}年"
    if about:
        return (
            f"{when}{about}情况表",
            f"{when}厦门市{about}统计",
            f"厦门市{about}统计表（{when}）",
        )
    return (
        f"{when}公共就业服务供求情况表",
        f"{when}厦门市人力资源市场职业供求状况",
        f"厦门市职业供求月报（{when}）",
    )


def _numbers(record: Record, parts: bool) -> dict[Hashable, object]:
    out: dict[Hashable, object] = {}
    for side in SIDES:
        carried, new = record.pop(f"{side}_carried"), record.pop(f"{side}_new")
        record[side] = carried + new
        if parts:
            record[f"{side}_carried"], record[f"{side}_new"] = carried, new
            out |= {f"{side}_carried": carried, f"{side}_new": new}
        out[side] = record[side]
    return out


def draw_register(truth: Truth, how: Choices) -> list[Canvas]:
    """The sheet that an office makes of a register."""
    canvas = Canvas(how.pick("sheet_name", ("Sheet1", "供求表", "1")))
    form = how.pick("form", tuple(REGISTERS), 0.8)
    if not how.some("several_months", 0.4) and form not in ("months_across", "indicators"):
        _only(truth, "month")
    if not how.pick("by_district", (True, False), 0.25) or form in ("months_across", "indicators"):
        district = truth.records[0]["district"]
        truth.records[:] = [r for r in truth.records if r["district"] == district]
        for record in truth.records:
            record["district"] = ""
    REGISTERS[form](truth, canvas, how)
    return [canvas]


def _only(truth: Truth, name: str) -> None:
    kept = truth.records[0][name]
    truth.records[:] = [record for record in truth.records if record[name] == kept]


def _said(truth: Truth) -> list[str]:
    """The columns that differ between records."""
    return [k for k in ("month", "district") if len({r[k] for r in truth.records}) > 1]


def _cell(name: str, record: Record, how: Choices) -> object:
    if name == "month":
        return _month(record["month"], how)
    if name == "district" and how.some("short_district", 0.25):
        return record["district"][:-1]
    return record[name]


def _heads(how: Choices) -> dict[str, str]:
    return {
        "title": how.pick("head_title", TITLE_HEADS),
        "district": how.pick("head_district", DISTRICT_HEADS),
        "month": how.pick("head_month", MONTH_HEADS),
        **{side: how.pick(f"head_{side}", MEASURES[side]) for side in SIDES},
    }


def _frame(table: Table, canvas: Canvas, how: Choices, titles: tuple[str, ...]) -> None:
    left = how.pick("blank_left", (1, 2), 0.1)
    width = len(table.columns)
    row = titled(canvas, Around(titles, "单位：人"), width, left, how)
    tail(canvas, paint(table, canvas, row, left, how), left, width, how)


def _sums(lines: list[Line], keys: list[Hashable]) -> dict[Hashable, object]:
    def number(line: Line, key: Hashable) -> int:
        found = line.cells.get(key, 0)
        return found if isinstance(found, int) else 0

    return {key: sum(number(line, key) for line in lines) for key in keys}


def _added(lines: list[Line], key: Hashable, counts: list[Hashable], how: Choices) -> list[Line]:
    where = how.pick("totals", ("none", "bottom", "top"), 0.5)
    word = how.pick("total_word", ("合计", "总计", "合  计", "全市合计", "全市"))
    total = Line("total", {key: word, **_sums(lines, counts)})
    return {"none": lines, "bottom": [*lines, total], "top": [total, *lines]}[where]


def long(truth: Truth, canvas: Canvas, how: Choices) -> None:
    """One row an occupation, district and month."""
    heads, said = _heads(how), _said(truth)
    parts = how.some("parts", 0.3)
    keys: list[Hashable] = [*said, "title"]
    if how.some("title_first", 0.4):
        keys = ["title", *said]
    paths: dict[Hashable, tuple[str, ...]] = {k: (heads[str(k)],) for k in keys}
    counts: list[Hashable] = []
    names = how.pick("part_names", (("上期结转", "本期新增", "合计"), ("结转", "新增", "合计")))
    for side in SIDES:
        if parts:
            for part, text in zip(("_carried", "_new", ""), names, strict=True):
                paths[side + part] = (heads[side], text)
                counts.append(side + part)
        else:
            paths[side] = (heads[side],)
            counts.append(side)
    keys += counts
    for n in range(how.pick("decoys", (0, 1, 2))):
        decoy = how.pick(f"decoy_{n}", DECOYS, 0.95)
        if decoy and decoy not in paths:
            at = len(keys) if parts else how.rng(f"at{n}").randrange(1, len(keys) + 1)
            keys.insert(at, decoy)
            paths[decoy] = (decoy,)
    if how.some("serial", 0.4):
        keys.insert(0, "serial")
        paths["serial"] = ("序号",)
    fill = how.pick("fill", ("repeat", "merged", "blank"), 0.4)
    lines: list[Line] = []
    spans: list[tuple[Hashable, int, int]] = []
    for n, record in enumerate(truth.records):
        cells = {k: _cell(str(k), record, how) for k in (*said, "title")}
        cells |= _numbers(record, parts)
        cells |= {k: how.rng(f"{k}/{n}").randrange(3000, 4000) for k in keys if k in DECOYS}
        if "求人倍率" in keys:
            cells["求人倍率"] = round(record["posts"] / record["seekers"], 2)
        cells["serial"] = n + 1
        lines.append(Line("data", cells, [record]))
    first = said[0] if said else ""
    if fill != "repeat" and first:
        for _, found in groupby(range(len(lines)), lambda n: lines[n].records[0][first]):
            own = list(found)
            spans += [(first, own[0], own[-1])] if fill == "merged" else []
            for n in own[1:]:
                lines[n].cells[first] = None
    else:
        lines = _added(lines, "title" if how.some("sum_at_title", 0.5) else keys[0], counts, how)
    _frame(
        Table([Column(k, paths[k]) for k in keys], lines, spans), canvas, how, _titles(truth, how)
    )


def _across(truth: Truth, canvas: Canvas, how: Choices, axis: str) -> None:
    """Districts or months across, under the measures or above them."""
    heads = _heads(how)
    sides = how.pick("sides", (SIDES, ("posts",), ("seekers",)))
    values = list(dict.fromkeys(r[axis] for r in truth.records))
    texts = {
        v: _month(v, how, year=how.some("months_with_year", 0.3))
        if axis == "month"
        else (v[:-1] if how.some("short_district", 0.25) else v)
        for v in values
    }
    order = how.pick("across_order", ("measure", "value", "bare" if len(sides) == 1 else "joined"))
    keys: list[Hashable] = [(s, v) for s in sides for v in values]
    if order == "value":
        keys = [(s, v) for v in values for s in sides]
    paths: dict[Hashable, tuple[str, ...]] = {"title": (heads["title"],)}
    for side in sides:
        for v in values:
            both = {"measure": (heads[side], texts[v]), "value": (texts[v], heads[side])}
            joined = {"bare": (texts[v],), "joined": (texts[v] + heads[side],)}
            paths[side, v] = {**both, **joined}[order]
    sums = how.pick("across_sums", (False, True)) and order != "value"
    if sums:
        for side in sides:
            at = max(n for n, k in enumerate(keys) if k[0] == side) + 1  # type: ignore[index]
            keys.insert(at, (side, "sum"))
            path = paths[side, values[0]]
            paths[side, "sum"] = (
                (path[0], "合计")
                if len(path) > 1
                else (("合计",) if order == "bare" else ("合计" + heads[side],))
            )
    lines = []
    for title in dict.fromkeys(r["title"] for r in truth.records):
        own = [r for r in truth.records if r["title"] == title]
        cells: dict[Hashable, object] = {"title": title}
        for record in own:
            numbers = _numbers(record, False)
            cells |= {(side, record[axis]): numbers[side] for side in sides}
            for side in set(SIDES) - set(sides):
                del record[side]
        for side in sides:
            cells[side, "sum"] = sum(r[side] for r in own)
        lines.append(Line("data", cells, own))
    lines = _added(lines, "title", keys, how)
    columns = [Column(k, paths[k]) for k in ("title", *keys)]
    how.fields = ["year"] if axis == "month" else []
    about = {
        SIDES: "各职业供求",
        ("posts",): f"各职业{heads['posts']}",
        ("seekers",): f"各职业{heads['seekers']}",
    }
    _frame(Table(columns, lines), canvas, how, _titles(truth, how, about[sides]))


def districts_across(truth: Truth, canvas: Canvas, how: Choices) -> None:
    """Occupations down, districts across."""
    _only(truth, "month")
    if len({r["district"] for r in truth.records}) < 2:
        long(truth, canvas, how)
        return
    _across(truth, canvas, how, "district")


def months_across(truth: Truth, canvas: Canvas, how: Choices) -> None:
    """Occupations down, months across."""
    _only(truth, "district")
    _across(truth, canvas, how, "month")


def indicators(truth: Truth, canvas: Canvas, how: Choices) -> None:
    """Occupation, indicator, months: two rows an occupation."""
    heads = _heads(how)
    values = list(dict.fromkeys(r["month"] for r in truth.records))
    year = how.some("months_with_year", 0.3)
    columns = [
        Column("title", (heads["title"],)),
        Column("what", (how.pick("what", ("指标", "项目", "类别")),)),
    ]
    columns += [Column(v, (_month(v, how, year=year),)) for v in values]
    lines: list[Line] = []
    spans: list[tuple[Hashable, int, int]] = []
    fill = how.pick("fill", ("merged", "repeat", "blank"))
    for title in dict.fromkeys(r["title"] for r in truth.records):
        own = [r for r in truth.records if r["title"] == title]
        numbers = {r["month"]: _numbers(r, False) for r in own}
        if fill == "merged":
            spans.append(("title", len(lines), len(lines) + 1))
        for n, side in enumerate(SIDES):
            cells: dict[Hashable, object] = {"title": title if fill == "repeat" or not n else None}
            cells |= {"what": heads[side], **{v: numbers[v][side] for v in values}}
            lines.append(Line("data", cells, own))
    how.fields = ["year"]
    _frame(Table(columns, lines, spans), canvas, how, _titles(truth, how))


def two_tables(truth: Truth, canvas: Canvas, how: Choices) -> None:
    """Posts in one table and seekers in another, below or beside it."""
    _only(truth, "month")
    heads, said = _heads(how), _said(truth)
    beside = how.pick("tables_beside", (False, True))
    captions = how.pick("captions", ("measure", "numbered", "none"))
    width = len(said) + 2
    top = titled(canvas, Around(_titles(truth, how), "单位：人"), width, 1, how)
    row, left = top, 1
    numbers = {id(record): _numbers(record, False) for record in truth.records}
    for n, side in enumerate(SIDES):
        if captions != "none":
            canvas.put(row, left, ("" if captions == "measure" else f"{'一二'[n]}、") + heads[side])
            row += 1
        keys: list[Hashable] = [*said, "title", side]
        columns = [Column(k, (heads[str(k)],)) for k in keys]
        lines = []
        for record in truth.records:
            cells = {k: _cell(str(k), record, how) for k in (*said, "title")}
            lines.append(Line("data", {**cells, side: numbers[id(record)][side]}, [record]))
        lines = _added(lines, keys[0], [side], how)
        row = paint(Table(columns, lines), canvas, row, left, how)
        row, left = (top, left + len(keys) + 1) if beside else (row + how.pick("gap", (1, 0)), left)


def district_sections(truth: Truth, canvas: Canvas, how: Choices) -> None:
    """Blocks of a district below a line that names it."""
    _only(truth, "month")
    heads = _heads(how)
    shape = how.pick("section_shape", ("{}", "一、{}", "（一）{}", "{}："))
    lines: list[Line] = []
    for n, (name, found) in enumerate(groupby(truth.records, lambda r: r["district"])):
        if name:
            lines.append(Line("section", text=shape.format(name).replace("一", "一二三"[n])))
        own = [Line("data", {"title": r["title"], **_numbers(r, False)}, [r]) for r in found]
        lines += own
        if how.some("section_sum", 0.3):
            lines.append(Line("total", {"title": "小计", **_sums(own, list(SIDES))}))
    columns = [Column(k, (heads[k],)) for k in ("title", *SIDES)]
    _frame(Table(columns, lines), canvas, how, _titles(truth, how))


REGISTERS: dict[str, Callable[[Truth, Canvas, Choices], None]] = {
    "long": long,
    "districts_across": districts_across,
    "months_across": months_across,
    "indicators": indicators,
    "two_tables": two_tables,
    "district_sections": district_sections,
}

WORKER_HEADS = {
    "age": ("年龄", "年龄（周岁）", "您的年龄"),
    "district": ("居住区", "所在区", "现居住区", "所属区"),
    "group": ("人员类别", "群体类别", "重点群体", "人员类型"),
    "wishes": (
        "希望参加的培训职业（工种）",
        "培训意愿",
        "意向工种",
        "想学的工种",
        "希望培训的职业",
    ),
    "level": ("希望等级", "拟取得等级", "意向等级"),
}


def draw_workers(truth: Truth, how: Choices) -> list[Canvas]:
    """The sheet of a survey of wishes: one cell, columns by order, or ticks."""
    canvas = Canvas(how.pick("sheet_name", ("Sheet1", "意愿表")))
    form = how.pick("form", ("cell", "ordered", "ticks"), 0.6)
    names = ["age", *(k for k in ("district", "group", "level") if how.some(f"with_{k}", 0.6))]
    heads = {k: how.pick(f"head_{k}", v) for k, v in WORKER_HEADS.items()}
    paths: dict[Hashable, tuple[str, ...]] = {k: (heads[k],) for k in names}
    keys: list[Hashable] = list(names)
    if how.some("shuffled", 0.3):
        how.rng("shuffle").shuffle(keys)
    options = list(dict.fromkeys(wish for r in truth.records for wish in r["wishes"]))
    if form == "cell":
        keys.append("wishes")
        paths["wishes"] = (heads["wishes"],)
    elif form == "ordered":
        shape = how.pick("order_shape", ("第{}意愿工种", "意愿工种{}", "第{}志愿", "group"))
        for n in range(2):
            text = f"第{'一二'[n]}意愿" if shape == "group" else shape.format("一二"[n])
            keys.append(("wish", n))
            paths["wish", n] = ("培训意愿", text) if shape == "group" else (text,)
    else:
        top = how.pick("ticks_head", ("培训意愿（可多选，打√）", "希望参加的培训"))
        for option in options:
            keys.append(option)
            paths[option] = (top, option)
    if how.some("worker_decoy", 0.4):
        decoy = how.pick("decoy_0", ("", *KINDS_OF), 0.95)
        if decoy:
            keys.insert(how.rng("decoy_at").randrange(0, len(keys) + 1), decoy)
            paths[decoy] = (decoy,)
            if form == "ticks":
                keys.remove(decoy)
                keys.insert(0, decoy)
    keys.insert(0, "serial")
    paths["serial"] = ("序号",)
    lines = []
    for n, record in enumerate(truth.records):
        cells: dict[Hashable, object] = {k: record[k] for k in names}
        cells["serial"] = n + 1
        cells["wishes"] = how.pick("wish_mark", ("、", "，", "┋", "；")).join(record["wishes"])
        cells |= {("wish", at): wish for at, wish in enumerate(record["wishes"])}
        if form == "ticks":
            cells |= dict.fromkeys(record["wishes"], how.pick("tick", ("√", 1, "是")))
        for decoy, said in KINDS_OF.items():
            cells[decoy] = how.rng(f"{decoy}/{n}").choice(said)
        lines.append(Line("data", cells, [record]))
        for k in ("district", "group", "level"):
            if k not in names:
                record.pop(k)
    titles = ("劳动者培训意愿调查表", "2026年农村劳动力培训意愿摸底表", "")
    _frame(Table([Column(k, paths[k]) for k in keys], lines), canvas, how, titles)
    if "level" in names:
        for record in truth.records:
            record["level"] = LEVELS[record["level"]]
    return [canvas]
