"""Layouts, double returns, questionnaires, confirmations: mess as it arrives, end to end."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from xmdemand.errors import InputError, NotFoundError
from xmdemand.intake import (
    draft_mapping,
    personal,
    read_review,
    review_workbook,
    trace,
    write_quality_report,
)
from xmdemand.intake.columns import KINDS, header
from xmdemand.intake.personal import MASK, mask

HEAD = ["统一社会信用代码", "单位名称", "所属区", "填报日期", "岗位名称", "当前空缺人数"]
CODE = "91350200MA0000001X"


def employers(*rows):
    return [HEAD, *rows]


# -- layouts ----------------------------------------------------------------------------------


def test_a_firm_named_above_the_headings(tmp_path, save, tables_of):
    rows = [["填报单位：示例电子有限公司"], ["岗位名称", "当前空缺人数", "月薪"], ["焊工", 3, 6000]]
    save(tmp_path / "a.xlsx", rows)
    assert list(tables_of(tmp_path).employers["firm_name"]) == ["示例电子有限公司"]


def test_merged_firm_cells_are_filled_down_in_their_columns_only(tmp_path, save, tables_of):
    rows = employers(
        [CODE, "甲公司", "思明区", "2026-03-01", "焊工", 3],
        [None, None, None, None, "电工", 2],
        ["", "乙公司", "集美区", None, "车工", 1],
    )
    save(tmp_path / "a.xlsx", rows, merge=("A2:A3", "B2:B3", "C2:C3"))
    table = tables_of(tmp_path).employers
    assert list(table["firm_name"]) == ["甲公司", "甲公司", "乙公司"]
    assert pd.isna(table["submitted"].iloc[1]), "what was not merged is not filled"


def test_a_merge_lost_in_csv_is_filled_down_and_said(tmp_path, tables_of):
    lines = ["单位名称,所属区,岗位名称,当前空缺人数", "甲公司,思明,焊工,3", ",,电工,2"]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    tables = tables_of(tmp_path)
    assert list(tables.employers["firm_name"]) == ["甲公司", "甲公司"]
    assert "intake.filled_down" in set(tables.oddities["code"])


def test_a_unit_in_the_corner_scales_counts(tmp_path, save, tables_of):
    rows = [
        ["2026年3月供求表", None, "单位：百人"],
        ["职业名称", "需求人数（合计）", "求职人数（合计）"],
        ["焊工", 1.2, 3],
    ]
    save(tmp_path / "a.xlsx", rows)
    register = tables_of(tmp_path).register
    assert register[["posts_total", "seekers_total"]].values.tolist() == [[120, 300]]


def test_repeated_heads_examples_and_totals_are_no_data(tmp_path, save, tables_of):
    rows = [
        ["单位名称", "岗位名称", "当前空缺人数"],
        ["示例：某某公司", "焊工", 5],
        ["甲公司", "焊工", 5],
        ["续表"],
        ["单位名称", "岗位名称", "当前空缺人数"],
        ["乙公司", "电工", 2],
        ["小  计", None, 7],
        ["其中：技工", None, 7],
        ["注：1.本表由企业填报"],
    ]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.employers["firm_name"]) == ["甲公司", "乙公司"]
    assert tables.files["rows_read"].sum() == 2


def test_sheets_without_tables_are_skipped_and_said(tmp_path, save, tables_of):
    save(tmp_path / "a.xlsx", [["填表说明"], ["一、请如实填写"]], title="填表说明")
    tables = tables_of(tmp_path)
    assert list(tables.files["code"]) == ["intake.instructions"]


def test_json_records_and_parquet_are_read(tmp_path, tables_of):
    record = {header("employers", c): v for c, v in (("firm_name", "甲公司"), ("vacancies", 4))}
    record[header("employers", "title")] = ["焊工", "电工"]
    (tmp_path / "a.json").write_text(json.dumps({"data": [record]}), encoding="utf-8")
    frame = pd.DataFrame({"month": ["2026-03"], "title": ["焊工"], "posts_new": [5]})
    frame["seekers_new"] = 3
    frame.to_parquet(tmp_path / "b.parquet")
    tables = tables_of(tmp_path)
    assert list(tables.employers["post"]) == ["焊工", "电工"]
    assert tables.register[["posts_new", "seekers_new"]].values.tolist() == [[5, 3]]


# -- headings a person confirms ---------------------------------------------------------------


def test_a_similar_heading_is_taken_with_a_visible_score(tmp_path, save, tables_of):
    heads = ["单位名称", "岗位名称", "离职人数", "需求的人数", "过去12月实际招用"]
    rows = [heads, ["甲公司", "焊工", 1, 5, 7]]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    taken = tables.proposals[tables.proposals["taken"]]
    assert set(taken["column"]) == {"vacancies", "past_hires"}
    assert (taken["score"] >= 0.8).all()
    assert any(note.code == "intake.heading_taken" for note in tables.notes)


def test_opposite_headings_are_never_taken_for_each_other(tmp_path, save, tables_of):
    rows = [
        ["单位名称", "岗位名称", "当前空缺人数", "未来12个月实际离职"],
        ["甲公司", "焊工", 5, 9],
    ]
    save(tmp_path / "a.xlsx", rows)
    assert tables_of(tmp_path).employers["past_hires_kind"].eq("missing").all()


def test_an_unknown_file_is_proposed_then_confirmed(tmp_path, save, tables_of):
    save(tmp_path / "a.xlsx", [["厂名", "活计", "要几个人"], ["甲公司", "焊工", 5]])
    before = tables_of(tmp_path)
    assert before.employers is None
    confirmed = '[employers]\n"厂名" = "firm_name"\n"活计" = "title"\n"要几个人" = "vacancies"\n'
    (tmp_path / "mapping.toml").write_text(confirmed, encoding="utf-8")
    assert list(tables_of(tmp_path).employers["vacancies"]) == [5]


def test_the_draft_of_a_mapping_can_be_confirmed_as_it_is(tmp_path, save, tables_of):
    rows = [["单位名称", "岗位名称", "当前空缺人数", "计划招人数目"], ["甲公司", "焊工", 5, 8]]
    save(tmp_path / "a.xlsx", rows)
    draft = draft_mapping(tables_of(tmp_path).proposals)
    assert '# "计划招人数目" = "planned_hires"' in draft
    confirmed = draft.replace('# "', '"')
    (tmp_path / "mapping.toml").write_text(confirmed, encoding="utf-8")
    assert list(tables_of(tmp_path).employers["planned_hires"]) == [8]


def test_a_wrong_mapping_names_everything_that_is_wrong(tmp_path, tables_of):
    (tmp_path / "mapping.toml").write_text('[employers]\n"a" = "b"\n[x]\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"employers.'a' = 'b'.*\[x\]"):
        tables_of(tmp_path)


# -- what was sent twice ----------------------------------------------------------------------


def test_the_last_return_of_a_firm_counts(tmp_path, save, tables_of):
    save(tmp_path / "a.xlsx", employers([CODE, "厦门甲有限公司", "思明", "2026-03-20", "焊工", 3]))
    save(tmp_path / "b.xlsx", employers(["", "甲公司（厦门）", "思明", "2026-03-10", "焊工", 9]))
    tables = tables_of(tmp_path)
    assert list(tables.employers["vacancies"]) == [3]
    assert list(tables.quarantine["code"]) == ["intake.superseded"]
    assert tables.quarantine["file"].iloc[0] == "b.xlsx"


def test_one_firm_may_answer_a_questionnaire_once_per_post(tmp_path, save, tables_of):
    rows = [
        [CODE, "甲公司", "思明", f"2026-03-0{day} 10:00", post, n]
        for day, post, n in ((1, "焊工", 3), (2, "电工", 2), (3, "焊工", 9))
    ]
    save(tmp_path / "a.xlsx", employers(*rows))
    table = tables_of(tmp_path).employers
    assert sorted(zip(table["post"], table["vacancies"], strict=True)) == [("焊工", 9), ("电工", 2)]


def test_a_correction_replaces_without_days_and_parts_are_joined(tmp_path, save, tables_of):
    save(tmp_path / "b.xlsx", employers([CODE, "甲公司", "思明", None, "焊工", 3]))
    save(tmp_path / "a更正.xlsx", employers([CODE, "甲公司", "思明", None, "焊工", 4]))
    save(tmp_path / "c.xlsx", employers([CODE, "甲公司", "思明", None, "电工", 1]))
    table = tables_of(tmp_path).employers
    assert sorted(zip(table["post"], table["vacancies"], strict=True)) == [("焊工", 4), ("电工", 1)]


def test_the_same_bytes_are_read_once(tmp_path, save, tables_of):
    save(tmp_path / "a.xlsx", employers([CODE, "甲公司", "思明", None, "焊工", 3]))
    (tmp_path / "b.xlsx").write_bytes((tmp_path / "a.xlsx").read_bytes())
    tables = tables_of(tmp_path)
    assert list(tables.files["code"]) == ["", "intake.same_file"]
    assert len(tables.employers) == 1


def test_the_whole_city_is_not_counted_beside_its_districts(tmp_path, save, tables_of):
    rows = [["统计月份", "所属区", "职业名称", "需求人数（本期新增）", "求职人数（本期新增）"]]
    rows += [["2026-03", "思明区", "焊工", 5, 3], ["2026-03", "全市", "焊工", 9, 6]]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.register["district"]) == ["思明区"]
    assert list(tables.quarantine["code"]) == ["intake.city_total"]


# -- questionnaire sites ----------------------------------------------------------------------

SITE = "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,"


def test_a_questionnaire_in_text_form(tmp_path, tables_of):
    lines = [
        SITE + "1、您的姓名：,2、您的年龄：,3、您希望参加的培训职业（工种）是,4、希望等级",
        "1,2026/03/03 12:00:00,245秒,微信,,1.2.3.4,张三丰,33,电工┋其他〖宠物美容〗,初级",
        "2,2026/03/03 12:01:00,9秒,微信,,1.2.3.5,李四,41,(跳过),(空)",
        "1,2026/03/03 12:00:00,245秒,微信,,1.2.3.4,张三丰,33,电工┋其他〖宠物美容〗,初级",
    ]
    (tmp_path / "意愿.csv").write_bytes("\n".join(lines).encode("gb18030"))
    tables = tables_of(tmp_path)
    assert list(tables.workers["wish"]) == ["电工", "宠物美容", ""]
    assert list(tables.workers["wishes"]) == [2, 2, 0]
    assert list(tables.quarantine["code"]) == ["intake.repeated"]
    assert list(tables.oddities["code"]) == ["intake.too_quick"]
    assert "张三丰" not in tables.quarantine.to_string()


def test_a_questionnaire_in_number_form(tmp_path, tables_of):
    lines = [
        SITE + "2、年龄,3、希望参加的培训职业（工种）(电工),3、希望参加的培训职业（工种）(焊工)",
        "1,2026/03/03 12:00:00,245,微信,,1.2.3.4,33,1,0",
        "2,2026/03/03 12:01:00,200,微信,,1.2.3.5,41,1,1",
        "3,2026/03/03 12:02:00,200,微信,,1.2.3.6,-2,-3,-3",
    ]
    (tmp_path / "意愿.csv").write_text("\n".join(lines), encoding="utf-8")
    workers = tables_of(tmp_path).workers
    assert list(workers["wish"]) == ["电工", "电工", "焊工", ""]
    assert list(workers["age_band"]) == ["25-34", "35-44", "35-44", ""]


# -- personal data ----------------------------------------------------------------------------

SECRETS = ["欧阳震华", "350203199003074518", "13950012345", "0592-5551234", "a.b@example.com"]


def test_personal_data_reach_no_table_note_or_report(tmp_path, save, profile, tables_of):
    name, number, mobile, landline, mail = SECRETS
    free = f"联系人：{name}，{mobile}"
    rows = [
        ["单位名称", "岗位名称", "当前空缺人数", "联系人", "联系电话", "备注"],
        ["甲公司", f"焊工（电话{mobile}）", f"看情况 {landline}", name, mobile, free],
        ["", "电工", 2, name, landline, f"{number} {mail}"],
        [f"乙公司 {mobile}", "车工", 3, name, mobile, ""],
        [f"填表人：{name}", None, None, f"联系电话：{landline}"],
    ]
    save(tmp_path / "in" / "a.xlsx", rows)
    worker = "姓名,身份证号,手机,年龄,希望参加的培训职业（工种）,希望等级\n"
    worker += f"{name},{number},{mobile},33,电工 {mobile},见电话{landline}\n"
    (tmp_path / "in" / "b.csv").write_text(worker, encoding="utf-8")
    tables = tables_of(tmp_path / "in")
    write_quality_report(tables, profile, tmp_path / "q.xlsx")
    review_workbook(tables, tmp_path / "r.xlsx")
    kinds = [getattr(tables, kind) for kind in KINDS]
    frames = [*kinds, tables.files, tables.quarantine, tables.oddities, tables.titles]
    told = [frame.to_csv() for frame in frames if frame is not None]
    told += [str(note.as_dict()) + note.say() for note in tables.notes]
    for book in (tmp_path / "q.xlsx", tmp_path / "r.xlsx"):
        told += [
            str(row) for sheet in load_workbook(book) for row in sheet.iter_rows(values_only=True)
        ]
    for secret in SECRETS:
        assert not [line for line in told if secret in line], secret


@pytest.mark.parametrize(
    "post", ["客服主管", "项目经理", "卫生主管", "护士", "美术老师", "副经理（2名）"]
)
def test_titles_of_posts_are_no_names(post):
    assert mask(post) == post


@pytest.mark.parametrize(
    "text", ["王经理", "欧阳老师", "李女士", "周先生（人事）", "陈主管 内线8001"]
)
def test_named_contacts_are_masked(text):
    assert MASK in mask(text)


# -- laws -------------------------------------------------------------------------------------

_PIECES = ("13800138000", "138 0013 8000", "+86-", "(0592)", "0592", "55", "5555", "１", "－", " ")
_PIECES += (
    "350203198001011234",
    "X",
    "@",
    "a.cn",
    "姓名",
    "：",
    "张三",
    "王",
    "经理",
    "老师",
    "件",
)


@given(st.lists(st.sampled_from(_PIECES), max_size=8).map("".join))
def test_what_looks_harmless_at_a_glance_holds_nothing_to_mask(text):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(personal, "_MAYBE", re.compile(""))
        closely = mask(text)
    assert mask(text) == closely


CELLS = st.one_of(
    st.none(),
    st.integers(-5, 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["", "甲公司", "焊工、电工", "10-20人", "若干", "思明", "合计", "小计", "无", "/"]
    ),
    st.text(
        alphabet=st.characters(exclude_categories=["Cs", "Cc"], max_codepoint=0xFFFF), max_size=8
    ),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(list(KINDS)),
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=24), max_size=12),
)
def test_every_row_read_is_accepted_or_refused(tmp_path_factory, save, tables_of, kind, rows):
    folder = tmp_path_factory.mktemp("law")
    heads = [column.header for column in KINDS[kind].columns]
    save(folder / "a.xlsx", [heads, *rows])
    tables = tables_of(folder)
    files = tables.files
    assert (files["rows_read"] == files["accepted"] + files["refused"]).all()
    assert files["refused"].sum() == len(tables.quarantine)
    table = getattr(tables, kind)
    sources = set() if table is None else set(table["source"])
    assert len(sources) == files["accepted"].sum()


def test_reading_is_deterministic(tmp_path, save, tables_of):
    for name in ("b", "a", "c"):
        rows = employers([f"{name}{CODE}", f"{name}公司", "思明", None, "焊工", 3])
        save(tmp_path / f"{name}.xlsx", rows)
    one, two = tables_of(tmp_path), tables_of(tmp_path)
    pd.testing.assert_frame_equal(one.employers, two.employers)
    assert list(one.files["file"]) == ["a.xlsx", "b.xlsx", "c.xlsx"]


def test_a_firm_is_traced_by_code_and_by_any_spelling_of_its_name(tmp_path, save, tables_of):
    save(
        tmp_path / "a.xlsx",
        employers(
            [CODE, "厦门甲有限公司", "思明", None, "焊工", 3],
            [CODE, "厦门甲有限公司", "思明", None, "电工", None],
            ["", "乙公司", "思明", None, "车工", 1],
        ),
    )
    tables = tables_of(tmp_path)
    for asked in (CODE, "厦门甲有限公司"):
        frame = trace(tables, asked).frame
        assert list(frame["status"]) == ["accepted", "refused"]
        assert list(frame["row"]) == [2, 3]
        assert frame["occupation"].iloc[0] == "6-18-02-04"
        assert frame["reason"].iloc[1] == "intake.no_count"
    with pytest.raises(NotFoundError, match="丙公司"):
        trace(tables, "丙公司")


def test_titles_go_out_for_review_and_come_back(tmp_path, save, tables_of):
    rows = employers(*([f"F{i}", f"公司{i}", "思明", None, "奇妙活计师傅", 1] for i in range(3)))
    save(tmp_path / "in" / "a.xlsx", rows)
    tables = tables_of(tmp_path / "in")
    assert tables.employers["occupation_status"].isin(["review", "unmatched"]).all()
    path = review_workbook(tables, tmp_path / "review.xlsx")
    book = load_workbook(path)
    sheet = book["待确认名称"]
    assert [cell.value for cell in sheet[4]][:3] == ["奇妙活计师傅", 3, "用工需求"]
    assert read_review(path).empty
    sheet["G4"] = "6-18-02-04"
    book.save(path)
    with pytest.raises(InputError, match=r"(?s)H4.*I4"):
        read_review(path)
    sheet["H4"], sheet["I4"] = "王科", "2026-04-01"
    book.save(path)
    placed = read_review(path)
    assert placed.values.tolist() == [["奇妙活计师傅", "6-18-02-04", "王科", "2026-04-01"]]
    placed.to_csv(tmp_path / "coded_titles.csv", index=False)
    again = tables_of(tmp_path / "in", coded_titles=tmp_path / "coded_titles.csv")
    assert set(again.employers["occupation"]) == {"6-18-02-04"}
    assert set(again.titles["method"]) == {"confirmed"}


def test_counts_that_do_not_fit_are_flagged_and_kept(tmp_path, save, tables_of):
    heads = [*HEAD, "在岗职工数", "空缺超过3个月人数", "月薪"]
    wages = [5000, 5200, 5100, 4900, 5000, 5300, 5100, 5000, 60000]
    rows = [[f"F{i}", f"甲{i}", "思明", None, "焊工", 5, 30, 1, w] for i, w in enumerate(wages)]
    rows.append(["F90", "乙", "思明", None, "电工", 900, 30, 2, 5000])
    rows.append(["F91", "丙", "思明", None, "车工", 2, 30, 7, 5000])
    save(tmp_path / "a.xlsx", [heads, *rows])
    tables = tables_of(tmp_path)
    found = dict(zip(tables.oddities["code"], tables.oddities["row"], strict=True))
    assert found == {"intake.odd_wage": 10, "intake.over_staff": 11, "intake.over_vacancies": 12}
    assert len(tables.employers) == len(rows)
    assert np.isfinite(tables.employers["wage_low"]).all()
