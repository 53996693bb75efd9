"""Tables that name in a column what each row counts."""

from __future__ import annotations

import pytest


def lines(tmp_path, name, *rows):
    (tmp_path / name).write_text("\n".join(rows), encoding="utf-8")


def open_questions(tables):
    return tables.proposals[~tables.proposals["taken"].astype(bool)]


def counted(register):
    held = register.assign(
        posts=register[["posts_new", "posts_total"]].max(axis=1),
        seekers=register[["seekers_new", "seekers_total"]].max(axis=1),
        month=register["month"].astype(str).str[:7],
    )
    return held[["title", "month", "posts", "seekers"]].values.tolist()


MONTHS = [
    ["焊工", "2025-07", 103, 22],
    ["焊工", "2025-08", 23, 78],
    ["电工", "2025-07", 26, 115],
    ["电工", "2025-08", 70, 95],
]


@pytest.mark.parametrize("head", ["指标", "项目", "类别", ""])
@pytest.mark.parametrize("posts", ["需求人数", "招聘人数", "岗位需求"])
@pytest.mark.parametrize("again", ["", "焊工", "电工"])
def test_posts_and_seekers_named_in_a_column_with_months_across(
    tmp_path, tables_of, head, posts, again
):
    second = {"": ("", ""), "焊工": ("焊工", "电工"), "电工": ("", "电工")}[again]
    lines(
        tmp_path,
        "同安区2025年供求.csv",
        f"职业（工种）,{head},7月,8月,累计",
        f"焊工,{posts},103,23,126",
        f"{second[0]},求职人数,22,78,100",
        f"电工,{posts},26,70,96",
        f"{second[1]},求职人数,115,95,210",
    )
    tables = tables_of(tmp_path)
    assert counted(tables.register) == MONTHS
    assert set(tables.register["district"]) == {"同安区"}
    assert [source.rpartition("!")[2] for source in tables.register["source"]] == [
        "2",
        "2.2",
        "4",
        "4.2",
    ]
    assert open_questions(tables).empty


def test_titles_merged_over_their_counts_below_a_year_over_months(tmp_path, save, tables_of):
    rows = [
        ["分职业招聘求职人数统计表"],
        ["职业", "指标", "2025年", None],
        [None, None, "7月", "8月"],
        ["焊工", "招聘人数", 103, 23],
        [None, "求职人数", 22, 78],
        ["电工", "招聘人数", 26, 70],
        [None, "求职人数", 115, 95],
        ["资料来源：同安区人才服务中心。"],
    ]
    merge = ("A2:A3", "B2:B3", "C2:D2", "A4:A5", "A6:A7")
    save(tmp_path / "a.xlsx", rows, merge=merge)
    tables = tables_of(tmp_path)
    assert counted(tables.register) == MONTHS
    assert not len(tables.quarantine)


@pytest.mark.parametrize("value", ["数值", "人数", "数量"])
def test_a_long_table_of_counts(tmp_path, tables_of, value):
    lines(
        tmp_path,
        "供求.csv",
        f"序号,职业,月份,指标,{value}",
        *(
            f"{n},{title},{month},{what},{number}"
            for n, (title, month, what, number) in enumerate(
                [(t, m, "需求人数", p) for t, m, p, _ in MONTHS]
                + [(t, m, "求职人数", s) for t, m, _, s in MONTHS],
                1,
            )
        ),
    )
    tables = tables_of(tmp_path)
    assert counted(tables.register) == MONTHS
    assert open_questions(tables).empty


def test_districts_across(tmp_path, tables_of):
    lines(
        tmp_path,
        "2026年2月供求.csv",
        "职业,指标,思明区,湖里区,合计",
        "焊工,需求人数,5,6,11",
        ",求职人数,7,-,7",
    )
    register = tables_of(tmp_path).register
    assert list(register["district"]) == ["思明区", "湖里区"]
    assert list(register["posts_total"]) == [5, 6]
    assert list(register["seekers_total"].fillna(-1)) == [7, -1]


@pytest.mark.parametrize("across", [True, False])
def test_counts_of_firms_named_in_a_column(tmp_path, tables_of, across):
    wide = ["单位名称,指标,焊工,电工", "甲公司,现有人数,40,9", ",缺工人数,5,2"]
    long = ["单位名称,岗位名称,指标,人数", "甲公司,焊工,现有人数,40", "甲公司,焊工,缺工人数,5"]
    long += ["甲公司,电工,现有人数,9", "甲公司,电工,缺工人数,2"]
    lines(tmp_path, "企业缺工.csv", *(wide if across else long))
    held = tables_of(tmp_path).employers
    assert held[["firm_name", "post", "headcount", "vacancies"]].values.tolist() == [
        ["甲公司", "焊工", 40, 5],
        ["甲公司", "电工", 9, 2],
    ]


@pytest.mark.parametrize(
    "rows",
    [
        ("焊工,需求人数,103,23", ",需求人数,22,78", ",求职人数,1,2"),  # one count twice
        ("焊工,需求人数,103,23", ",求职人数,22,78", ",,5,6"),  # numbers of nothing
        (",需求人数,103,23", ",求职人数,22,78"),  # of no occupation
    ],
)
def test_what_is_not_understood_is_asked(tmp_path, tables_of, rows):
    lines(tmp_path, "2025年供求.csv", "职业,指标,7月,8月", *rows)
    tables = tables_of(tmp_path)
    assert tables.register is None
    assert len(open_questions(tables))


def test_a_total_of_all_occupations_is_none_of_them(tmp_path, tables_of):
    lines(
        tmp_path,
        "2025年供求.csv",
        "职业,指标,7月",
        "焊工,需求人数,103",
        ",求职人数,22",
        "合计,需求人数,103",
        ",求职人数,22",
    )
    assert counted(tables_of(tmp_path).register) == [["焊工", "2025-07", 103, 22]]
