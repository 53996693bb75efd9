"""`evidence.xlsx`: the bureau's own workbook, with everything a row stands on. Never published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from xmdemand.catalogue.record import Record, RecordEntry
from xmdemand.publish import formats, labels
from xmdemand.publish.press import Press, issue_moment
from xmdemand.publish.sheet_rows import Value
from xmdemand.publish.sheets import Book, Field, Layout, add_sheet, new_workbook, workbook_bytes
from xmdemand.terms import term

if TYPE_CHECKING:
    import pandas as pd

    from xmdemand.intake.tables import Tables

INTERNAL = "内部资料，不得公开"


@dataclass(frozen=True)
class Measure:
    """A column of the evidence: its heading, where its value is, and how it is printed."""

    heading: str
    value: Callable[[RecordEntry], Value]
    style: str = "General"
    align: str = "right"
    width: float | None = None


def render(record: Record, press: Press, tables: Tables | None) -> bytes:
    """The workbook as bytes."""
    book = new_workbook(f"{record.catalogue.title}　依据资料", record.catalogue.bureau)
    layout = Layout(under=(INTERNAL,), header=_header(record))
    _add_guide(book, record, layout)
    entries = sorted(record.entries, key=_order)
    told = [entry for entry in entries if entry.listed or entry.numbers]
    left_out = [entry for entry in entries if entry.eligible and not entry.listed]
    _add(book, "逐职业依据", EVIDENCE, told, replace(layout, frozen=3))
    _add(book, "未列入说明", LEFT_OUT, left_out, replace(layout, frozen=2))
    _add_indicators(book, entries, replace(layout, frozen=2))
    for name, rows in _plain_sheets(record, entries):
        _add_mappings(book, name, rows, layout)
    if tables is not None:
        _add_mappings(book, "退回的行", _refused(tables.quarantine), layout)
        _add_mappings(book, "名称归类", _records(tables.titles), layout)
    return workbook_bytes(book, issue_moment(record.catalogue))


def _order(entry: RecordEntry) -> tuple[bool, int, str]:
    return (entry.seq is None, entry.seq or 0, entry.code)


def _number(key: str) -> Callable[[RecordEntry], Value]:
    return lambda entry: entry.numbers.get(key)


def _word(key: str) -> Callable[[RecordEntry], Value]:
    return lambda entry: term(key, entry.numbers.get(key))


def _tier(key: str) -> Callable[[RecordEntry], Value]:
    def value(entry: RecordEntry) -> Value:
        found = entry.numbers.get(key)
        return formats.stars(int(found)) if isinstance(found, int | float) and found > 0 else ""

    return value


def _quantity(heading: str, key: str, style: str = "#,##0", unit: str = "") -> tuple[Measure, ...]:
    """An estimate with both ends of its 90% interval."""
    return (
        Measure(heading + unit, _number(key), style),
        Measure(f"{heading}·下限", _number(f"{key}_lower"), style),
        Measure(f"{heading}·上限", _number(f"{key}_upper"), style),
    )


_WHO = (
    Measure("序号", lambda e: e.seq, "0", "center", 7),
    Measure("职业编码", lambda e: e.code, align="center", width=13),
    Measure("职业（工种）名称", lambda e: e.name, align="left", width=26),
)
_WITNESSES = (
    Measure("证据来源", _word("basis"), align="center"),
    Measure("调查所占权重", _number("survey_weight"), "0%"),
    Measure("单凭调查的需求", _number("survey_demand"), "#,##0"),
    Measure("单凭登记的需求", _number("register_demand"), "#,##0"),
    Measure("水平为假定", lambda e: "是" if e.numbers.get("assumed") else "", align="center"),
    Measure("填报单位（家）", _number("reporters"), "#,##0"),
    Measure("登记岗位（个）", _number("registered_posts"), "#,##0"),
)
_RATING = (
    Measure(
        "未评级原因",
        lambda e: labels.message(e.numbers.get("unrated_reason")),
        align="left",
        width=30,
    ),
    *_quantity("紧缺指数", "index", "0.00"),
    *_quantity("名次", "rank", "0"),
    Measure("进入前列的概率", _number("p_top"), "0%"),
    Measure("单凭调查的名次", _number("rank_survey"), "0"),
    Measure("单凭登记的名次", _number("rank_register"), "0"),
    Measure("★概率", _number("p_tier_1"), "0%"),
    Measure("★★概率", _number("p_tier_2"), "0%"),
    Measure("★★★概率", _number("p_tier_3"), "0%"),
    Measure("不计上年的程度", _tier("tier_memoryless"), align="center"),
    Measure("上年程度", _tier("tier_last"), align="center"),
    Measure("高流动低薪", lambda e: "是" if e.numbers.get("bad_job") else "", align="center"),
    Measure("紧缺成因", _word("cause"), align="left", width=18),
    Measure("对策", _word("remedy"), align="left", width=30),
)
EVIDENCE = (
    *_WHO,
    Measure("列入", lambda e: "是" if e.listed else "", align="center", width=7),
    Measure("紧缺程度", lambda e: formats.stars(e.stars), align="center"),
    Measure("规则：列入", lambda e: "是" if e.rule_listed else "", align="center"),
    Measure("规则：紧缺程度", lambda e: formats.stars(e.rule_stars), align="center"),
    *_quantity("用工需求", "demand", unit="（人）"),
    *_quantity("供给", "supply", unit="（人）"),
    *_quantity("缺口", "gap", unit="（人）"),
    Measure("缺口（覆盖比减半）", _number("gap_half"), "#,##0"),
    Measure("缺口（覆盖比加倍）", _number("gap_double"), "#,##0"),
    Measure("表载求人倍率", _number("ratio_printed"), "0.00"),
    Measure("计算求人倍率", _number("ratio_computed"), "0.00"),
    *_quantity("培训需求", "need", unit="（人）"),
    Measure("其中：初入", _number("need_entry"), "#,##0"),
    Measure("其中：提升", _number("need_upgrade"), "#,##0"),
    *_quantity("培训意愿", "intent", unit="（人）"),
    Measure("需求达标概率", _number("p_need"), "0%"),
    Measure("意愿达标概率", _number("p_intent"), "0%"),
    Measure("开班建议", _word("advice"), align="center", width=12),
    *_WITNESSES,
    *_RATING,
    Measure("依据指纹", lambda e: e.evidence_hash[:12], align="center", width=15),
)
LEFT_OUT = (
    *_WHO[1:],
    Measure("第一条未满足的规则", lambda e: e.failed_text, align="left", width=48),
    Measure("实际值", lambda e: e.failed_value, "#,##0.00"),
    Measure("标准", lambda e: e.failed_limit, "#,##0.00"),
    Measure("培训需求（人）", _number("need"), "#,##0"),
    Measure("需求达标概率", _number("p_need"), "0%"),
    Measure("培训意愿（人）", _number("intent"), "#,##0"),
    Measure("紧缺指数", _number("index"), "0.00"),
    Measure("填报单位（家）", _number("reporters"), "#,##0"),
    Measure("登记岗位（个）", _number("registered_posts"), "#,##0"),
)


def _add_guide(book: Book, record: Record, layout: Layout) -> None:
    """What the workbook holds, and of which run it is."""
    catalogue = record.catalogue
    listed = sum(entry.listed for entry in record.entries)
    eligible = sum(entry.eligible for entry in record.entries)
    about: list[list[Value]] = [
        ["目录", formats.whole_title(catalogue)],
        ["范围", f"{catalogue.city}{catalogue.district}"],
        ["基准期", formats.period(catalogue.reference_start, catalogue.reference_end)],
        ["数据截止日", formats.day(catalogue.cut_off)],
        ["列入 / 有资格列入", f"{listed} / {eligible}"],
        ["软件版本", record.software_version],
        ["随机种子", str(record.seed)],
        ["区间", "除另有说明外，下限和上限为90%区间"],
        [
            "单位",
            "用工需求、供给、缺口、培训需求和培训意愿为一年的人数；倍率、指数和标准分没有单位",
        ],
        [
            "逐职业依据",
            "每个职业的需求、供给、意愿、指数和名次；“规则”两列为规则的结论，未经部门意见",
        ],
        ["未列入说明", "有资格而未列入的每个职业，及其第一条未满足的规则"],
        ["指标", "每个职业各项指标的值和对指数的贡献；贡献之和即指数"],
        [
            "分区",
            "计划招用人数为企业填报的计划按权数推算，未乘实现比例，与“用工需求”口径不同",
        ],
        ["决定", "部门意见：由谁、何时、因何改变了规则的结论"],
    ]
    fields = [Field("项目", width=22), Field("内容", width=90)]
    add_sheet(book, "读法", fields, about, replace(layout, title="依据资料（内部）"))


def _header(record: Record) -> str:
    made_up = f"　{formats.SYNTHETIC}" if record.catalogue.synthetic else ""
    return f"{INTERNAL}{made_up}"


def _add(
    book: Book,
    name: str,
    measures: Sequence[Measure],
    entries: Iterable[RecordEntry],
    layout: Layout,
) -> None:
    fields = [Field(m.heading, m.align, m.style, m.width or _fit(m.heading)) for m in measures]
    rows = [[measure.value(entry) for measure in measures] for entry in entries]
    add_sheet(book, name, fields, rows, replace(layout, pages_wide=1 + len(measures) // 20))


def _fit(heading: str) -> float:
    return max(9.0, len(heading) * 1.3 + 3)


def _add_indicators(book: Book, entries: Iterable[RecordEntry], layout: Layout) -> None:
    keys = ("indicator", "value", "lower", "upper", "z", "weight", "contribution")
    fields = [
        Field("职业编码", "center", width=13),
        Field("职业（工种）名称", width=26),
        *(Field(labels.heading(key), "right", "0.00", 13) for key in keys),
        Field("有无实测", "center", width=10),
        Field("来源", width=16),
    ]
    rows: list[list[Value]] = []
    for entry in entries:
        for row in entry.indicators:
            values = [
                term("indicator", row.get("indicator")),
                *(row.get(k) for k in keys[1:]),
            ]
            seen = "实测" if row.get("observed") else "推断"
            source = term("source", row.get("source"))
            rows.append([entry.code, entry.name, *values, seen, source])
    add_sheet(book, "指标", fields, rows, layout)


Rows = Sequence[Mapping[str, Any]]


def _plain_sheets(record: Record, entries: Sequence[RecordEntry]) -> tuple[tuple[str, Rows], ...]:
    """Sheets that print records as they are."""
    names = {entry.code: entry.name for entry in entries}
    return (
        (
            "分区",
            [
                {"code": entry.code, "name": entry.name, **row}
                for entry in entries
                for row in entry.districts
            ],
        ),
        (
            "决定",
            [
                {"name": entry.name, **decision.model_dump()}
                for entry in entries
                for decision in entry.decisions
            ],
        ),
        ("额度取舍", [_trimmed(row, names) for row in record.selection]),
        ("参数", record.parameters),
        ("敏感性", record.sensitivity),
        ("门槛与行数", record.thresholds),
        ("调查质量", record.diagnostics),
        ("文件核对", [_of_file(row) for row in record.files]),
        ("提示", [_note_row(note) for note in record.notes]),
    )


def _trimmed(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What a quota left out; of the quota's own name it says that, and of the row its name."""
    told = {"trimmed_from" if key == "name" else key: value for key, value in row.items()}
    return told | {"name": names.get(str(row.get("code")), "")}


def _of_file(row: Mapping[str, Any]) -> dict[str, Any]:
    """A file's accounting, with why it was passed over in words."""
    told = {key: value for key, value in row.items() if key != "code"}
    return told | {"passed_over": labels.message(row.get("code"))}


def _refused(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    """The rows sent back, with why in words."""
    return [{"problem": labels.message(row.pop("code", "")), **row} for row in _records(frame)]


def _records(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    rows = [] if frame is None else frame.astype(object).to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]


def _note_row(note: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "severity": term("severity", note.get("severity")),
        "where": labels.place(note.get("where", "")),
        "text": labels.note_text(note),
        "n": note.get("n"),
        "note": note.get("code", ""),
    }


def _add_mappings(book: Book, name: str, rows: Rows, layout: Layout) -> None:
    """A sheet from records that share their keys; nothing is left out, empty ones are told."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    fields = [Field(labels.heading(key), "left", "#,##0.###") for key in keys] or [Field("内容")]
    body = [[labels.cell(key, row.get(key)) for key in keys] for row in rows]
    nothing = () if rows else ("本期无此项内容。",)
    add_sheet(book, name, fields, body, replace(layout, after=nothing))
