"""The committed example edition is what `synth.example` writes, last year's record included."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import json
import zipfile
from pathlib import Path

import pytest

from xmdemand import synth
from xmdemand.edition import Edition
from xmdemand.notes import text

COMMITTED = Path(__file__).parent.parent.parent / "examples" / "edition"


def parts(folder: Path) -> dict[str, bytes]:
    """Every file's bytes; archives by member, since zlib's versions compress differently."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in (".xlsx", ".zip"):
            with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as file:
                found |= {f"{name}/{member}": file.read(member) for member in file.namelist()}
        elif path.is_file() and "out" not in path.relative_to(folder).parts:
            found[name] = path.read_bytes()
    return found


def test_the_committed_example_is_the_one_written(tmp_path):
    if not COMMITTED.is_dir():
        pytest.skip("the tests run outside the project's checkout")
    synth.example(tmp_path)
    written, committed = parts(tmp_path), parts(COMMITTED)
    assert sorted(written) == sorted(committed)
    different = [name for name in written if written[name] != committed[name]]
    assert not different, "run synth.example('examples/edition') and commit what changed"


def numbers_near(value, other) -> bool:
    """Equal but for the last digits of numbers, which another machine may round otherwise."""
    if isinstance(value, dict):
        return value.keys() == other.keys() and all(numbers_near(value[k], other[k]) for k in value)
    if isinstance(value, list):
        return len(value) == len(other) and all(map(numbers_near, value, other))
    if isinstance(value, float) and isinstance(other, float | int):
        return value == pytest.approx(other, rel=1e-6, abs=1e-9)
    return value == other


def test_last_years_record_is_the_one_the_build_makes(tmp_path):
    """The edition of the year before, built again from its files, gives the packaged record."""
    script = COMMITTED.parent / "last_year.py"
    if not script.is_file():
        pytest.skip("the tests run outside the project's checkout")
    spec = importlib.util.spec_from_file_location("last_year", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = json.loads(module.record_of_last_year(tmp_path))
    committed = json.loads((COMMITTED / "previous" / "record.json").read_text(encoding="utf-8"))
    for part in committed:
        assert numbers_near(made[part], committed[part]), f"{part}: run examples/last_year.py"
    assert made.keys() == committed.keys()


def test_the_example_shows_what_a_second_year_shows(built):
    edition = Edition.open(built)
    content = edition.content
    causes = {(change.kind, change.cause) for change in content.catalogue.changes}
    assert causes >= {
        *(("added", cause) for cause in ("data", "classification")),
        *(("removed", cause) for cause in ("data", "decision")),
        *(("raised", "data"), ("lowered", "data")),
    }
    remarks = " ".join(entry.remark for entry in content.catalogue.entries)
    assert "新增" in remarks
    assert "上年第" in remarks
    assert edition.ranking.frame["tier_last"].ge(0).any()
    [track] = [one for one in content.catalogue.method if one.key == "track_record"]
    assert text("catalogue.table_look_back") in [table.title for table in track.tables]
    assert [figure.kind for figure in track.figures] == ["calibration"]


def test_last_years_ranking_is_scored_by_what_it_had_not_seen(built):
    """The outcome's twelve months begin the day after last year's data ended."""
    edition = Edition.open(built)
    seen_until = dt.date.fromisoformat(edition.previous["catalogue"]["cut_off"])
    start = edition.settings.dates.forecast_start
    begin = start.replace(year=start.year - 1)
    assert begin == seen_until + dt.timedelta(days=1)
    month = edition.tables.register["month"]
    coded = edition.tables.register[(month >= str(begin)) & (month < str(start))]
    flows = coded.groupby("occupation")["posts_new"].sum()
    past = edition.outlook.frame["posts_past"].dropna()
    share = past.sum() / flows.sum()
    assert 0.99 < share < 1.01
