"""Vacancies of firms as offices write them down: lists, posts side by side, forms, blocks."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import groupby

from office_paint import Around, Canvas, Column, Line, Table, paint, tail, titled
from office_truth import Choices, Record, Truth

HEADS: dict[str, tuple[str, ...]] = {
    "firm_name": ("单位名称", "企业名称", "用人单位", "公司名称", "企业（单位）名称", "用工主体"),
    "district": ("所属区", "所在区", "区属", "属地", "行政区", "企业所在区", "辖区"),
    "employees": ("在岗职工数", "现有职工人数", "企业员工总数", "用工总数", "职工总数（人）"),
    "post": (
        "岗位名称",
        "工种",
        "缺工岗位",
        "招聘岗位",
        "职位名称",
        "岗位（工种）",
        "紧缺岗位名称",
    ),
    "vacancies": (
        "当前空缺人数",
        "缺工人数",
        "需求人数",
        "招聘人数",
        "缺口人数",
        "用工缺口（人）",
        "拟招人数",
        "目前尚缺人数",
        "岗位需求人数",
        "人数",
    ),
    "planned_hires": (
        "未来12个月计划招用",
        "今年计划招聘人数",
        "计划招用人数",
        "全年计划招用",
        "年内计划招聘人数",
    ),
    "headcount": ("岗位现有人数", "该岗位在岗人数", "现有人数"),
    "wage": ("月薪", "薪资待遇", "工资待遇（元/月）", "月工资（元）", "提供薪酬", "综合薪资"),
    "level": ("等级要求", "技能等级要求", "技能等级"),
}
SHORT = {
    "post": "岗位",
    "vacancies": "人数",
    "wage": "薪资",
    "level": "等级",
    "headcount": "现有人数",
}
GROUPS = {
    "firm": ("企业基本情况", "单位基本信息", "基本情况"),
    "post": ("岗位需求情况", "缺工情况", "用工需求", "招聘需求"),
}
OF_FIRM = ("firm_name", "district", "employees")
COUNTED = ("vacancies", "planned_hires", "headcount")

DECOYS: dict[str, tuple[str, ...]] = {
    "": (),
    "上年同期缺工人数": (),
    "上月缺工人数": (),
    "累计招聘人数": ("past_hires",),
    "已招聘人数": ("past_hires",),
    "其中：女性": (),
    "其中：应届毕业生": (),
    "其中技能人才": (),
    "比上月增减": (),
    "去年实际招聘人数": ("past_hires",),
    "到岗人数": ("past_hires",),
    "面试人数": (),
    "已解决人数": ("past_hires",),
    "参保人数": ("employees", "headcount"),
    "需培训人数": ("train_persons",),
    "缺工企业数": (),
    "离职人数": ("leavers",),
    "缺工三个月以上人数": ("vacancies_3m",),
    "营业收入（万元）": (),
    "一季度缺工人数": (),
    "春节前缺工人数": (),
    "预计返岗人数": (),
    "实习生需求人数": (),
    "紧急程度": (),
    "工作内容": (),
    "联系人": (),
}
"""Headings of columns that look like the wanted ones -> what they may be read as."""
TITLES = (
    "2026年企业用工需求调查表",
    "",
    "企业缺工情况统计表",
    "2026年3月重点企业用工监测表",
    "海沧区企业缺工岗位汇总表",
    "××园区春季招聘岗位一览表",
)


def draw(truth: Truth, how: Choices) -> list[Canvas]:
    """The sheets that an office makes of it; what it leaves out is taken from the records."""
    form = how.pick("form", tuple(FORMS), 0.75)
    canvas = Canvas(how.pick("sheet_name", ("Sheet1", "用工需求", "汇总", "3月")))
    fields = [
        name
        for name, odd in (
            ("district", 0.6),
            ("employees", 0.35),
            ("planned_hires", 0.3),
            ("headcount", 0.15),
            ("wage", 0.5),
            ("level", 0.15),
        )
        if how.some(f"with_{name}", odd)
    ]
    fields = [*OF_FIRM[:1], *fields, "post", "vacancies"]
    left = how.pick("blank_left", (1, 2), 0.1)
    FORMS[form](truth, fields, canvas, left, how)
    for record in truth.records:
        for name in [name for name in record if name not in (how.fields or fields)]:
            del record[name]
    return [canvas]


def value(name: str, record: Record, how: Choices) -> object:
    """A field's value as it is written."""
    held = record[name]
    if name == "wage":
        shape = how.pick("wage_shape", ("{0}-{1}", "{0}-{1}元/月", "{0}—{1}", "{0}~{1}元"), 0.4)
        return shape.format(*held)
    if name == "district":
        return held[:-1] if how.some("short_district", 0.25) else held
    if name in COUNTED and how.some(f"{name}_text", 0.12):
        return how.pick(f"{name}_worded", ("{}人", "{}", "{}名")).format(held)
    return held


