"""The method page says what demand rests on."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from catalogue_city import compiled

from xmdemand.shortage import evaluate


def response(content):
    return next(one for one in content.catalogue.method if one.key == "response")


def share(printed: str) -> float:
    return float(printed.removesuffix("%")) / 100


def test_it_tells_which_share_of_demand_rests_on_which_returns(first, year):
    table = dict(response(first).tables[0].rows)
    shares = [
        share(table[f"需求中来自{kind}的比例"])
        for kind in ("抽样单位", "全数调查单位", "自愿填报单位")
    ]
    assert sum(shares) == pytest.approx(1, abs=0.01)
    diagnostics = year(2025).demand.diagnostics.set_index("item")["value"]
    assert share(table["抽样单位应答率"]) == pytest.approx(
        diagnostics["response_probability"], abs=0.0006
    )
    assert {"权数的设计效应", "应答单位数", "推断总体单位数"} <= set(table)
    assert any(name.startswith("全市总量的设计效应（对") for name in table)


@pytest.mark.parametrize("kind", ["direct", "model"])
def test_it_names_the_occupations_of_the_shorter_list(year, kind):
    """Those that rest on the model, or where most do, those that do not."""
    given = year(2026)
    frame = given.demand.frame.copy()
    frame["basis"] = {"direct": "model", "model": "direct"}[kind]
    few = frame.index[[0, 5]]
    frame.loc[few, "basis"] = kind
    content = compiled(replace(given, demand=replace(given.demand, frame=frame)))
    said = response(content).paragraphs
    named = [given.classification.name(code) for code in few]
    assert said[1].endswith(f"：{'、'.join(named)}。")
    assert ("模型的职业" in said[1]) == (kind == "model")


def test_last_years_ranking_is_scored_where_there_was_one(first, year):
    """Against an outcome that went as ranked, every place in front is found."""
    ranked = {
        key: -row["rank"]
        for key, row in first.record.ranking["entries"].items()
        if row.get("rank") is not None
    }
    score = evaluate(first.record.model_dump(), pd.Series(ranked), k=10)
    given = year(2026)
    content = compiled(replace(given, ranking=replace(given.ranking, evaluation=score)))
    section = next(one for one in content.catalogue.method if one.key == "track_record")
    table = next(one for one in section.tables if one.title == "上一年位次的检验")
    assert len(table.rows) == (score.frame["by"] == "all").sum()
    assert dict(row[:2] for row in table.rows)["位次相关（肯德尔τ）"] == "1"
    assert section.figures[0].kind == "calibration"
    assert len(section.figures[0].values) == len(score.calibration)
    assert "上一年位次的检验" not in str(first.catalogue.method)
