"""Past cut-offs replayed: nothing later is seen, and what came is what is compared."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from xmdemand import Edition
from xmdemand.cli import main
from xmdemand.errors import InputError
from xmdemand.intake.tables import Tables
from xmdemand.replay import as_of, replay

START = dt.date(2025, 5, 1)


@pytest.fixture(scope="module")
def edition(built):
    return Edition.open(built)


def _earlier(tables: Tables, days: int) -> Tables:
    """The same city, its returns handed in that much earlier."""
    submitted = pd.to_datetime(tables.employers["submitted"]) - pd.Timedelta(days=days)
    parts = {"firms": tables.firms, "register": tables.register, "workers": tables.workers}
    return Tables(**parts, employers=tables.employers.assign(submitted=submitted))


def test_nothing_of_a_later_day_is_seen(edition):
    tables = edition.tables
    seen, notes = as_of(tables, START)
    assert pd.to_datetime(seen.register["month"]).max() == pd.Timestamp("2025-04-01")
    assert seen.employers is None
    assert [note.code for note in notes] == ["shortage.no_past_wave"]
    assert seen.workers is None  # undated: nobody can say it was there
    later = pd.to_datetime(tables.register["month"]) >= pd.Timestamp(START)
    register = tables.register.copy()
    register.loc[later, ["posts_new", "seekers_new"]] = 9999.0
    again, _ = as_of(Tables(register=register, employers=tables.employers), START)
    pd.testing.assert_frame_equal(again.register, seen.register)


def test_a_quarter_is_seen_when_it_is_over():
    register = pd.DataFrame({"month": pd.to_datetime(["2025-01-01", "2025-04-01"]), "months": 3.0})
    assert len(as_of(Tables(register=register), dt.date(2025, 6, 1))[0].register) == 1
    assert len(as_of(Tables(register=register), dt.date(2025, 7, 1))[0].register) == 2


def test_a_past_wave_is_used_and_says_more(edition):
    (alone,), _ = replay(edition, years=1)
    assert set(alone.ranking.frame["basis"]) == {"register"}
    with_survey = Edition.open(edition.folder)
    vars(with_survey)["tables"] = _earlier(edition.tables, 365)
    (joint,), _ = replay(with_survey, years=1)
    assert "both" in set(joint.ranking.frame["basis"])
    assert joint.notes[0].code != "shortage.no_past_wave"
    assert joint.ranking.goalposts["year"] == edition.settings.year - 1


def test_the_year_that_came_is_the_one_compared(edition):
    """Kendall's tau and hits by hand, from the register's rows themselves."""
    (one,), _ = replay(edition, years=1)
    register = edition.tables.register
    since = register[pd.to_datetime(register["month"]) >= pd.Timestamp(START)]
    since = since[since["occupation_status"] == "coded"]
    posts = since.groupby("occupation")[["posts_carried", "posts_new"]].sum()
    wait = np.log((posts["posts_carried"] + 0.5) / (posts["posts_new"] + 0.5))
    rank = one.ranking.frame["rank"].dropna()
    both = rank.index.intersection(wait.index)
    measured = one.frame.query("by == 'all'").set_index("measure")["estimate"]
    tau = wait[both].corr(-rank[both], method="kendall")
    assert measured["kendall_tau"] == pytest.approx(tau, abs=0.02)
    assert measured["kendall_tau"] > 0.5
    assert set(one.frame["by"]) == {"all", "field", "size"}


def test_the_command_tells_it_in_chinese_and_as_data(edition):
    result = CliRunner().invoke(main, ["backtest", str(edition.folder), "--years", "1"])
    assert result.exit_code == 0, result.output
    assert "前列命中率" in result.stdout
    assert "没有用工调查数据" in result.stderr
    result = CliRunner().invoke(main, ["--json", "backtest", str(edition.folder), "--years", "1"])
    (told,) = json.loads(result.stdout)["replays"]
    assert told["months_back"] == 12
    assert {"hits", "ndcg", "kendall_tau", "brier"} <= {row["measure"] for row in told["measures"]}


def test_a_short_register_is_refused_and_a_middling_one_noted(edition):
    register = edition.tables.register
    month = pd.to_datetime(register["month"])
    short = Edition.open(edition.folder)
    vars(short)["tables"] = Tables(register=register[month >= pd.Timestamp("2025-06-01")])
    with pytest.raises(InputError, match="no cut-off can be replayed"):
        replay(short, years=1)
    middling = Edition.open(edition.folder)
    vars(middling)["tables"] = Tables(register=register[month >= pd.Timestamp("2024-05-01")])
    (one,), notes = replay(middling, years=2)
    assert one.months_back == 12
    assert [(note.code, note.where) for note in notes] == [("shortage.not_replayed", "2024-05")]
    vars(short)["tables"] = Tables()
    vars(short).pop("outlook", None)
    with pytest.raises(InputError, match="no register"):
        replay(short)
