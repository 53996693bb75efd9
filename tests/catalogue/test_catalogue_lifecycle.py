"""States of an edition, and what a revision prints."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from catalogue_city import compiled

from xmdemand.catalogue import (
    Revision,
    as_it_stands,
    check_buildable,
    freeze,
    load_record,
    revise,
    state_of,
)
from xmdemand.catalogue.lifecycle import changed_outputs, errata, history
from xmdemand.errors import InputError

DAY = dt.date(2025, 5, 20)


@pytest.fixture
def edition(first, tmp_path):
    """A built edition."""
    (tmp_path / "edition.toml").write_text("year = 2025\n", encoding="utf-8")
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "企业.csv").write_text("a\n1\n", encoding="utf-8")
    build(tmp_path, first)
    return tmp_path


def build(folder, content):
    (folder / "out").mkdir(exist_ok=True)
    text = content.record.model_dump_json()
    (folder / "out" / "record.json").write_text(text, encoding="utf-8")


def test_states_follow_each_other_with_who_and_when(edition):
    assert state_of(edition) == "draft"
    for state in ("consultation", "signed", "published"):
        step = freeze(edition, state, date=DAY, approver="陈示例")
        assert state_of(edition) == state
        assert set(step.inputs) == {"edition.toml", "inputs/企业.csv"}
        assert set(step.outputs) == {"out/record.json"}
    assert [step.approver for step in history(edition)] == ["陈示例"] * 3
    with pytest.raises(InputError, match="cannot go back"):
        freeze(edition, "draft", date=DAY, approver="陈示例")


def test_nothing_is_frozen_without_approver_or_documents(edition, tmp_path_factory):
    with pytest.raises(InputError, match="approver"):
        freeze(edition, "signed", date=DAY, approver=" ")
    with pytest.raises(InputError, match="build it first"):
        freeze(tmp_path_factory.mktemp("空"), "signed", date=DAY, approver="陈示例")


def test_a_frozen_edition_is_built_again_only_as_a_revision(edition):
    check_buildable(edition)
    freeze(edition, "consultation", date=DAY, approver="陈示例")
    check_buildable(edition)
    freeze(edition, "signed", date=DAY, approver="陈示例")
    with pytest.raises(InputError, match="--revision"):
        check_buildable(edition)
    with pytest.raises(InputError, match="reason"):
        check_buildable(edition, Revision(" ", DAY))
    check_buildable(edition, Revision("一家企业更正了人数", DAY))
    check_buildable(edition, district="甲区")


def test_what_is_not_frozen_is_not_revised(edition):
    with pytest.raises(InputError, match="without --revision"):
        check_buildable(edition, Revision("漏报更正", DAY))


def test_content_carries_the_state_of_its_edition(first, edition):
    assert as_it_stands(first, edition).record.state == "draft"
    freeze(edition, "signed", date=DAY, approver="陈示例")
    assert as_it_stands(first, edition).record.state == "signed"
    assert as_it_stands(first, edition, Revision("漏报更正", DAY)).record.state == "draft"


def test_the_documents_are_told_their_state_once_all_is_in_order(edition):
    told = []
    with pytest.raises(InputError, match="approver"):
        freeze(edition, "signed", date=DAY, approver=" ", restate=told.append)
    assert told == []
    freeze(edition, "signed", date=DAY, approver="陈示例", restate=told.append)
    assert told == ["signed"]


def test_a_revision_prints_the_old_and_new_lines(year, first, edition):
    freeze(edition, "signed", date=DAY, approver="陈示例")
    gone = first.catalogue.entries[0]
    changed = compiled(year(2025).decided({"occupation": gone.code, "action": "drop"}))
    content = revise(changed, edition, date=DAY, reason="漏报更正")
    assert content.catalogue.revision == 1
    lines = content.catalogue.errata
    assert [line.line for line in lines] == [f"{gone.code} {gone.name}"]
    assert gone.code in lines[0].old
    assert lines[0].new == ""
    build(edition, content)
    assert changed_outputs(edition) == ("out/record.json",)
    step = freeze(edition, "signed", date=DAY, approver="陈示例")
    assert (step.revision, step.reason) == (1, "漏报更正")
    again = revise(compiled(year(2025)), edition, date=DAY, reason="恢复")
    assert [line.revision for line in again.catalogue.errata] == [1, 2]
    assert again.catalogue.errata[1].old == ""
    assert load_record(edition / "frozen" / "1-signed.json") == first.record


def test_a_frozen_list_that_changed_without_a_revision_needs_a_reason(year, edition):
    freeze(edition, "signed", date=DAY, approver="陈示例")
    gone = load_record(edition / "out" / "record.json").catalogue.entries[0]
    build(edition, compiled(year(2025).decided({"occupation": gone.code, "action": "drop"})))
    with pytest.raises(InputError, match="reason"):
        freeze(edition, "signed", date=DAY, approver="陈示例")
    step = freeze(edition, "signed", date=DAY, approver="陈示例", reason="漏报更正")
    assert step.revision == 1


def test_a_place_alone_is_no_erratum(first):
    entries = tuple(
        entry.model_copy(update={"seq": entry.seq + 1}) for entry in first.catalogue.entries
    )
    moved = first.catalogue.model_copy(update={"entries": entries})
    assert errata(first.catalogue, moved, revision=1, date=DAY, reason="") == ()


def test_a_damaged_history_is_told(edition):
    (edition / "freeze.json").write_text(json.dumps([{"state": "gone"}]), encoding="utf-8")
    with pytest.raises(InputError, match="damaged"):
        state_of(edition)