def heading(name: str, how: Choices) -> str:
    """The wording of a column's heading."""
    return how.pick(f"head_{name}", HEADS[name], 0.6)


def columns_of(fields: list[str], how: Choices) -> list[Column]:
    """The columns in some order, under groups or not, with such as look like them."""
    order = [
        name
        for name in (*OF_FIRM, "post", "vacancies", "planned_hires", "headcount", "wage", "level")
        if name in fields
    ]
    if how.some("shuffled", 0.3):
        own = order[1:]
        how.rng("shuffle").shuffle(own)
        order = [order[0], *own] if how.some("firm_first", 0.6) else [*own, order[0]]
        if how.rng("shuffle").random() < 0.5:
            order.sort(key=lambda name: name not in OF_FIRM)
    depth = how.pick("head_rows", (1, 2, 3), 0.35)
    paths: dict[Hashable, tuple[str, ...]] = {name: (heading(name, how),) for name in order}
    if depth > 1:
        style = how.pick("grouped", ("both", "posts", "short"))
        group = how.pick("post_group", GROUPS["post"])
        for name in order:
            if name in OF_FIRM and style == "both":
                paths[name] = (how.pick("firm_group", GROUPS["firm"]), *paths[name])
            elif name not in OF_FIRM and name != "planned_hires":
                own = SHORT[name] if style == "short" else paths[name][0]
                paths[name] = (group, own)
    if depth == 3:
        paths = {name: ("企业用工情况", *path) for name, path in paths.items()}
    keys: list[Hashable] = list(order)
    for n in range(how.pick("decoys", (0, 1, 2), 0.5)):
        decoy = how.pick(f"decoy_{n}", tuple(DECOYS), 0.95)
        if decoy and decoy not in paths:
            at = how.rng(f"decoy_at_{n}").randrange(1, len(keys) + 1)
            keys.insert(at, decoy)
            beside = paths[keys[at - 1]][:-1]
            near = at + 1 < len(keys) and paths[keys[at + 1]][:-1] == beside
            paths[decoy] = (*beside, decoy) if beside and near else (decoy,)
    if how.some("serial", 0.5):
        keys.insert(0, "serial")
        paths["serial"] = ("序号",)
    if how.some("remark", 0.3):
        keys.append("remark")
        paths["remark"] = ("备注",)
    return [Column(key, paths[key]) for key in keys]


def decoy_cell(decoy: str, rng_name: str, how: Choices) -> object:
    rng = how.rng(rng_name)
    if decoy == "紧急程度":
        return rng.choice(("一般", "紧急"))
    if decoy == "工作内容":
        return rng.choice(("负责产线日常操作", "按图纸作业", "客户接待"))
    if decoy == "联系人":
        return rng.choice(("王小明", "陈大为"))
    return rng.randrange(300, 480)


def _lines(truth: Truth, columns: list[Column], how: Choices) -> Table:
    """One line a post; firms repeated, merged down, or named once."""
    fill = how.pick("firm_fill", ("repeat", "merged", "blank", "ditto"), 0.6)
    lines: list[Line] = []
    spans: list[tuple[Hashable, int, int]] = []
    own = {column.key for column in columns}
    serial = how.pick("serial_of", ("rows", "firms"))
    number = 0
    for _, posts in groupby(truth.records, lambda record: record["firm_name"]):
        start = len(lines)
        for n, record in enumerate(posts):
            cells: dict[Hashable, object] = {
                key: value(str(key), record, how) for key in own if key in record
            }
            for key in own:
                if key in DECOYS and key:
                    cells[key] = decoy_cell(str(key), f"{key}/{len(lines)}", how)
            number += serial == "rows" or not n
            cells["serial"] = number
            if n and fill != "repeat":
                shared = [*OF_FIRM, *(["serial"] if serial == "firms" else [])]
                for key in shared:
                    if key in cells:
                        cells[key] = "同上" if fill == "ditto" and key != "serial" else None
            if how.rng(f"remark/{len(lines)}").random() < 0.2:
                cells["remark"] = "急招"
            lines.append(Line("data", cells, [record]))
        if fill == "merged" and len(lines) > start + 1:
            keys = [*OF_FIRM, *(["serial"] if serial == "firms" else [])]
            spans += [(key, start, len(lines) - 1) for key in keys if key in own]
    return Table(columns, lines, spans)


