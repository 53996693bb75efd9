"""Explanations for listed and unlisted occupations, by code or everyday title."""

from __future__ import annotations

import pytest

from xmdemand.catalogue import explain
from xmdemand.errors import NotFoundError
from xmdemand.occupations import Classification


@pytest.fixture(scope="module")
def classification():
    return Classification.load()


def test_a_listed_row_tells_place_evidence_and_every_indicator(second, classification):
    entry = next(entry for entry in second.record.entries if entry.listed and entry.stars)
    answer = explain(second.record, entry.code, classification)
    words = answer.as_text()
    assert f"第{entry.seq}位" in words
    assert all(heading in words for heading in ("证据", "培训需求", "紧缺指数", "位次和程度"))
    lines = dict(answer.sections)["紧缺指数"]
    assert len(lines) == 1 + sum(row["contribution"] is not None for row in entry.indicators)


def test_contributions_add_up_to_the_index(second):
    for entry in second.record.entries:
        if entry.numbers.get("rated"):
            total = sum(row["contribution"] or 0.0 for row in entry.indicators)
            assert total == pytest.approx(entry.numbers["index"], abs=1e-6)


def test_an_unlisted_row_tells_the_first_rule_failed_and_by_how_much(second, classification):
    entry = next(entry for entry in second.record.entries if entry.failed == "shortage.fail_need")
    answer = explain(second.record, entry.name, classification)
    assert not answer.listed
    assert "规定为70%" in answer.conclusion
    assert explain(second.record, entry.code, classification).conclusion == answer.conclusion


@pytest.mark.parametrize(
    ("title", "code"),
    [("4—10—01—05", "4-10-01-05"), ("养老护理员", "4-10-01-05"), ("月嫂", "4-10-01-06")],
)
def test_everyday_titles(second, classification, title, code):
    assert explain(second.record, title, classification).code == code


def test_an_occupation_nobody_trains_for(second, classification):
    answer = explain(second.record, "6-11-09-01", classification)
    assert not answer.listed
    assert "不属于" in answer.conclusion


def test_nonsense_suggests_what_is_near(second, classification):
    with pytest.raises(NotFoundError, match="飞机装配工"):
        explain(second.record, "飞机", classification)


def test_a_degree_that_last_year_decided_is_told(second, classification):
    """The year's probabilities alone would make a reader think the degree wrong."""
    entry = next(entry for entry in second.record.entries if entry.numbers.get("rated"))
    tiers = {tier.stars: tier for tier in second.record.catalogue.legend.tiers}

    def told(**numbers: int) -> str:
        held = entry.model_copy(update={"numbers": {**entry.numbers, **numbers}})
        record = second.record.model_copy(update={"entries": (held,)})
        return explain(record, entry.code, classification).as_text()

    kept = told(tier_memoryless=1, tier_last=2, tier=2)
    assert f"单看本年应为{tiers[1].name}（★）；上年为{tiers[2].name}（★★）" in kept
    assert "单看本年" not in told(tier_memoryless=2, tier_last=1, tier=2)
    assert "共1个职业参与评级" in kept


@pytest.mark.parametrize(("rule", "decided", "word"), [(1, 2, "提高"), (2, 0, "降低")])
def test_a_degree_that_was_decided_says_what_the_rule_gave(
    second, classification, rule, decided, word
):
    entry = next(entry for entry in second.record.entries if entry.listed and entry.rule_listed)
    changed = entry.model_copy(update={"rule_stars": rule, "stars": decided})
    record = second.record.model_copy(update={"entries": (changed,)})
    said = explain(record, entry.code, classification).conclusion
    assert f"（{'★' * rule}），经征求意见{word}。" in said
    same = record.model_copy(update={"entries": (changed.model_copy(update={"stars": rule}),)})
    assert "经征求意见" not in explain(same, entry.code, classification).conclusion


def test_an_outsider_is_told_nothing_of_single_firms(second, classification):
    entry = next(e for e in second.record.entries if 0 < (e.numbers.get("reporters") or 0) < 3)
    inside = explain(second.record, entry.code, classification).as_text()
    outside = explain(second.record, entry.code, classification, public=True).as_text()
    assert "未来12个月招用需求" in inside
    assert "未来12个月招用需求" not in outside
    assert "不予提供" in outside
    many = next(e for e in second.record.entries if (e.numbers.get("reporters") or 0) >= 5)
    told = explain(second.record, many.code, classification, public=True).as_text()
    assert "家用人单位填报" in told or "不予提供" in told
    assert not [word for word in ("区间", "人（", "紧缺位次") if word in told]
