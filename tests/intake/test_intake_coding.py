"""Titles of the tables: confirmed, official in any edition, or proposed by the coder."""

from __future__ import annotations

import pandas as pd
import pytest

from xmdemand.errors import InputError
from xmdemand.intake.coding import code_titles, title_hints
from xmdemand.occupations import Classification

NOBODY = pd.DataFrame(columns=["title", "code"], dtype=str)


@pytest.fixture(scope="module")
def current() -> Classification:
    return Classification.load()


@pytest.mark.parametrize(
    ("title", "code", "status", "meant"),
    [
        ("智能楼宇管理员", "4-07-05-03", "coded", "4-06-01-04"),  # a code of 2015
        ("数控车工", "6-04-01-01", "coded", "6-18-01-01"),  # of 1999
        ("", "4-10-01-05", "coded", "4-10-01-05"),
        ("电工", "2022/4/10", "coded", "6-31-01-03"),  # a code Excel took for a date
        ("销售人员", "", "group", "4-01-02"),
        ("养老护理员（初级）", "", "coded", "4-10-01-05"),
        ("普工", "", "review", ""),
        ("  ", "", "unmatched", ""),
        ("😀😀", "", "unmatched", ""),
    ],
)
def test_what_people_send(current, title, code, status, meant):
    found = code_titles([(title, code, "post")], current, NOBODY)[title, code]
    assert (found["status"], found["code"]) == (status, meant)
    if status == "review":
        assert found["alternatives"]


def test_confirmed_titles_in_any_spelling_of_title_and_code(current):
    confirmed = pd.DataFrame({"title": ["万能 师傅"], "code": ["6—31—1—3"]})
    found = code_titles([("万能师傅", "", "post")], current, confirmed)["万能师傅", ""]
    assert (found["code"], found["method"], found["score"]) == ("6-31-01-03", "confirmed", 1.0)


def test_confirmed_codes_that_do_not_exist_are_named_at_once(current):
    confirmed = pd.DataFrame(
        {"title": ["焊工", "钳工", "电工"], "code": ["9-99", "x", "6-31-01-03"]}
    )
    with pytest.raises(InputError, match=r"coded_titles.csv.*焊工 9-99.*钳工 x"):
        code_titles([("焊工", "", "post")], current, confirmed)


COLUMNS = ["post", "industry", "wage_low", "wage_high"]


def test_hints_are_what_the_firms_of_a_title_agree_on():
    rows = [
        ("甲", "C39", 5000.0, 7000.0),
        ("甲", "制造业", 7000.0, 9000.0),
        ("乙", "C39", 3000.0, 4000.0),
        ("乙", "教育", 9000.0, 11000.0),
        ("丙", "", float("nan"), float("nan")),
    ]
    found = title_hints(pd.DataFrame(rows, columns=COLUMNS))
    assert found.loc["甲"].tolist() == ["C", 7000.0]
    assert found.loc["乙"].tolist() == [None, None]  # two sections; 10,000 against 3,500
    assert found.loc["丙"].tolist() == [None, None]


def test_hints_move_what_the_coder_proposes_and_nothing_certain(current):
    titles = ["质检组长", "养老护理员", "普工"]
    rows = [(title, "制造业", 3000.0, 3000.0) for title in titles]
    hints = title_hints(pd.DataFrame(rows, columns=COLUMNS))
    wanted = [(title, "", "post") for title in titles]
    plain = code_titles(wanted, current, NOBODY)
    hinted = code_titles(wanted, current, NOBODY, lambda: hints)
    moved = {key[0] for key in plain if plain[key]["alternatives"] != hinted[key]["alternatives"]}
    assert moved == {"质检组长"}