def with_totals(table: Table, how: Choices, counted: Callable[[Hashable], bool]) -> Table:
    """Add sums: at the top, at the bottom, below every firm or district."""
    where = how.pick("totals", ("none", "bottom", "top", "sub", "both"), 0.5)
    if where == "none":
        return table
    label_at = how.pick("total_at", ("first", "firm_name", "post"), 0.4)
    keys = [column.key for column in table.columns]
    key = label_at if label_at in keys else keys[0]
    if counted(key):
        key = next(k for k in keys if not counted(k))
    word = how.pick(
        "total_word", ("合计", "总计", "合  计", "合计：", "全区合计", "总计（人）"), 0.5
    )

    def total(lines: list[Line], text: str) -> Line:
        sums = {
            k: sum(int(v) for line in lines if isinstance(v := line.cells.get(k, 0), int))
            for k in keys
            if counted(k)
        }
        return Line("total", {key: text, **sums})

    data = [line for line in table.lines if line.what == "data"]
    places = {id(line): at for at, line in enumerate(table.lines)}
    out: list[Line] = []
    if where == "top":
        out.append(total(data, word))
    if where in ("sub", "both"):
        sub = how.pick("sub_word", ("小计", "{}小计", "小  计"))
        name = how.pick("sub_of", ("firm_name", "district"))
        for group, found in groupby(data, lambda line: line.records[0].get(name, "")):
            own = list(found)
            out += [*own, total(own, sub.format(group))]
    else:
        out += table.lines
    if where in ("bottom", "both"):
        out.append(total(data, word))
    moved = {places[id(line)]: at for at, line in enumerate(out) if id(line) in places}
    spans = [(k, moved[first], moved[last]) for k, first, last in table.spans]
    if how.some("total_merged", 0.3) and key == keys[0]:
        width = next(n for n, k in enumerate(keys) if counted(k))
        table.lines = out
        del width
    return Table(table.columns, out, [s for s in spans if s[1] <= s[2]])


def broken_up(table: Table, how: Choices) -> Table:
    """Blank rows, headings once more at a page's break, a hidden row."""
    if table.spans:
        return table
    out = list(table.lines)
    rng = how.rng("breaks")
    if how.some("blank_row", 0.15):
        out.insert(rng.randrange(1, len(out) + 1), Line("blank"))
    if how.some("head_again", 0.12) and len(out) > 3:
        out.insert(rng.randrange(2, len(out)), Line("head"))
    if how.some("hidden_row", 0.06):
        rng.choice([line for line in out if line.what == "data"]).hidden = True
    return Table(table.columns, out, [])


def _is_count(key: Hashable) -> bool:
    return key in COUNTED or (key in DECOYS and key not in ("", "紧急程度", "工作内容", "联系人"))


def _framed(
    table: Table, canvas: Canvas, left: int, how: Choices, titles: tuple[str, ...] = TITLES
) -> None:
    width = len(table.columns)
    top = titled(canvas, Around(titles, "单位：人"), width, left, how)
    end = paint(table, canvas, top, left, how)
    tail(canvas, end, left, width, how)


def as_list(truth: Truth, fields: list[str], canvas: Canvas, left: int, how: Choices) -> None:
    """One row a post."""
    table = _lines(truth, columns_of(fields, how), how)
    _framed(broken_up(with_totals(table, how, _is_count), how), canvas, left, how)


def packed(truth: Truth, fields: list[str], canvas: Canvas, left: int, how: Choices) -> None:
    """One row a firm, its posts with their numbers in one cell."""
    shape = how.pick("packed_shape", ("{}{}人", "{}（{}人）", "{} {}名"))
    mark = how.pick("packed_mark", ("、", "，", "；", "\n"))
    head = how.pick("packed_head", ("招聘岗位及人数", "缺工岗位及人数", "用工需求", "岗位需求"))
    own = [name for name in OF_FIRM if name in fields]
    columns = [Column(name, (heading(name, how),)) for name in own] + [Column("posts", (head,))]
    lines = []
    for _, found in groupby(truth.records, lambda record: record["firm_name"]):
        posts = list(found)
        text = mark.join(shape.format(r["post"], r["vacancies"]) for r in posts)
        cells: dict[Hashable, object] = {name: value(name, posts[0], how) for name in own}
        lines.append(Line("data", {**cells, "posts": text}, posts))
    how.fields = [*own, "post", "vacancies"]
    _framed(Table(columns, lines), canvas, left, how)


