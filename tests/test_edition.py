"""The annual build on the example: everything runs, nothing internal leaks, bytes repeat."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from xmdemand import Edition, synth
from xmdemand.catalogue.content import CatalogueEntry
from xmdemand.edition import build
from xmdemand.errors import InputError, NotFoundError, OutputError


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def build_in_a_process(folder: Path, **env: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "xmdemand.cli", "--quiet", "build", str(folder)],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "XMDEMAND_CACHE": "off", **env},
    )


def test_a_folder_without_settings_is_refused(tmp_path):
    with pytest.raises(NotFoundError, match=r"edition\.toml"):
        Edition.open(tmp_path)


def test_an_unknown_district_is_refused(built):
    with pytest.raises(InputError, match="known:"):
        Edition.open(built, district="浦东新区")


def test_an_edition_without_usable_inputs_says_what_to_do(tmp_path, built):
    shutil.copy(built / "edition.toml", tmp_path)
    (tmp_path / "inputs").mkdir()
    with pytest.raises(InputError, match="put the files there") as told:
        build(tmp_path)
    assert "xmdemand check" in told.value.note.say("zh")


def test_every_row_read_is_accepted_or_refused(built):
    files = Edition.open(built).tables.files
    assert (files["rows_read"] == files["accepted"] + files["refused"]).all()
    assert files["refused"].sum() > 0, "the example shows refused rows"


def test_the_example_lists_what_a_city_can_act_on(built):
    catalogue = json.loads((built / "out" / "catalogue.json").read_text(encoding="utf-8"))
    assert 60 <= len(catalogue["entries"]) <= 150
    assert any(entry["stars"] > 0 for entry in catalogue["entries"])
    assert any(entry["stars"] == 0 for entry in catalogue["entries"])


def test_same_folder_same_bytes_in_another_place_zone_and_locale(built, tmp_path):
    other = tmp_path / "elsewhere"
    shutil.copytree(built, other, ignore=shutil.ignore_patterns("out", ".*"))
    build_in_a_process(other, TZ="Pacific/Kiritimati", LC_ALL="C", PYTHONHASHSEED="7")
    assert hashes(other / "out") == hashes(built / "out")


def test_another_seed_changes_the_bytes(built, tmp_path):
    other = tmp_path / "seed"
    shutil.copytree(built, other, ignore=shutil.ignore_patterns("out", ".*"))
    settings = other / "edition.toml"
    text = settings.read_text(encoding="utf-8")
    seed = f"seed = {Edition.open(built).settings.seed}\n"
    assert seed in text
    settings.write_text(text.replace(seed, "seed = 987\n"), encoding="utf-8")
    build(other, only=("record",))
    assert (other / "out" / "record.json").read_bytes() != (
        built / "out" / "record.json"
    ).read_bytes()


def test_a_failed_build_leaves_the_last_good_documents(built, tmp_path):
    other = tmp_path / "failing"
    shutil.copytree(built, other)
    before = hashes(other / "out")
    (other / "templates").mkdir(exist_ok=True)
    (other / "templates" / "page.html.j2").write_text("{{ no_such_name }}", encoding="utf-8")
    with pytest.raises(OutputError, match=r"page\.html\.j2"):
        build(other)
    assert hashes(other / "out") == before


PUBLIC = (".html", ".csv", ".json", ".xlsx", ".docx", ".pdf", ".ts")
INTERNAL_FILES = {"record.json", "evidence.xlsx", "manifest.json"}


def test_no_internal_field_is_in_a_public_file(built):
    """Names of record fields that the public model does not have occur in no public text file."""
    record = json.loads((built / "out" / "record.json").read_text(encoding="utf-8"))
    public = set(CatalogueEntry.model_fields)
    internal = {
        name
        for entry in record["entries"][:1]
        for name in (*entry, *entry["numbers"])
        if name not in public and "_" in name
    }
    assert {"rank_lower", "evidence_hash", "p_top"} <= internal
    for path in (built / "out").iterdir():
        if path.name in INTERNAL_FILES or path.suffix not in {".html", ".csv", ".json", ".ts"}:
            continue
        words = path.read_text(encoding="utf-8-sig")
        assert not [name for name in internal if name in words], path.name


def test_who_decided_is_in_the_record_only(built):
    out = built / "out"
    record = json.loads((out / "record.json").read_text(encoding="utf-8"))
    names = {d["who"] for entry in record["entries"] for d in entry["decisions"]}
    assert names, "the example has a decision"
    for path in out.iterdir():
        if path.name not in INTERNAL_FILES and path.suffix in {".html", ".csv", ".json"}:
            words = path.read_text(encoding="utf-8-sig")
            assert not [name for name in names if name in words], path.name


def test_the_synthetic_example_says_so_everywhere(built):
    for path in (built / "out").iterdir():
        if path.suffix in {".html"}:
            assert "示例数据，非真实统计" in path.read_text(encoding="utf-8"), path.name


def test_example_inputs_are_the_same_whenever_written(tmp_path):
    for name in ("a", "b"):
        synth.example(tmp_path / name)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")


def test_a_build_killed_half_way_loses_nothing(built, tmp_path):
    folder = tmp_path / "killed"
    shutil.copytree(built, folder)
    before = hashes(folder / "out")
    child = subprocess.Popen(
        [sys.executable, "-m", "xmdemand.cli", "--quiet", "build", str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while child.poll() is None and not any(folder.glob(".out.new-*/*")):
            assert time.monotonic() < deadline, "the build wrote nothing"
            time.sleep(0.02)
        assert child.poll() is None, "the build ended before it could be killed"
    finally:
        child.kill()
        child.wait()
    assert hashes(folder / "out") == before
    build(folder)
    assert hashes(folder / "out") == before
    assert not list(folder.glob(".out.*"))


@pytest.mark.parametrize("said", ["[]", "{}", '{"year": 2026}', '{"year": 2027}', "no json"])
def test_last_years_record_is_of_an_earlier_year(built, tmp_path, said):
    shutil.copy(built / "edition.toml", tmp_path / "edition.toml")
    (tmp_path / "previous").mkdir()
    path = tmp_path / "previous" / "record.json"
    path.write_text(said, encoding="utf-8")
    with pytest.raises(InputError, match=r"record\.json is not"):
        Edition.open(tmp_path)
    path.write_text('{"year": 2025}', encoding="utf-8")
    assert Edition.open(tmp_path).previous == {"year": 2025}
    assert Edition.open(tmp_path, district="集美区").previous is None


@pytest.mark.parametrize("jobs", [1, 2])
def test_with_two_jobs_the_outlook_is_made_beside_the_survey(built, monkeypatch, jobs):
    threads = []

    def outlook(*_args, **_kwargs):
        threads.append(threading.current_thread() is threading.main_thread())
        raise InputError("no outlook today")

    monkeypatch.setenv("XMDEMAND_CACHE", "off")
    monkeypatch.setattr("xmdemand.edition.market.outlook", outlook)
    edition = Edition.open(built)
    quick = SimpleNamespace(notes=())
    vars(edition).update(tables=Edition.open(built).tables, demand=quick, intent=quick)
    with pytest.raises(InputError, match="no outlook today"):
        edition.compute(jobs=jobs)
    assert threads == [jobs == 1]


def test_an_unknown_output_is_refused_before_anything_is_read(built):
    edition = Edition.open(built)
    with pytest.raises(InputError, match="foo"):
        edition.write(only=("foo",))
    assert "tables" not in vars(edition)
