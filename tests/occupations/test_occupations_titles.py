"""Cleaning titles, and n-grams as array arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmdemand.occupations import clean_title
from xmdemand.occupations.ngrams import Vectoriser, grams
from xmdemand.occupations.titles import plain_title


@pytest.mark.parametrize(
    ("title", "whole"),
    [
        ("養老護理員 （初级）", "养老护理员"),
        ("电工(三级/高级工)", "电工"),
        ("焊工（高级技师）（厦门）", "焊工(厦门)"),
        ("电工（高压）", "电工(高压)"),
        ("（中级）", "(中级)"),
        ("二级建造师(一级)", "二级建造师"),
    ],
)
def test_the_whole_title_has_all_but_a_level_in_brackets(title, whole):
    assert plain_title(title) == whole


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [
        ("养老护理员（初级）", "养老护理员"),
        ("养老护理员（五级/初级工）", "养老护理员"),
        ("焊工（氩弧焊）", "焊工"),
        ("電 工", "电工"),
        ("補漏工", "补漏工"),
        ("設備點檢員", "设备点检员"),
        ("無塵室清潔工", "无尘室清洁工"),
        ("我想学习电工的培训", "电工"),
        ("培训师", "培训师"),
        ("叉车司机\n急聘", "叉车司机"),
        ("ＣＮＣ操作员", "cnc操作员"),
        ("急聘焊工8000元/月+包住", "焊工"),
        ("6000-8000元/月 普工", "普工"),
        ("销售底薪7千+提成", "销售"),
        ("某某公司招聘销售代表", "某某公司招聘销售代表"),
        ("某某公司招聘焊工", "焊工"),
        ("招聘专员", "招聘专员"),
        ("招商经理", "招商经理"),
        ("聘保安", "保安"),
        ("急招：叉车司机", "叉车司机"),
        ("厦门厨师", "厨师"),
        ("终端推广专员-泉州", "终端推广专员"),
        ("电话客服/周末双休不加班", "电话客服/"),
        ("C++开发", "cpp开发"),
        ("五险一金", "五险一金"),
        ("", ""),
    ],
)
def test_what_names_the_work_stays(title, cleaned):
    assert clean_title(title) == cleaned.rstrip("/")


@given(st.text(max_size=60))
def test_any_text_can_be_cleaned(text):
    assert isinstance(clean_title(text), str)


def test_grams_are_those_counted_by_hand():
    rows, keys = grams(["工人", "工"])
    # 工 人 ^工 工人 人$; 工 ^工 工$
    assert np.bincount(rows).tolist() == [5, 3]
    assert len(set(keys.tolist())) == 6


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8, unique=True))
def test_a_text_is_most_like_itself(texts):
    vectoriser = Vectoriser.fit(texts)
    rows = vectoriser.transform(texts)
    likeness = (rows @ rows.T).toarray()
    np.testing.assert_allclose(np.diag(likeness), 1, atol=1e-5)
    assert likeness.max() <= 1 + 1e-5
    alone = vectoriser.transform(texts[:1])
    np.testing.assert_allclose(alone.toarray(), rows[:1].toarray(), atol=1e-6)


def test_what_is_unknown_makes_less_alike():
    vectoriser = Vectoriser.fit(["焊工", "电工", "厨师"])
    known, strange = vectoriser.transform(["焊工", "焊工鑫"])
    assert (known @ known.T).toarray().item() == pytest.approx(1, abs=1e-6)
    assert (strange @ known.T).toarray().item() < 0.8
    assert vectoriser.transform(["鑫"]).nnz == 0
    assert vectoriser.transform([]).shape[0] == 0
