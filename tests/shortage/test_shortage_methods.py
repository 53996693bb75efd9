"""Published rules against published figures (methods.md section 12, cases 6-8)."""

from __future__ import annotations

import numpy as np
import pytest

from xmdemand.shortage import Method, methods, register_method
from xmdemand.shortage.methods import (
    Scores,
    ba_class,
    ba_mean,
    ba_points,
    method_named,
)
from xmdemand.shortage.published import (
    entrants,
    openings_per_seeker,
    prints_as,
    relative_change,
)


@pytest.mark.parametrize(
    ("posts", "seekers", "printed"),
    [
        (65_848, 69_577, "0.946405"),  # Sanming 2009Q1
        (282_838, 133_051, "2.13"),  # Guangxi 2020Q1
        (481.8, 317.9, "1.52"),  # national 2020Q4, 10,000 persons
        (574.8, 466.9, "1.23"),  # 2018Q1
        (475, 432, "1.10"),  # 2016Q3
        (668, 677, "0.99"),  # 2010Q3
        (190_679, 192_005, "0.993"),  # Xiamen talent market 2011Q3
        (19_437, 8_088, "2.403"),  # marketing
        (13_563, 18_419, "0.736"),  # machinery
    ],
)
def test_ratio_of_posts_to_seekers(posts: float, seekers: float, printed: str) -> None:
    assert prints_as(openings_per_seeker(posts, seekers), printed)


@pytest.mark.parametrize(
    ("change", "base", "printed"),
    [
        (100_456, 282_838 - 100_456, "55.08%"),  # Guangxi 2020Q1, demand, on the quarter
        (-124_509, 282_838 + 124_509, "-30.57%"),  # on the year
        (47_911, 133_051 - 47_911, "56.27%"),  # seekers, on the quarter
        (-86_291, 133_051 + 86_291, "-39.34%"),  # on the year
    ],
)
def test_changes_from_differences(change: float, base: float, printed: str) -> None:
    assert prints_as(relative_change(base + change, base), printed)


@pytest.mark.parametrize(
    ("now", "before", "printed"),
    [
        (111.4, 153.8, "-27.57%"),  # CETTIC 2021Q3: demand, rounded inputs (printed -27.56)
        (41.8, 51.7, "-19.15%"),  # seekers
        (69.6, 102.1, "-31.83%"),  # gap
        (2.67, 2.97, "-10.1%"),  # ratio
        (131.6, 148.9, "-11.6%"),  # 2020Q3: demand
        (49.2, 74.3, "-33.8%"),  # seekers
        (82.4, 74.6, "10.5%"),  # gap
        (2.67, 2.01, "32.8%"),  # ratio
    ],
)
def test_cettic_changes(now: float, before: float, printed: str) -> None:
    assert prints_as(relative_change(now, before), printed)


def test_cettic_totals_are_consistent() -> None:
    assert pytest.approx(102.1) == 153.8 - 51.7
    assert pytest.approx(69.6) == 111.4 - 41.8
    assert prints_as(openings_per_seeker(111.4, 41.8), "2.67")
    assert prints_as(19 / 28, "67.9%")


def test_the_notices_own_slip_is_found() -> None:
    """The 2020Q3 notice prints 5 of 15 as 30%."""
    assert not prints_as(5 / 15, "30%")
    assert prints_as(5 / 15, "33%")


def test_top_ten_entrants_2021q3() -> None:
    before = [
        "营销员", "餐厅服务员", "商品营业员", "保安员", "快递员", "家政服务员", "保洁员",
        "市场营销专业人员", "房地产经纪人", "仪器仪表制造工",
    ]  # fmt: skip
    now = [*before[:8], "焊工", "客户服务管理员"]
    assert entrants(now, before) == (["焊工", "客户服务管理员"], ["房地产经纪人", "仪器仪表制造工"])


@pytest.mark.parametrize(
    ("mean", "expected"),
    [(2.5, "shortage"), (2.2, "shortage"), (2.0, "shortage"), (1.99, "watch"), (1.5, "watch"),
     (1.49, "none")],
)  # fmt: skip
def test_ba_classes(mean: float, expected: str) -> None:
    assert ba_class(mean) == expected


def test_ba_means_available_points_only() -> None:
    points = np.array([[3, np.nan, 2, 1], [np.nan] * 4])
    found = ba_mean(points)
    assert found[0] == 2.0
    assert np.isnan(found[1])
    assert ba_points(np.array([-0.6, -0.5, 0.5, 1.5])).tolist() == [0, 1, 2, 3]


def _scores(**changes: object) -> Scores:
    z = {"a": np.array([[2.0, 0.0, -1.0]]), "b": np.array([[1.0, 0.0, -2.0]])}
    settings: dict[str, object] = {
        "z": z,
        "observed": {"a": np.array([True, True, True]), "b": np.array([True, False, True])},
        "weights": {"a": 0.75, "b": 0.25},
        "log_ratio": np.array([[0.5, 0.0, -0.5]]),
        "demand": np.array([[10.0, 20.0, 30.0]]),
        "gap": np.array([[5.0, np.nan, 9.0]]),
        "areas": np.array([3.0, 1.0, 3.0]),
    }
    return Scores(**(settings | changes))  # type: ignore[arg-type]


def _index(name: str, scores: Scores) -> list[float]:
    return np.sum(list(method_named(name).parts(scores).values()), axis=0)[0].tolist()


def test_rules_by_hand() -> None:
    assert _index("composite", _scores()) == [1.75, 0.0, -1.25]
    assert _index("ratio", _scores()) == [0.5, 0.0, -0.5]
    # Points: a 3, 1, 0; b 2, not available, 0.
    assert _index("ba", _scores()) == [2.5, 1.0, 0.0]
    # Gap percentiles 0.5, 0, 1; areas tie first and third: 0.75, 0, 0.75.
    assert _index("cettic", _scores()) == [0.625, 0.0, 0.875]


def test_a_method_of_ones_own() -> None:
    register_method(Method("flat", lambda scores: {"one": np.zeros((1, 3))}, source="a test"))
    assert "flat" in methods()
    assert _index("flat", _scores()) == [0.0, 0.0, 0.0]
