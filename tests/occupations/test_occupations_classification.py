"""The classification: counts of the ministry's system, the traps of other editions, look-up."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmdemand.errors import InputError, NotFoundError
from xmdemand.occupations import LEVELS, Classification, codes
from xmdemand.occupations.layers import packaged


@pytest.fixture(scope="module")
def current() -> Classification:
    return Classification.load()


@pytest.fixture(scope="module")
def book() -> Classification:
    return Classification.load(as_of=2022)


def level_counts(c: Classification) -> dict[str, int]:
    return c.frame["level"].value_counts().reindex(LEVELS).to_dict()


def test_the_book_has_the_published_counts(book):
    # The ministry's briefing of 2022-09-28: 8 / 79 / 450 / 1,639; 134 green, 97 digital, 23 both.
    assert level_counts(book) == {"major": 8, "sub-major": 79, "minor": 450, "unit": 1639}
    marks = book.frame["marks"]
    assert (marks.str.contains("L").sum(), marks.str.contains("S").sum()) == (134, 97)
    assert (marks == "LS").sum() == 23


def test_the_current_edition_agrees_with_the_online_system(current):
    # osta.org.cn/career, versionId 2: 1,676 occupations; L 139, S 108, both 24.
    assert level_counts(current) == {"major": 8, "sub-major": 79, "minor": 450, "unit": 1676}
    marks = current.frame["marks"]
    assert (marks.str.contains("L").sum(), marks.str.contains("S").sum()) == (139, 108)
    assert (marks == "LS").sum() == 24
    units = current.frame[current.frame["level"] == "unit"]
    assert units["code"].str[0].value_counts().sort_index().to_list() == [
        25, 496, 36, 379, 56, 679, 4, 1,
    ]  # fmt: skip


def test_layers_are_dated():
    sizes = {
        year: len(Classification.load(year).units()) for year in (2022, 2023, 2024, 2025, 2030)
    }
    assert sizes == {2022: 1639, 2023: 1639, 2024: 1658, 2025: 1676, 2030: 1676}
    with pytest.raises(InputError, match="oldest edition"):
        Classification.load(2015)


@pytest.mark.parametrize("as_of", [2022, 2024, None])
def test_every_parent_exists_and_every_index_is_unique(as_of):
    frame = Classification.load(as_of).frame
    assert frame["code"].is_unique
    assert frame["lineage"].is_unique
    assert frame["code"].is_monotonic_increasing
    assert set(frame["parent"]) - {""} <= set(frame["code"])
    units = frame[frame["level"] == "unit"]
    assert units["name"].is_unique


def test_numbering_has_holes_and_groups_without_units(current, book):
    for absent in ("4-01-02-02", "4-10-01-02"):
        with pytest.raises(NotFoundError, match="is not in edition"):
            current.name(absent)
    minors = book.frame.loc[book.frame["level"] == "minor", "code"]
    assert sum(not book.units(code) for code in minors) == 68
    assert current.units("2-99-00") == ()


@pytest.mark.parametrize(
    ("old", "new"), [("2-02-32-00", "2-02-32-01"), ("4-05-02-00", "4-05-02-01")]
)
def test_a_lone_unit_is_renumbered_when_a_sibling_comes(current, book, old, new):
    found = current.find(code=old)
    assert (found.code, found.edition, found.how) == (new, "2022", "former_code")
    assert [note.code for note in found.notes] == ["occupations.other_edition"]
    assert found.lineage == book.lineage(old) == current.lineage(new)
    assert book.find(code=new).code == old  # next year's files against this year's book


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("3-01-01-05", "劝募员", "劝募师"),
        ("4-10-05-03", "婚姻家庭咨询师", "婚姻家庭辅导师"),
        ("2-05-07-02", "口腔医学技师", "口腔修复技师"),
        ("4-13-04-04", "研学旅行指导师", "研学旅游指导师"),
    ],
)
def test_renamed_on_the_same_code(current, book, code, old, new):
    assert current.name(code) == new
    assert book.name(code) == old
    for given_code in (None, code):
        found = current.find(code=given_code, name=old)
        assert (found.code, found.name, found.edition) == (code, new, "2022")
    assert current.lineage(code) == book.lineage(code)


def test_codes_reused_between_editions_are_settled_for_the_name(current):
    # Chengdu's list of 2018 (edition 2015); Tianjin's of 2014 (edition 1999).
    found = current.find(code="4-07-05-03", name="智能楼宇管理员")
    assert (found.code, found.edition) == ("4-06-01-04", "2015")
    found = current.find(code="6-04-01-01", name="数控车工")
    assert (found.name, found.edition) == ("车工", "1999")
    found = current.find(code="4-10-01-03", name="育婴员")
    assert found.code == "4-10-01-01"
    found = current.find(code="6-18-02-04", name="电工")
    assert found.code == "6-31-01-03"
    assert [n.code for n in found.notes] == ["occupations.code_name_disagree"]
    assert "焊工" in found.notes[0].say("zh")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("眼镜验光员", "眼镜验光师"),
        ("评茶员", "评茶师"),
        ("保育员", "保育师"),
        ("有害生物防治员", "有害生物防制员"),
        ("育婴员", "婴幼儿发展引导员"),
    ],
)
def test_names_of_the_edition_before(current, old, new):
    found = current.find(name=old)
    assert (found.name, found.edition, found.how) == (new, "2015", "former_name")


def test_a_code_beside_a_strange_name_is_not_believed(current):
    with pytest.raises(NotFoundError, match="does not resemble"):
        current.find(code="4-07-05-03", name="会展搭台工")
    spelt = current.find(code="4-07-05-03", name="消防设施操作人员")
    assert spelt.code == "4-07-05-03"
    assert [n.code for n in spelt.notes] == ["occupations.name_differs"]
    assert current.find(code="9-99-99-99", name="电工").notes[0].code == "occupations.code_unknown"


@pytest.mark.parametrize(
    "text",
    [
        "4-10-01-05", "４－１０－０１－０５", "4—10—01—05", "4.10.01.05", "4-10-1-5",
        " 4-10-01-05 ", "4-10-01-05L", "4-10-01-05（L/S）", "4100105", 4100105, 4100105.0,
        "4－10－01－05", "4 - 10 - 01 - 05", "4-10-01-05　", "4．10．01．05", "4–10–01–05",
    ],
)  # fmt: skip
def test_every_spelling_of_a_code(current, text):
    assert current.normalise_code(text) == "4-10-01-05"
    assert current.find(code=text).name == "养老护理员"


@pytest.mark.parametrize(
    "text",
    ["2022/4/10", "2004-10-01", pd.Timestamp("2004-10-01"), "4月10日", "", "  ", None, 4.1,
     float("nan"), "养老护理员", "410", "4-10-01-05-06", "/", "—", True],
)  # fmt: skip
def test_what_excel_spoilt_or_never_was_a_code(current, text):
    assert current.normalise_code(text) is None


@given(st.text(max_size=20) | st.floats() | st.integers() | st.none() | st.datetimes())
def test_normalise_never_fails_and_is_idempotent(text):
    code = codes.normalise(text)
    assert code is None or codes.normalise(code) == code


@given(st.data())
def test_a_code_survives_respelling(data):
    current = Classification.load()
    code = data.draw(st.sampled_from(current.units()))
    dash = data.draw(st.sampled_from("-－—–−.．"))
    wide = data.draw(st.booleans())
    text = code.replace("-", dash)
    if wide:
        text = text.translate({ord("0") + i: ord("０") + i for i in range(10)})
    assert current.normalise_code(text) == code


def test_tree(current):
    assert current.parent("4-10-01-05") == "4-10-01"
    assert current.ancestors("4-10-01-05") == ("4-10-01", "4-10", "4")
    assert current.children() == tuple("12345678")
    assert "4-10-01-07" in current.children("4-10-01")
    assert current.units("4-10-01-05") == ("4-10-01-05",)
    assert len(current.units("6")) == 679
    assert current.level("4-10") == "sub-major"
    assert current.marks("4-13-01-10") == "S"
    assert current.frame.set_index("code").loc["4-10-01", "gbm"].startswith("410")


def test_a_group_and_its_only_unit_share_a_name(current):
    assert current.find(name="会计专业人员").code == "2-06-03-00"
    assert current.find(code="2-06-03", name="会计专业人员").code == "2-06-03"


def test_names_are_found_with_marks_blanks_and_widths(current):
    for text in ("互联网营销师S", " 互联网 营销师 ", "互联网营销师（S）", "互联网营销师 S"):
        assert current.find(name=text).code == "4-01-06-02"
    assert current.find(name="管理(工业)工程技术人员").code == "2-02-30"


def test_work_types(current, book):
    assert len(current.work_type_table) == 70
    assert len(book.work_type_table) == 0
    assert current.find(name="老年助浴员").code == "4-10-01-05"
    assert set(current.work_types("4-10-01-05")) == {"社区助老员", "老年助浴员"}


def test_fuller_work_types_are_added(current, tmp_path):
    path = tmp_path / "工种.csv"
    path.write_text("职业编码,工种\n6-18-02-04,电焊工\n2-02-32-00,药厂工艺员\n", encoding="gb18030")
    fuller = current.with_work_types(path)
    assert fuller.find(name="药厂工艺员").code == "2-02-32-01"  # an old code is understood
    assert "电焊工" in fuller.work_types("6-18-02-04")
    assert "电焊工" not in current.work_types("6-18-02-04")
    path.write_text("职业编码,工种\n9-18-02-04,电焊工\n", encoding="utf-8")
    with pytest.raises(InputError, match="9-18-02-04"):
        current.with_work_types(path)
    with pytest.raises(InputError, match="no column code"):
        current.with_work_types(pd.DataFrame({"工种": ["电焊工"]}))


def test_search(current):
    assert current.search("养老护理员").iloc[0]["code"] == "4-10-01-05"
    assert current.search("4-10-01")["code"].iloc[0] == "4-10-01"
    assert "4-01-06-02" in current.search("营销")["code"].to_list()
    assert current.search("助浴").iloc[0]["kind"] == "work_type"
    assert current.search("养老护理负责员").iloc[0]["kind"] == "similar"
    assert len(current.search("人员", limit=7)) == 7


def test_the_former_names_are_sound(book):
    former = packaged("former_names.csv")
    for row in former.to_dict("records"):
        assert book.name(row["code"]) == row["current_name"]


# -- another country's classification ---------------------------------------------------------


@pytest.fixture
def foreign(tmp_path):
    path = tmp_path / "isco.csv"
    path.write_text(
        "code,name,level,parent\n7,Craft workers,major,\n72,Metal workers,sub-major,7\n"
        "7212,Welders,unit,72\n1A,Chiefs,unit,7\n",
        encoding="utf-8",
    )
    return path


def test_any_tree_loads(foreign):
    isco = Classification.load(path=foreign)
    assert isco.find(code="7212 ").name == "Welders"
    assert isco.find(code="1a").code == "1A"
    assert isco.find(name="Welders").code == "7212"
    assert isco.units("7") == ("1A", "7212")
    assert isco.lineage("7212") == "7212"
    assert isco.normalise_code("72.12") == "7212"
    with pytest.raises(NotFoundError):
        isco.find(code="9999")
    with pytest.raises(InputError, match="not both"):
        Classification.load(2022, foreign)


def test_a_broken_tree_is_refused_whole(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(
        "code,name,level,parent\n7,A,major,\n7,B,major,\n72,,sub-major,7\n73,C,job,7\n"
        "74,D,unit,99\n75,E,major,72\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        Classification.from_csv(path)
    for part in ("given twice: 7", "without a name: 72", "73 (job)", "74 (99)", "75"):
        assert part in str(caught.value)
    path.write_text("code,name\n7,A\n", encoding="utf-8")
    with pytest.raises(InputError, match="missing columns level, parent"):
        Classification.from_csv(path)
    with pytest.raises(NotFoundError, match="no such file"):
        Classification.from_csv(tmp_path / "none.csv")


def test_asking_for_nothing(current):
    with pytest.raises(InputError, match="needs a code or a name"):
        current.find()
    with pytest.raises(NotFoundError, match="nearest names"):
        current.find(name="焊接技师傅大人")
    with pytest.raises(NotFoundError, match="in any known edition"):
        current.find(code="9-01")
