"""Decisions over the rule's proposal: applied, refused, reopened, in conflict."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from catalogue_city import compiled

from xmdemand.catalogue import explain


def entry_of(content, code):
    return next(entry for entry in content.record.entries if entry.code == code)


def codes_of(content, code):
    return {
        note["code"] for note in content.record.notes if note["fields"].get("occupation") == code
    }


@pytest.fixture(scope="module")
def listed(first):
    return next(e for e in first.record.entries if e.listed and e.stars == 1)


@pytest.fixture(scope="module")
def left_out(first):
    return next(e for e in first.record.entries if e.failed == "shortage.fail_need")


@pytest.mark.parametrize(
    ("action", "stars"), [("keep", 1), ("raise", 2), ("lower", 0), ("drop", 0)]
)
def test_each_action(year, listed, action, stars):
    content = compiled(year(2025).decided({"occupation": listed.code, "action": action}))
    entry = entry_of(content, listed.code)
    assert entry.stars == stars
    assert entry.listed == (action != "drop")
    assert (entry.rule_listed, entry.rule_stars) == (True, 1)
    assert entry.decisions[0].applied
    if entry.listed:
        assert entry.row.decided == (action != "keep")


def test_stars_stay_within_the_tiers(year, first):
    top = next(e for e in first.record.entries if e.stars == 3)
    content = compiled(year(2025).decided({"occupation": top.code, "action": "raise"}))
    assert entry_of(content, top.code).stars == 3


def test_what_a_department_adds_is_listed_with_the_reason_it_was_left_out(year, left_out):
    content = compiled(year(2025).decided({"occupation": left_out.code, "action": "add"}))
    entry = entry_of(content, left_out.code)
    assert entry.listed
    assert entry.failed_text == left_out.failed_text
    words = explain(content.record, left_out.code, year(2025).classification).as_text()
    assert "经征求意见调入" in words
    assert "行业发展需要" in words
    assert "陈示例" not in words


@pytest.mark.parametrize("blank", ["reason", "who"])
def test_a_decision_without_reason_or_name_is_refused(year, listed, blank):
    content = compiled(
        year(2025).decided({"occupation": listed.code, "action": "drop", blank: " "})
    )
    entry = entry_of(content, listed.code)
    assert entry.listed
    assert entry.decisions == ()
    assert codes_of(content, listed.code) == {f"catalogue.decision_without_{blank}"}


def test_changed_evidence_reopens_a_decision(year, listed):
    same = {"occupation": listed.code, "action": "drop", "evidence_hash": listed.evidence_hash}
    assert not entry_of(compiled(year(2025).decided(same)), listed.code).listed
    content = compiled(year(2025).decided(same | {"evidence_hash": "0" * 16}))
    entry = entry_of(content, listed.code)
    assert entry.listed
    assert entry.decisions[0].reopened
    assert not entry.decisions[0].applied
    assert codes_of(content, listed.code) == {"catalogue.decision_reopened"}


def test_the_later_decision_counts(year, listed):
    def say(action, day):
        date = dt.date(2025, 5, day)
        return {"occupation": listed.code, "action": action, "date": date}

    content = compiled(year(2025).decided(say("drop", 3), say("keep", 9)))
    assert entry_of(content, listed.code).listed
    content = compiled(year(2025).decided(say("drop", 9), say("keep", 9)))
    assert entry_of(content, listed.code).listed
    assert codes_of(content, listed.code) == {"catalogue.decision_conflict"}


def test_an_unknown_occupation_is_told(year):
    content = compiled(year(2025).decided({"occupation": "9-99-99-99", "action": "add"}))
    assert codes_of(content, "9-99-99-99") == {"catalogue.decision_unknown"}


def test_the_flag_of_bad_jobs_is_lifted_by_a_recorded_decision_alone(year, first):
    code = next(e.code for e in first.record.entries if e.stars >= 2)
    frame = year(2025).ranking.frame.copy()
    frame.loc[code, ["bad_job", "tier"]] = [True, 1]
    given = replace(year(2025), ranking=replace(year(2025).ranking, frame=frame))
    assert entry_of(compiled(given), code).stars == 1
    lifted = compiled(given.decided({"occupation": code, "action": "lift_flag"}))
    assert entry_of(lifted, code).stars >= 2
    assert entry_of(lifted, code).rule_stars == 1