def numbered(truth: Truth, fields: list[str], canvas: Canvas, left: int, how: Choices) -> None:
    """One row a firm, its first, second, ... post side by side."""
    own = [name for name in OF_FIRM if name in fields]
    per = ["post", "vacancies", *(["wage"] if "wage" in fields else [])]
    style = how.pick("numbered_style", ("岗位{}", "缺工岗位{}", "group", "第{}个岗位", "plain"))
    columns = [Column(name, (heading(name, how),)) for name in own]
    texts = {"post": "名称", "vacancies": "人数", "wage": "月薪"}
    most = max(len(list(g)) for _, g in groupby(truth.records, lambda r: r["firm_name"]))
    signs = how.pick("numbered_signs", ("123456", "一二三四五六"))
    for n in range(most):
        for name in per:
            path: tuple[str, ...]
            if style == "group":
                path = (
                    f"岗位{signs[n]}",
                    {"post": "岗位名称", "vacancies": "缺工人数", "wage": "月薪"}[name],
                )
            elif style == "plain":
                path = (HEADS[name][1 if name != "wage" else 0] + signs[n],)
            else:
                path = (style.format(signs[n]) + (texts[name] if name != "post" else ""),)
            columns.append(Column((name, n), path))
    if how.some("firm_decoy", 0.3):
        columns.append(Column("sum", (how.pick("sum_head", ("缺工合计", "合计", "需求总人数")),)))
    lines = []
    for _, found in groupby(truth.records, lambda record: record["firm_name"]):
        posts = list(found)
        cells: dict[Hashable, object] = {name: value(name, posts[0], how) for name in own}
        for n, record in enumerate(posts):
            cells |= {(name, n): value(name, record, how) for name in per}
        cells["sum"] = sum(r["vacancies"] for r in posts)
        lines.append(Line("data", cells, posts))
    how.fields = [*own, *per]
    _framed(Table(columns, lines), canvas, left, how)


def across(truth: Truth, fields: list[str], canvas: Canvas, left: int, how: Choices) -> None:
    """Firms down, posts across, how many are wanted in the cells."""
    own = [name for name in OF_FIRM if name in fields]
    titles = list(dict.fromkeys(record["post"] for record in truth.records))
    group = how.pick("across_head", ("缺工人数", "", "各工种缺工人数", "缺工岗位及人数（人）"))
    columns = [Column(name, (heading(name, how),)) for name in own]
    columns += [Column(title, (group, title) if group else (title,)) for title in titles]
    total = how.pick("across_sum", ("none", "last", "first"))
    if total != "none":
        place = len(columns) if total == "last" else len(own)
        columns.insert(
            place, Column("sum", (group, "合计") if group and total == "last" else ("合计",))
        )
    lines = []
    for _, found in groupby(truth.records, lambda record: record["firm_name"]):
        posts = list(found)
        cells: dict[Hashable, object] = {name: value(name, posts[0], how) for name in own}
        cells |= {record["post"]: record["vacancies"] for record in posts}
        cells["sum"] = sum(r["vacancies"] for r in posts)
        lines.append(Line("data", cells, posts))
    table = Table(columns, lines)
    table = with_totals(table, how, lambda key: key in titles or key == "sum")
    how.fields = [*own, "post", "vacancies"]
    named = ("2026年3月企业缺工情况统计表", "各企业缺工人数统计表", "重点企业用工缺口表")
    _framed(table, canvas, left, how, named)


def sections(truth: Truth, fields: list[str], canvas: Canvas, left: int, how: Choices) -> None:
    """Blocks of a firm or a district below a line that names it."""
    by = how.pick("section_by", ("district", "firm_name"))
    shape = how.pick("section_shape", ("{}", "一、{}", "（一）{}", "{}：", "【{}】"))
    own = [name for name in fields if name != by and not (by == "firm_name" and name in OF_FIRM)]
    table = _lines(truth, columns_of([by, *own], how), how)
    table = Table([column for column in table.columns if column.key != by], table.lines)
    out: list[Line] = []
    head = how.some("head_in_sections", 0.2)
    for n, (name, found) in enumerate(groupby(table.lines, lambda line: line.records[0][by])):
        text = shape.format(name).replace("一", "一二三四五六"[n])
        out.append(Line("section", text=text))
        out += [Line("head")] if head and n else []
        out += list(found)
        if how.some("section_sum", 0.2):
            out.append(Line("total", {table.columns[0].key: "小计"}))
    for line in out:
        for key in (*OF_FIRM, "serial"):
            if line.records and key in line.cells and line.cells[key] in (None, "同上"):
                line.cells[key] = line.records[0].get(key)
    how.fields = [by, *own]
    _framed(Table(table.columns, out), canvas, left, how)


