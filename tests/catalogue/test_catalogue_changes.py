"""Changes between editions and their causes, and how old and new rules are told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from catalogue_city import compiled

from xmdemand.catalogue import diff
from xmdemand.catalogue.changes import compare
from xmdemand.catalogue.record import Decision, RecordEntry


def entry(name, *, code="4-01-01-01", lineage=None, listed=True, stars=0, **more):
    """An entry as far as changes look at it."""
    values = {
        "lineage": lineage or name,
        "code": code,
        "name": name,
        "eligible": True,
        "listed": listed,
        "stars": stars,
        "rule_listed": listed,
        "rule_stars": stars,
        "numbers": {"p_need": 0.9},
        "evidence_hash": "",
    }
    return RecordEntry(**(values | more))


def decided(action):
    """A decision on an entry, applied."""
    who = {"code": "4-01-01-01", "reason": "理由", "who": "某人", "department": "市人社局"}
    return {"decisions": (Decision(lineage="焊工", action=action, date="2026-05-08", **who),)}


raised, lowered = decided("raise"), decided("lower")


def test_the_top_ten_of_2021():
    """CETTIC's ten shortest occupations, 2021 Q3 against Q2 (中国就业 notices; methods 12.7)."""
    both = [
        "营销员",
        "餐厅服务员",
        "商品营业员",
        "保安员",
        "快递员",
        "家政服务员",
        "保洁员",
        "市场营销专业人员",
    ]
    q3 = [*both, "焊工", "客户服务管理员"]
    q2 = [*both, "房地产经纪人", "仪器仪表制造工"]
    names = dict.fromkeys([*q2, *q3])
    before = [entry(name, listed=name in q2) for name in names]
    after = [entry(name, listed=name in q3) for name in names]
    changes = compare(before, after)
    said = {kind: {c.name for c in changes if c.kind == kind} for kind in ("added", "removed")}
    assert said["added"] == {"焊工", "客户服务管理员"}
    assert said["removed"] == {"房地产经纪人", "仪器仪表制造工"}
    assert len(changes) == 4


def test_a_recoded_and_renamed_occupation_is_the_same():
    """2-02-32-00 became 2-02-32-01; 劝募员 became 劝募师 (china.md A2)."""
    before = [entry("劝募员", code="2-02-32-00", lineage="x", stars=1)]
    after = [entry("劝募师", code="2-02-32-01", lineage="x", stars=1)]
    changes = compare(before, after)
    assert [(c.kind, c.before, c.after, c.cause) for c in changes] == [
        ("renamed", "劝募员", "劝募师", "classification"),
        ("recoded", "2-02-32-00", "2-02-32-01", "classification"),
    ]


@pytest.mark.parametrize(
    ("was", "now", "kind", "cause"),
    [
        ({"listed": False}, {}, "added", "data"),
        (None, {}, "added", "classification"),
        ({"listed": False}, {"rule_listed": False}, "added", "decision"),
        ({"listed": False}, {"former_listed": False, "former_judged": True}, "added", "method"),
        ({}, {"listed": False}, "removed", "data"),
        ({}, None, "removed", "classification"),
        ({}, {"listed": False, "rule_listed": True}, "removed", "decision"),
        ({"rule_listed": False}, {"listed": False}, "removed", "decision"),
        ({}, {"listed": False, "former_listed": True, "former_judged": True}, "removed", "method"),
        ({"stars": 1}, {"stars": 2}, "raised", "data"),
        ({"stars": 2}, {"stars": 1, "rule_stars": 2, **lowered}, "lowered", "decision"),
        ({"stars": 2, "rule_stars": 1, **raised}, {"stars": 1}, "lowered", "decision"),
        ({"stars": 2}, {"stars": 1, "former_stars": 2, "former_judged": True}, "lowered", "method"),
        ({"stars": 2}, {"stars": 1, "former_stars": 1, "former_judged": True}, "lowered", "data"),
        ({"stars": 2}, {"stars": 1, "former_judged": True}, "lowered", "method"),
    ],
)
def test_every_change_has_its_cause(was, now, kind, cause):
    before = [] if was is None else [entry("焊工", **was)]
    after = [] if now is None else [entry("焊工", **now)]
    changes = compare(before, after)
    assert [(change.kind, change.cause) for change in changes] == [(kind, cause)]
    assert changes[0].reason


def test_nothing_changes_against_itself(first):
    assert diff(first.record, first.record) == ()


def test_there_and_back_are_mirror_images(first, second):
    there = {(c.kind, c.lineage) for c in diff(first.record, second.record)}
    back = {(c.kind, c.lineage) for c in diff(second.record, first.record)}
    mirror = {"added": "removed", "removed": "added", "raised": "lowered", "lowered": "raised"}
    assert {(mirror.get(kind, kind), lineage) for kind, lineage in there} == back


def test_a_changed_threshold_is_told_from_changed_data(year, first):
    """The same evidence under a stricter rule: every change is the method's."""
    strict = year(2025).profile.listing.model_copy(update={"probability": 0.95})
    given = year(2025).with_profile(listing=strict)
    frame = given.ranking.frame.copy()
    out = frame["listed"].astype(bool) & (frame["p_need"] < 0.95)
    assert out.any()
    frame.loc[out, ["listed", "failed"]] = [False, "shortage.fail_need"]
    frame.loc[out, "failed_value"] = frame.loc[out, "p_need"]
    frame.loc[out, "failed_limit"] = 0.95
    given = replace(given, ranking=replace(given.ranking, frame=frame))
    changes = compiled(given, previous=first.record).catalogue.changes
    assert {(change.kind, change.cause) for change in changes} == {("removed", "method")}
    assert {change.code for change in changes} == set(frame.index[out])


def test_a_quota_trims_the_least_probable_and_says_so(year):
    quota = year(2025).profile.listing.model_copy(update={"field_quota": {"services": 5}})
    content = compiled(year(2025).with_profile(listing=quota))
    rows = [e for e in content.record.entries if e.field == "现代服务" and e.numbers]
    kept = [e for e in rows if e.listed]
    trimmed = [e for e in rows if e.failed == "catalogue.over_field_quota"]
    assert len(kept) == 5
    assert trimmed
    assert min(e.numbers["p_need"] for e in kept) >= max(e.numbers["p_need"] for e in trimmed)
    assert len(content.record.selection) == len(trimmed)
    assert all("名额为5个" in e.failed_text for e in trimmed)


@pytest.mark.parametrize(
    ("was", "rule", "now", "action", "cause"),
    [
        (2, 0, 1, "raise", "data"),  # lowered by the rule, in spite of the decision
        (1, 1, 2, "raise", "decision"),
        (1, 1, 0, "lower", "decision"),
        (0, 2, 1, "lower", "data"),
        (3, 0, 2, "add", "data"),  # put in by decision, with the stars of its index
    ],
)
def test_a_change_of_stars_is_a_decision_s_only_if_it_moved_them(was, rule, now, action, cause):
    after = {"stars": now, "rule_stars": rule, "rule_listed": action != "add"} | decided(action)
    [change] = compare([entry("某工", stars=was)], [entry("某工", **after)])
    assert (change.kind, change.cause) == ("raised" if now > was else "lowered", cause)
