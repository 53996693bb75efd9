"""The whole way from a ranking to an edition's content."""

from __future__ import annotations

import json

from catalogue_city import compiled

from xmdemand.catalogue import Catalogue, load_record


def test_a_first_edition_lists_in_order(first):
    entries = first.catalogue.entries
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert 20 <= len(entries) <= 150
    assert any(entry.stars for entry in entries)
    assert any(not entry.stars for entry in entries)
    policy = [term.name for term in first.catalogue.legend.industries]
    keys = [
        (
            policy.index(entry.industry) if entry.industry in policy else len(policy),
            -entry.stars,
        )
        for entry in entries
    ]
    assert keys == sorted(keys)


def test_every_eligible_occupation_left_out_has_its_reason(first):
    left_out = [entry for entry in first.record.entries if entry.eligible and not entry.listed]
    assert len(left_out) > 500
    assert all(entry.failed and entry.failed_text for entry in left_out)


def test_compiling_again_gives_the_same_bytes(year, first):
    assert compiled(year(2025)).record.model_dump_json() == first.record.model_dump_json()


def test_a_record_survives_its_file(second, tmp_path):
    path = tmp_path / "record.json"
    path.write_text(second.record.model_dump_json(), encoding="utf-8")
    assert load_record(path) == second.record
    assert load_record(json.loads(path.read_text(encoding="utf-8"))) == second.record


def test_changes_add_up(first, second):
    before = {entry.lineage: entry.stars for entry in first.catalogue.entries}
    after = {entry.lineage: entry.stars for entry in second.catalogue.entries}
    kinds = {
        kind: {change.lineage for change in second.catalogue.changes if change.kind == kind}
        for kind in ("added", "removed", "raised", "lowered")
    }
    assert kinds["added"] == after.keys() - before.keys()
    assert kinds["removed"] == before.keys() - after.keys()
    both = after.keys() & before.keys()
    assert kinds["raised"] == {key for key in both if after[key] > before[key]}
    assert kinds["lowered"] == {key for key in both if after[key] < before[key]}


def test_the_catalogue_is_read_back(second):
    text = second.catalogue.model_dump_json()
    assert Catalogue.model_validate_json(text) == second.catalogue