def cards(truth: Truth, fields: list[str], canvas: Canvas, left: int, how: Choices) -> None:
    """The forms of firms below each other, every one under lines of its own."""
    row = titled(canvas, Around(TITLES), 4, left, how)
    per = [name for name in fields if name not in OF_FIRM]
    own = [name for name in OF_FIRM if name in fields]
    style = how.pick("card_style", ("within", "beside"))
    columns = [Column(name, (heading(name, how),)) for name in per]
    once = how.some("card_head_once", 0.2) and style == "within"
    for n, (_, found) in enumerate(groupby(truth.records, lambda record: record["firm_name"])):
        posts = list(found)
        at = left
        for name in own:
            label, held = heading(name, how), value(name, posts[0], how)
            if style == "within":
                canvas.put(row, at, f"{label}：{held}")
                at += 1
            else:
                canvas.put(row, at, label)
                canvas.put(row, at + 1, held)
                at += 2
        row += 1
        lines = [Line("data", {k: value(k, r, how) for k in per}, [r]) for r in posts]
        if once and n:
            for line in lines:
                for k, key in enumerate(per):
                    canvas.put(row, left + k, line.cells[key])
                canvas.note(line.records[0], row)
                row += 1
        else:
            row = paint(Table(columns, lines), canvas, row, left, how)
        row += how.pick("card_gap", (1, 0))
    how.fields = [*own, *per]


def turned(truth: Truth, fields: list[str], canvas: Canvas, left: int, how: Choices) -> None:
    """One firm's form: headings at the side, a column a post."""
    firm = truth.records[0]["firm_name"]
    truth.records[:] = [record for record in truth.records if record["firm_name"] == firm]
    row = titled(canvas, Around(TITLES), 4, left, how)
    for name in (name for name in OF_FIRM if name in fields):
        canvas.put(row, left, heading(name, how))
        canvas.put(row, left + 1, value(name, truth.records[0], how))
        row += 1
    for name in (name for name in fields if name not in OF_FIRM):
        canvas.put(row, left, heading(name, how))
        for n, record in enumerate(truth.records):
            canvas.put(row, left + 1 + n, value(name, record, how))
            canvas.note(record, row)
        row += 1
    tail(canvas, row, left, 4, how)


def in_parts(truth: Truth, fields: list[str], canvas: Canvas, left: int, how: Choices) -> None:
    """Two tables on one sheet, beside or below each other, of the same or of other headings."""
    firms = list(dict.fromkeys(record["firm_name"] for record in truth.records))
    half = set(firms[: len(firms) // 2])
    parts = [
        Truth("employers", [r for r in truth.records if (r["firm_name"] in half) is first])
        for first in (True, False)
    ]
    beside = how.pick("parts_beside", (False, True))
    other = how.some("parts_other_heads", 0.5)
    captions = how.some("parts_captions", 0.5)
    top = titled(canvas, Around(TITLES), 6, left, how)
    row, at = top, left
    for n, part in enumerate(parts):
        own = Choices(how.seed + 7_000_003, how.plain) if n and other else how
        columns = columns_of(fields, own)
        if n and other:
            how.made |= {f"second_{k}": v for k, v in own.made.items()}
        table = _lines(part, columns, how)
        if captions:
            canvas.put(row, at, f"{'一二'[n]}、{('重点企业', '一般企业')[n]}")
            row += 1
        row = paint(table, canvas, row, at, own)
        if beside:
            row, at = top, at + len(columns) + how.pick("parts_gap", (1, 0), 0.2)
        else:
            row += how.pick("parts_gap_below", (1, 0, 2))


FORMS: dict[str, Callable[[Truth, list[str], Canvas, int, Choices], None]] = {
    "list": as_list,
    "numbered": numbered,
    "across": across,
    "packed": packed,
    "sections": sections,
    "cards": cards,
    "turned": turned,
    "parts": in_parts,
}
