"""Job postings: every row accounted for, adverts counted once, the same numbers everywhere."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmdemand.errors import ArgumentTypeError, InputError
from xmdemand.intake import postings
from xmdemand.intake.postings import find_columns
from xmdemand.occupations import Classification
from xmdemand.profile import Profile

pytest.importorskip("duckdb")
dask = pytest.importorskip("dask")
dd = pytest.importorskip("dask.dataframe")

PROFILE, CLASSES = Profile.load("xiamen"), Classification.load()
TITLES = ["保安员", "焊工", " 焊工", "阿巴阿巴", "", "张先生 13800138000"]
DAYS = ["2026-03-02", "2026-03-30 10:11:12", "2026年4月", "20260405", "昨天", ""]
PLACES = ["思明区", "厦门市思明区", "厦门", "湖里", "漳州市", ""]
FIRMS = ["甲", "甲 ", "乙", ""]
COUNTS = ["1", "3", "2-4人", "若干", "", "多少"]


def read(data, **more):
    return postings(data, PROFILE, CLASSES, **more)


def table(*rows):
    return pd.DataFrame(rows, columns=["岗位名称", "发布日期", "所属区", "单位名称", "招聘人数"])


def same(one, other):
    pd.testing.assert_frame_equal(one.register, other.register)
    pd.testing.assert_frame_equal(one.titles, other.titles)
    pd.testing.assert_frame_equal(one.accounting, other.accounting)
    assert one.notes == other.notes


def refused(found):
    return found.accounting.set_index("reason")["rows"].drop("accepted").to_dict()


def test_an_advert_counts_once_a_month_with_its_largest_number():
    found = read(
        table(
            ["保安员", "2026-03-02", "思明区", "甲", "3"],
            ["保安员", "2026-03-29", "厦门市思明区", "甲 ", "5"],
            ["保安员", "2026-04-01", "思明区", "甲", "2"],
            ["保安员", "2026-03-02", "思明区", "乙", "1"],
            ["保安员", "2026-03-02", "湖里区", "甲", "1"],
        )
    )
    numbers = found.register.set_index(["district", "month"])[["posts_new", "adverts", "rows"]]
    assert set(found.register["occupation"]) == {"4-07-05-01"}
    assert numbers.loc[("思明区", pd.Timestamp("2026-03-01"))].tolist() == [6, 2, 3]
    assert numbers.loc[("思明区", pd.Timestamp("2026-04-01"))].tolist() == [2, 1, 1]
    assert numbers.loc[("湖里区", pd.Timestamp("2026-03-01"))].tolist() == [1, 1, 1]


def test_rows_without_a_firm_count_each_and_are_told():
    row = ["焊工", "2026-03-02", "思明区", "", "2"]
    found = read(table(row, row, row))
    assert found.register["posts_new"].tolist() == [6]
    assert [(note.code, note.n) for note in found.notes] == [("intake.postings_without_firm", 3)]


def test_each_refused_row_has_one_reason():
    found = read(
        table(
            ["", "昨天", "漳州市", "甲", "多少"],
            ["焊工", "昨天", "漳州市", "甲", "多少"],
            ["焊工", "2026-03-02", "漳州市", "甲", "多少"],
            ["焊工", "2026-03-02", "厦门", "甲", "多少"],
            ["焊工", "2026-03-02", "厦门", "甲", "若干"],
        )
    )
    assert refused(found) == {"title": 1, "posted": 1, "district": 1, "count": 1}
    assert found.rows_read == 5
    assert found.register["posts_new"].tolist() == [1]
    assert found.register["district"].tolist() == [""]


def test_what_no_occupation_could_be_told_of_stays_in_the_panel():
    found = read(table(["阿巴阿巴", "2026-03-02", "思明区", "甲", "4"]))
    assert found.register["occupation"].isna().all()
    assert found.register["posts_new"].sum() == 4
    assert "intake.postings_uncoded" in {note.code for note in found.notes}


def test_no_person_and_no_firm_is_kept():
    data = table(["保安 联系人：张三 13800138000", "2026-03-02", "思明区", "某某公司", "1"])
    found = read(data.assign(电话="13900139000"))
    kept = found.register.to_csv() + found.titles.to_csv() + found.accounting.to_csv()
    for private in ("13800138000", "13900139000", "张三", "某某公司"):
        assert private not in kept
    assert found.titles["n"].tolist() == [1]


def test_confirmed_titles_are_followed(tmp_path):
    path = tmp_path / "coded_titles.csv"
    path.write_text("title,code,who,when\n阿巴阿巴,6-18-02-04,甲,2026-01-01\n", encoding="utf-8")
    found = read(table(["阿巴阿巴", "2026-03-02", "思明区", "甲", "4"]), coded_titles=path)
    assert found.register["occupation"].tolist() == ["6-18-02-04"]


rows_of = st.lists(
    st.tuples(*map(st.sampled_from, (TITLES, DAYS, PLACES, FIRMS, COUNTS))), min_size=1, max_size=30
)


@settings(max_examples=10, deadline=None)
@given(rows_of, st.sampled_from([1, 2, 3, 9]), st.randoms(use_true_random=False))
def test_engines_partitions_and_order_do_not_matter(rows, parts, random):
    data = table(*rows)
    whole = read(data)
    with dask.config.set(scheduler="synchronous"):
        same(whole, read(dd.from_pandas(data, npartitions=parts)))
    shuffled = list(rows)
    random.shuffle(shuffled)
    same(whole, read(table(*shuffled)))
    assert whole.rows_read == len(rows)
    assert whole.register["rows"].sum() == whole.rows_read - sum(refused(whole).values())


@settings(max_examples=10, deadline=None)
@given(rows_of)
def test_putting_everything_up_twice_changes_rows_only(rows):
    data = table(*[row for row in rows if row[3].strip()] or [("焊工", "昨天", "", "甲", "")])
    once, twice = read(data), read(pd.concat([data, data]))
    columns = ["district", "month", "posts_new", "adverts"]
    pd.testing.assert_frame_equal(once.register[columns], twice.register[columns])
    assert twice.rows_read == 2 * once.rows_read


def test_files_types_and_a_cluster_give_the_numbers_of_the_frame(tmp_path):
    pytest.importorskip("pyarrow")
    distributed = pytest.importorskip("distributed")
    rng = np.random.default_rng(0)
    pick = [rng.choice(cells, 400) for cells in (TITLES, DAYS, PLACES, FIRMS, COUNTS)]
    data = pd.DataFrame(dict(zip(table().columns, pick, strict=True)), dtype=object)
    whole = read(data)
    (tmp_path / "csv").mkdir()
    (tmp_path / "parquet").mkdir()
    for at, part in enumerate(np.array_split(np.arange(400), 3)):
        data.iloc[part].to_csv(tmp_path / "csv" / f"{at}.csv", index=False, encoding="utf-8-sig")
        data.iloc[part].to_parquet(tmp_path / "parquet" / f"{at}.parquet", index=False)
    same(whole, read(tmp_path / "csv"))
    same(whole, read(tmp_path / "parquet"))
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        same(whole, read(tmp_path / "parquet", client=client))
        same(whole, read(tmp_path / "csv", client=client))


def test_dates_and_numbers_may_be_typed(tmp_path):
    pytest.importorskip("pyarrow")
    data = pd.DataFrame(
        {
            "title": ["焊工", "焊工", "焊工"],
            "date": pd.to_datetime(["2026-03-02 09:00", "2026-03-05 00:00", None]),
            "company": ["甲", "乙", "丙"],
            "count": [2.0, np.nan, 1.0],
        }
    )
    data.to_parquet(tmp_path / "a.parquet")
    for source in (data, tmp_path / "a.parquet", dd.from_pandas(data, npartitions=2)):
        found = read(source)
        assert found.register["posts_new"].tolist() == [3]
        assert refused(found)["posted"] == 1
        assert "intake.postings_without_district" in {note.code for note in found.notes}


def test_wrong_columns_are_told_in_one_go():
    with pytest.raises(InputError) as told:
        find_columns(["职位", "工种", "人数"], {"count": "数量", "wage": "月薪"})
    for word in ("wage", "数量", "职位 or 工种", "发布日期", "the data have"):
        assert word in str(told.value)


def test_columns_may_be_named():
    data = table(["焊工", "2026-03-02", "思明区", "甲", "4"])
    for title, firm in (("什么", "a b"), ("cell", "key"), ("at", "o'clock"), ('"', "firm")):
        odd = data.rename(columns={"岗位名称": title, "单位名称": firm})
        found = read(odd, columns={"title": title, "firm": firm})
        assert found.register["posts_new"].tolist() == [4]


def test_nothing_to_read_is_told(tmp_path):
    with pytest.raises(InputError, match="no Parquet or CSV"):
        read(tmp_path)
    (tmp_path / "a.csv").write_text("岗位名称,发布日期\n", encoding="utf-8")
    assert read(tmp_path).rows_read == 0
    (tmp_path / "b.parquet").write_bytes(b"")
    with pytest.raises(InputError, match="both Parquet and CSV"):
        read(tmp_path)
    with pytest.raises(ArgumentTypeError, match="a path or a DataFrame"):
        read(42)


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("岗位名称,发布日期\n焊工,2026-03-02\n".encode("gb18030"))
    with pytest.raises(InputError, match=r"cannot be read|no column"):
        read(path)
    body = b"title,date\n" + "焊工,2026-03-02\n".encode("gb18030")
    path.write_bytes(body)
    with pytest.raises(InputError, match="cannot be read"):
        read(path)
