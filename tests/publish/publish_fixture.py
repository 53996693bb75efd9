"""A made-up edition for the renderers: content models filled by hand, no other room involved."""

from __future__ import annotations

import datetime as dt
import random

from publish_city import (
    COLUMNS,
    DISTRICTS,
    FIELDS,
    GROUPS,
    INDUSTRIES,
    LEVELS,
    TIERS,
    TRAINING,
    occupations,
)
from publish_prose import CHANGES, METHOD, NOTES
from pypinyin import lazy_pinyin

from xmdemand.catalogue.content import Catalogue, CatalogueEntry, EntryLevel, PublicNumber
from xmdemand.catalogue.record import Content, Decision, Record, RecordEntry

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
