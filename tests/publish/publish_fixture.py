"""A made-up edition for the renderers: content models filled by hand, no other room involved.

Codes and names are facts of the national classification of 2022 (with four additions of 2024 and
2025), in `occupations_sample.csv`; every number is invented.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path

from pypinyin import lazy_pinyin

from xmdemand.catalogue.content import (
    Catalogue,
    CatalogueEntry,
    Change,
    EntryLevel,
    Figure,
    MethodSection,
    Paragraph,
    PublicNumber,
    Table,
)
from xmdemand.catalogue.record import Content, Decision, Record, RecordEntry
from xmdemand.profile import District, Level, Profile, Tier, Title, TrainingField
from xmdemand.settings import Dates, Settings

HERE = Path(__file__).parent
ROWS = 36
"""Of the list most tests share."""
HOSTILE = (
    '=HYPERLINK("http://x.invalid","点我")',
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "*加粗*_斜_#set page(1)$x$@<&>\\`[]{{ 7*7 }}{% raw %}",
    "+86-592，-1+1，@SUM(A1)\t|引\"号'，逗,号",
    "镕喆堃昇珺祎玥璟工",
    "超长名称" * 10,
)
COLUMNS = (
    "seq",
    "field",
    "industry",
    "name",
    "code",
    "levels",
    "stars",
    "training",
    "groups",
    "department",
    "remark",
)
DISTRICTS = ("思明区", "湖里区", "集美区", "海沧区", "同安区", "翔安区")
FIELDS = {
    "先进制造": ("市工信局", "市发改委", "市人社局"),
    "数字经济": ("市工信局", "市教育局"),
    "交通运输": ("市交通局", "市国资委"),
    "现代服务": ("市人社局", "市商务局", "市民政局"),
}
INDUSTRIES = (
    "电子信息",
    "机械装备",
    "商贸物流",
    "金融服务",
    "生物医药",
    "新材料",
    "新能源",
    "文旅创意",
)
GROUPS = ("高校毕业生", "失业人员", "就业困难人员", "退役军人", "残疾人", "新业态劳动者")
TRAINING = ("就业技能培训", "岗位技能提升培训", "企业新型学徒制", "项目制培训")
TIERS = {0: "", 1: "一般急需紧缺", 2: "比较急需紧缺", 3: "急需紧缺"}
LEVELS = (
    ("l5", "五级", 700.0),
    ("l4", "四级", 1000.0),
    ("l3", "三级", 1500.0),
    ("l2", "二级", 2000.0),
    ("l1", "一级", 3000.0),
)


def occupations() -> list[dict[str, str]]:
    with (HERE / "occupations_sample.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def make_profile(**changes: object) -> Profile:
    values: dict[str, object] = {
        "key": "test",
        "city": "厦门市",
        "bureau": "厦门市人力资源和社会保障局",
        "districts": [District(code=f"35020{i}", name=n) for i, n in enumerate(DISTRICTS)],
        "fields": [TrainingField(key=k, name=k, departments=d) for k, d in FIELDS.items()],
        "levels": [Level(key=k, name=n, order=i) for i, (k, n, _) in enumerate(LEVELS)],
        "titles": [Title(key="training-need", text="{city}{year}", short="目录")],
        "tiers": [
            Tier(stars=s, name=TIERS[s], mark="★" * s, quota=q)
            for s, q in ((1, 60), (2, 40), (3, 20))
        ],
        "eligible": ["4", "6"],
        "public_columns": COLUMNS,
    }
    return Profile.model_validate(values | changes)


def make_settings(**changes: object) -> Settings:
    values: dict[str, object] = {
        "year": 2026,
        "synthetic": True,
        "seed": 7,
        "dates": Dates(
            reference_start=dt.date(2025, 5, 1),
            reference_end=dt.date(2026, 4, 30),
            cut_off=dt.date(2026, 4, 30),
            issued=dt.date(2026, 5, 20),
        ),
    }
    return Settings.model_validate(values | changes)


def make_entry(
    seq: int, occupation: dict[str, str], rng: random.Random, **changes: object
) -> CatalogueEntry:
    field = "先进制造" if occupation["code"].startswith("6") else rng.choice(list(FIELDS))
    stars = rng.choice((0, 0, 0, 1, 1, 2, 3))
    first = rng.randrange(3)
    levels = tuple(
        EntryLevel(key=k, name=n, subsidy=rate, uplift=0.2 if stars else None)
        for k, n, rate in LEVELS[first : first + rng.randrange(1, 4)]
    )
    new = rng.random() < 0.12
    withheld = rng.random() < 0.1
    values: dict[str, object] = {
        "seq": seq,
        "lineage": f"cn-{occupation['code']}",
        "code": occupation["code"],
        "name": occupation["name"],
        "pinyin": "".join(lazy_pinyin(occupation["name"])),
        "initials": "".join(part[0] for part in lazy_pinyin(occupation["name"])),
        "marks": occupation["marks"],
        "industry": rng.choice(INDUSTRIES) if rng.random() < 0.8 else "",
        "field": field,
        "levels": levels,
        "stars": stars,
        "tier": TIERS[stars],
        "training": tuple(sorted(rng.sample(TRAINING, rng.randrange(1, 3)))),
        "groups": tuple(sorted(rng.sample(GROUPS, rng.randrange(0, 4)))),
        "department": FIELDS[field][0],
        "departments": FIELDS[field],
        "work_types": ("示例工种",) if rng.random() < 0.2 else (),
        "institutions": rng.choice((None, 0, 2, 5)),
        "bodies": rng.choice((None, 0, 1, 3)),
        "districts": tuple(sorted(rng.sample(DISTRICTS, rng.randrange(0, 3)))),
        "demand": PublicNumber(value=None, unit="人", withheld="few_firms")
        if withheld
        else PublicNumber(value=10.0 * rng.randrange(3, 120), unit="人"),
        "new": new,
        "new_occupation": occupation["code"] in ("4-04-05-13", "4-02-04-07"),
        "previous_seq": None if new else seq + rng.randrange(0, 5),
        "decided": rng.random() < 0.05,
        "remark": "新增" if new else f"上年第{seq}位",
    }
    return CatalogueEntry.model_validate(values | changes)


def make_catalogue(n: int = 150, *, hostile: bool = False, **changes: object) -> Catalogue:
    rng = random.Random(1)
    source = occupations()
    repeated = [source[i % len(source)] for i in range(n)]
    entries = [make_entry(i + 1, row, rng) for i, row in enumerate(repeated)]
    entries = [
        e.model_copy(update={"lineage": f"{e.lineage}-{i}" if i >= len(source) else e.lineage})
        for i, e in enumerate(entries)
    ]
    if hostile:
        for i, text in enumerate(HOSTILE):
            entries[i] = entries[i].model_copy(
                update={"name": text, "remark": text, "groups": (text,), "department": text}
            )
    order = list(FIELDS)
    entries.sort(key=lambda e: (order.index(e.field), -e.stars, e.code))
    entries = [e.model_copy(update={"seq": i + 1}) for i, e in enumerate(entries)]
    values: dict[str, object] = {
        "city": "厦门市",
        "bureau": "厦门市人力资源和社会保障局",
        "year": 2026,
        "title": "2026年厦门市职业技能培训需求（含急需紧缺工种）指导目录",
        "synthetic": True,
        "issued": dt.date(2026, 5, 20),
        "cut_off": dt.date(2026, 4, 30),
        "reference_start": dt.date(2025, 5, 1),
        "reference_end": dt.date(2026, 4, 30),
        "classification": "《中华人民共和国职业分类大典（2022年版）》及2024年、2025年增补",
        "columns": COLUMNS,
        "entries": entries,
        "notes": NOTES,
        "changes": CHANGES if n else (),
        "method": METHOD,
    }
    return Catalogue.model_validate(values | changes)


def make_content(n: int = 150, *, hostile: bool = False, **changes: object) -> Content:
    catalogue = make_catalogue(n, hostile=hostile, **changes)
    rng = random.Random(2)
    listed = [_record_entry(e, rng) for e in catalogue.entries]
    left_out = [_left_out(i, rng) for i in range(40)]
    record = Record(
        software_version="0.1.0",
        profile="test",
        year=catalogue.year,
        seed=7,
        catalogue=catalogue,
        entries=(*listed, *left_out),
        ranking={"goalposts": {"cuts": {"1": 0.2, "2": 0.6, "3": 1.0}}},
        files=(
            {
                "file": "企业用工需求调查.xlsx",
                "sheet": "Sheet1",
                "kind": "employers",
                "rows_read": 812,
                "accepted": 803,
                "refused": 9,
                "header_row": 3,
                "encoding": "",
                "sha256": "0" * 64,
            },
        ),
        notes=(
            {
                "code": "core.example",
                "where": "4-10-01-05",
                "n": 3,
                "severity": "warning",
                "fields": {},
            },
        ),
        diagnostics=({"room": "survey", "item": "response_rate", "value": 0.712},),
        parameters=(
            {
                "group": "6",
                "parameter": "kappa",
                "estimate": 0.83,
                "lower": 0.7,
                "upper": 1.0,
                "n": 44,
                "source": "marginal likelihood",
            },
        ),
        sensitivity=(
            {
                "choice": "weights",
                "alternative": "dirichlet",
                "mean_rank_shift": 2.3,
                "top_kept": 0.91,
            },
        ),
        thresholds=({"what": "need_persons", "threshold": 30, "rows": 96},),
    )
    return Content(record=record)


def _numbers(rng: random.Random, rank: int) -> dict[str, float | int | str | bool | None]:
    demand = rng.uniform(40, 900)
    supply = demand * rng.uniform(0.3, 1.1)
    index = 1.6 - rank / 80
    return {
        "demand": demand,
        "demand_lower": demand * 0.7,
        "demand_upper": demand * 1.4,
        "supply": supply,
        "supply_lower": supply * 0.7,
        "supply_upper": supply * 1.3,
        "gap": demand - supply,
        "gap_lower": demand * 0.5 - supply,
        "gap_upper": demand * 1.5 - supply,
        "need": demand * 0.6,
        "need_lower": demand * 0.4,
        "need_upper": demand * 0.9,
        "intent": demand * 0.3,
        "intent_lower": demand * 0.2,
        "intent_upper": demand * 0.5,
        "basis": rng.choice(("both", "survey", "register")),
        "survey_weight": rng.random(),
        "survey_demand": demand * 0.9,
        "register_demand": float("nan"),
        "assumed": False,
        "p_need": rng.random(),
        "p_intent": rng.random(),
        "advice": rng.choice(("open", "guide", "control", "none")),
        "p_advice": rng.random(),
        "rated": True,
        "unrated_reason": "",
        "index": index,
        "index_lower": index - 0.4,
        "index_upper": index + 0.4,
        "rank": rank,
        "rank_lower": max(1, rank - 12),
        "rank_upper": rank + 15,
        "p_top": rng.random(),
        "rank_survey": rank + 3,
        "rank_register": float("nan"),
        "p_tier_1": 0.9,
        "p_tier_2": 0.6,
        "p_tier_3": 0.2,
        "tier": 2,
        "tier_memoryless": 2,
        "tier_last": -1,
        "bad_job": False,
        "p_bad_job": 0.05,
        "remedy": "",
        "cause": "few_applicants",
        "reporters": rng.randrange(3, 60),
        "registered_posts": rng.randrange(10, 900),
        "firms": rng.randrange(3, 60),
    }


def _record_entry(entry: CatalogueEntry, rng: random.Random) -> RecordEntry:
    decisions = (
        Decision(
            lineage=entry.lineage,
            code=entry.code,
            action="raise",
            reason="重点项目投产，用工集中",
            who="王某某",
            department=entry.department,
            date="2026-05-12",
        ),
    )
    return RecordEntry(
        lineage=entry.lineage,
        code=entry.code,
        name=entry.name,
        eligible=True,
        listed=True,
        seq=entry.seq,
        stars=entry.stars,
        rule_listed=True,
        rule_stars=max(0, entry.stars - int(entry.decided)),
        numbers=_numbers(rng, entry.seq),
        indicators=(
            {
                "indicator": "log_ratio",
                "value": 0.42,
                "lower": 0.1,
                "upper": 0.7,
                "z": 0.6,
                "weight": 0.25,
                "contribution": 0.15,
                "observed": True,
                "source": "register",
            },
            {
                "indicator": "vacancy_rate",
                "value": 0.08,
                "lower": 0.05,
                "upper": 0.11,
                "z": 1.1,
                "weight": 0.2,
                "contribution": 0.22,
                "observed": False,
                "source": "survey",
            },
        ),
        decisions=decisions if entry.decided else (),
        evidence_hash="ab" * 16,
    )


def _left_out(i: int, rng: random.Random) -> RecordEntry:
    return RecordEntry(
        lineage=f"cn-9-{i}",
        code=f"6-99-01-{i:02d}",
        name=f"未列入示例职业{i}",
        eligible=i % 4 != 0,
        listed=False,
        rule_listed=False,
        rule_stars=0,
        failed="catalogue.need_too_small",
        failed_text="预测培训需求达到30人的可能性不足",
        failed_value=0.41,
        failed_limit=0.7,
        numbers=_numbers(rng, 200 + i),
        evidence_hash="cd" * 16,
    )


NOTES = (
    Paragraph(
        heading="职业编码",
        text="职业（工种）名称和编码依据《中华人民共和国职业分类大典（2022年版）》及2024年、"
        "2025年发布的新职业。名称后标注“L”的为绿色职业，标注“S”的为数字职业。",
    ),
    Paragraph(
        heading="数据来源",
        text="用人单位用工需求调查有效回收2,412份，公共就业服务机构岗位供求登记覆盖六个区，"
        "劳动者培训意愿调查有效回收7,905份。数据截止日为2026年4月30日。",
    ),
    Paragraph(
        heading="急需紧缺程度",
        text="★为一般急需紧缺，★★为比较急需紧缺，★★★为急需紧缺；"
        "未标注★的为有培训需求但未达到急需紧缺标准的职业（工种）。",
    ),
    Paragraph(text="“待核”表示数据尚待核实，“暂无”表示本市暂无相应机构。"),
)
CHANGES = (
    Change(
        kind="added",
        lineage="cn-4-04-05-13",
        code="4-04-05-13",
        name="生成式人工智能系统应用员",
        after="列入",
        cause="classification",
        reason="2024年新职业，首次列入。",
    ),
    Change(
        kind="raised",
        lineage="cn-4-10-01-05",
        code="4-10-01-05",
        name="养老护理员",
        before="★★",
        after="★★★",
        cause="data",
        reason="登记岗位同比增长三成，求职人数持平。",
    ),
    Change(
        kind="lowered",
        lineage="cn-6-18-01-01",
        code="6-18-01-01",
        name="车工",
        before="★★★",
        after="★★",
        cause="method",
        reason="指标收缩方法调整。",
    ),
    Change(
        kind="removed",
        lineage="cn-4-03-02-05",
        code="4-03-02-05",
        name="餐厅服务员",
        before="★",
        after="移出",
        cause="decision",
        reason="行业主管部门建议调出：需求以短期用工为主。",
    ),
    Change(
        kind="renamed",
        lineage="cn-4-13-04-04",
        code="4-13-04-04",
        name="研学旅游指导师",
        before="研学旅行指导师",
        after="研学旅游指导师",
        cause="classification",
        reason="职业名称调整。",
    ),
)
METHOD = (
    MethodSection(
        key="data",
        heading="数据与回收情况",
        paragraphs=(
            "本期目录使用三类证据：用人单位用工需求调查、岗位供求登记和劳动者培训意愿调查。",
            "被调查单位按行业和规模分层抽取，规模以上重点企业全部调查。",
        ),
        tables=(
            Table(
                title="调查回收情况",
                columns=("来源", "应答", "应答率"),
                rows=(("用人单位调查", "2,412", "71.2%"), ("劳动者调查", "7,905", "63.0%")),
                note="应答率按设计权数计算。",
            ),
        ),
    ),
    MethodSection(
        key="uncertainty",
        heading="不确定性",
        paragraphs=("名次由一千次模拟得到，区间含义为九成可能落在其中。",),
        figures=(
            Figure(
                kind="intervals",
                title="急需紧缺指数前十五位及其90%区间",
                labels=tuple(r["name"] for r in occupations()[:15]),
                values=tuple(1.5 - 0.08 * i for i in range(15)),
                lower=tuple(1.1 - 0.08 * i for i in range(15)),
                upper=tuple(1.9 - 0.08 * i for i in range(15)),
                unit="指数",
                note="点为中位数，横线为90%区间。",
            ),
            Figure(
                kind="bars",
                title="各领域列入职业数",
                labels=tuple(FIELDS),
                values=(62.0, 18.0, 21.0, 49.0),
                unit="个",
            ),
            Figure(
                kind="calibration",
                title="上年入选概率与实际",
                labels=("0—20%", "20—40%", "40—60%", "60—80%", "80—100%"),
                values=(0.08, 0.33, 0.52, 0.66, 0.93),
                lower=(0.1, 0.3, 0.5, 0.7, 0.9),
                unit="频率",
            ),
            Figure(
                kind="fan",
                title="登记岗位数及未来12个月预测",
                labels=tuple(f"2025-{m:02d}" for m in range(1, 13))
                + tuple(f"2026-{m:02d}" for m in range(1, 13)),
                values=tuple(1000.0 + 30 * i + 80 * (i % 4) for i in range(24)),
                lower=tuple(
                    1000.0 + 30 * i + 80 * (i % 4) - max(0, i - 11) * 20 for i in range(24)
                ),
                upper=tuple(
                    1000.0 + 30 * i + 80 * (i % 4) + max(0, i - 11) * 25 for i in range(24)
                ),
                unit="个",
            ),
        ),
    ),
)
