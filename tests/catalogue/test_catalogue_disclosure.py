"""Disclosure control, attacked from outside: what two years' files give away.

The attacker here is built from the published catalogues alone, with programmes of his own, not
with the package's.
"""

from __future__ import annotations

import numpy as np
import pytest
from catalogue_city import compiled, through_rooms
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from xmdemand.catalogue.content import Catalogue
from xmdemand.catalogue.disclosure import Cells, protect, sensitive
from xmdemand.catalogue.suppression import rounded
from xmdemand.errors import InputError
from xmdemand.intake.district import of_district
from xmdemand.occupations import Classification
from xmdemand.profile import DisclosureRule, Profile

NUMBERS = ("code", "name", "industry", "field", "levels", "stars", "demand")
DISTRICTS = (*NUMBERS, "demand_by_district")
PINNED = 0.10
PERSISTENCE = 0.5


def editions(year, columns):
    """Two editions in a row that publish numbers."""
    before = compiled(year(2025).with_profile(public_columns=columns))
    after = compiled(year(2026).with_profile(public_columns=columns), previous=before.record)
    return before, after


@pytest.fixture(scope="module")
def two_years(year):
    return editions(year, NUMBERS)


class Attacker:
    """What a reader of published catalogues knows: rounding, sums, and persistence."""

    def __init__(self, base: float) -> None:
        self.base = base
        self.at: dict[tuple, int] = {}
        self.bounds: list[tuple[float, float | None]] = []
        self.equal: list[dict[int, float]] = []
        self.less: list[dict[int, float]] = []

    def learn(self, key: tuple, value: float | None) -> None:
        self.at[key] = len(self.bounds)
        half = self.base / 2
        known = (0.0, None) if value is None else (max(value - half, 0.0), value + half)
        self.bounds.append(known)

    def sums(self, total: tuple, parts: list[tuple]) -> None:
        if total in self.at and all(part in self.at for part in parts):
            self.equal.append({self.at[total]: 1.0} | {self.at[part]: -1.0 for part in parts})

    def persists(self, before: tuple, after: tuple) -> None:
        a, b = self.at[before], self.at[after]
        self.less += [{b: 1.0, a: -(1 + PERSISTENCE)}, {b: -1.0, a: 1 - PERSISTENCE}]

    def solve(self, key: tuple, direction: int) -> float | None:
        aim = np.zeros(len(self.bounds))
        aim[self.at[key]] = direction
        result = linprog(
            aim,
            A_eq=self._matrix(self.equal),
            b_eq=np.zeros(len(self.equal)) if self.equal else None,
            A_ub=self._matrix(self.less),
            b_ub=np.zeros(len(self.less)) if self.less else None,
            bounds=self.bounds,
        )
        if result.status == 3:
            return None
        assert result.status == 0, result.message
        return direction * result.fun

    def _matrix(self, rows: list[dict[int, float]]):
        if not rows:
            return None
        at = [(number, cell) for number, row in enumerate(rows) for cell in row]
        values = [sign for row in rows for sign in row.values()]
        return csr_array((values, tuple(zip(*at, strict=True))), (len(rows), len(self.bounds)))


def edition_of(catalogue: Catalogue) -> tuple[int, str]:
    return catalogue.year, catalogue.district


def read(attacker: Attacker, catalogue: Catalogue, classification: Classification) -> None:
    """Everything one published catalogue says, as any reader could write it down."""
    year = edition_of(catalogue)
    groups: dict[tuple, list[tuple]] = {}
    for entry in catalogue.entries:
        city = (year, "entry", entry.lineage, "")
        attacker.learn(city, entry.demand.value)
        here = [(city, "")]
        for part in entry.demand_by_district:
            key = (year, "entry", entry.lineage, part.district)
            attacker.learn(key, part.number.value)
            here.append((key, part.district))
        if len(here) > 1:
            attacker.sums(city, [key for key, _ in here[1:]])
        above = {classification.level(code): code for code in classification.ancestors(entry.code)}
        for key, district in here:
            for scope, name in (
                ("all", ""),
                ("field", entry.field),
                ("major", above["major"]),
                ("minor", above["minor"]),
            ):
                groups.setdefault((year, scope, name, district), []).append(key)
    for total in catalogue.totals:
        key = (year, total.scope, total.key, total.district)
        attacker.learn(key, total.number.value)
        attacker.sums(key, groups[key])


@pytest.mark.parametrize("persistence", [False, True])
def test_nothing_withheld_is_pinned_down_by_two_years_of_files(two_years, persistence):
    attack(two_years, persistence=persistence, tries=100)


@pytest.mark.slow
def test_nothing_withheld_is_pinned_down_with_districts_published(year):
    attack(editions(year, DISTRICTS), persistence=True, tries=40)


@pytest.fixture(scope="module")
def of_a_district(year):
    """The city's list with numbers by district, and one district's own tables."""
    given = year(2025).with_profile(public_columns=DISTRICTS)
    name = given.profile.districts[0].name
    tables = of_district(given.tables, name)
    profile = given.with_profile(public_columns=NUMBERS).profile
    own = through_rooms(tables, profile, given.classification, given.settings)
    return compiled(given), own, name


def test_neither_the_city_nor_its_district_gives_the_other_away(of_a_district):
    city, own, name = of_a_district
    district = compiled(own, district=name, city=city.record)
    shown = [one.demand.value for one in district.catalogue.entries]
    assert any(value is not None for value in shown)
    attack((city, district), persistence=True, tries=60)


def test_a_districts_numbers_wait_for_the_citys(of_a_district, first):
    _, own, name = of_a_district
    for record in (None, first.record):  # not made, or without numbers
        alone = compiled(own, district=name, city=record)
        numbers = [one.demand for one in alone.catalogue.entries]
        numbers += [total.number for total in alone.catalogue.totals]
        assert {number.value for number in numbers} == {None}
        assert all(number.withheld for number in numbers)
        assert "catalogue.district_alone" in [note["code"] for note in alone.record.notes]
        assert any("市级目录" in note.text for note in alone.catalogue.notes)


def attack(two_years, *, persistence: bool, tries: int) -> None:
    """Bound withheld cells from two years' files; none may be known to a tenth."""
    before, after = (edition_of(content.catalogue) for content in two_years)
    classification = Classification.load()
    attacker = Attacker(base=10)
    truth = {}
    for content in two_years:
        read(attacker, content.catalogue, classification)
        truth |= {
            (edition_of(content.catalogue), cell["scope"], cell["key"], cell["district"]): cell
            for cell in content.record.cells
        }
    if persistence:
        for key in [key for key in truth if key[0] == after]:
            # The city's number of a district is what the district's own list calls its whole.
            same = (before, *key[1:3], key[3] or after[1])
            was, now = truth.get(same), truth[key]
            if was and abs(now["value"] - was["value"]) <= PERSISTENCE * was["value"]:
                attacker.persists(same, key)
    withheld = sorted(key for key, cell in truth.items() if cell["withheld"])
    assert len(withheld) > 10
    rng = np.random.default_rng(0)
    tried = [withheld[at] for at in rng.permutation(len(withheld))[:tries]]
    for key in tried:
        value = truth[key]["value"]
        low, high = attacker.solve(key, 1), attacker.solve(key, -1)
        assert low <= value + 1e-6
        assert high is None or high >= value - 1e-6
        pinned = low >= (1 - PINNED) * value and high is not None and high <= (1 + PINNED) * value
        assert not pinned, (key, value, low, high)


def test_the_attack_can_succeed():
    """A control: with the complementary cells shown, the attacker finds the withheld number."""
    attacker = Attacker(base=1)
    attacker.learn(("total",), 100.0)
    attacker.learn(("a",), 60.0)
    attacker.learn(("b",), None)
    attacker.sums(("total",), [("a",), ("b",)])
    assert attacker.solve(("b",), 1) >= 39
    assert attacker.solve(("b",), -1) <= 41


def test_published_numbers_are_rounded_or_withheld_with_a_reason(two_years):
    for content in two_years:
        numbers = [entry.demand for entry in content.catalogue.entries]
        numbers += [part.number for e in content.catalogue.entries for part in e.demand_by_district]
        numbers += [total.number for total in content.catalogue.totals]
        reasons = {number.withheld for number in numbers} - {""}
        assert "secondary" in reasons
        assert reasons & {"few_firms", "dominance", "p_percent"}
        for number in numbers:
            assert (number.value is None) == bool(number.withheld)
            assert number.value is None or number.value % 10 == 0


def test_no_numbers_leave_the_house_unless_the_profile_publishes_them(first):
    assert first.catalogue.totals == ()
    assert all(entry.demand is None for entry in first.catalogue.entries)
    assert first.record.cells == ()


@pytest.mark.parametrize(
    ("firms", "total", "first", "second", "reason"),
    [
        (0, 0, 0, 0, ""),
        (0, 12, 9, 3, "few_firms"),  # posts shared out to an occupation nobody names
        (2, 30, 20, 10, "few_firms"),
        (3, 30, 10, 10, ""),
        (5, 100, 50, 36, "dominance"),
        (5, 100, 50, 34, ""),
        (4, 102, 90, 4, "p_percent"),
    ],
)
def test_primary_rules(firms, total, first, second, reason):
    rule = DisclosureRule(min_firms=3, dominance_n=2, dominance_share=0.85, p_percent=0.10)
    if reason == "p_percent":
        rule = rule.model_copy(update={"dominance_share": 1.0})
    assert sensitive(firms, total, first, second, rule) == reason


def test_three_largest_firms_are_bounded_from_above():
    rule = DisclosureRule(min_firms=3, dominance_n=3, dominance_share=0.85)
    assert sensitive(6, 100, 40, 25, rule) == "dominance"  # at most 40 + 25 + 25
    assert sensitive(6, 100, 40, 20, rule) == ""


def table(values: np.ndarray, hidden: np.ndarray) -> Cells:
    """A two-way table with its margins, the inner cells `hidden` withheld."""
    rows, columns = values.shape
    keys = [("entry", f"{r}", f"{c}") for r in range(rows) for c in range(columns)]
    keys += [("entry", f"{r}", "") for r in range(rows)]
    keys += [("all", "", f"{c}") for c in range(columns)] + [("all", "", "")]
    inner = rows * columns
    parts = {inner + r: tuple(r * columns + c for c in range(columns)) for r in range(rows)}
    parts |= {inner + rows + c: tuple(r * columns + c for r in range(rows)) for c in range(columns)}
    parts[inner + rows + columns] = tuple(inner + rows + c for c in range(columns))
    everything = np.concatenate(
        [values.ravel(), values.sum(axis=1), values.sum(axis=0), [values.sum()]]
    )
    reasons = ["few_firms" if one else "" for one in hidden.ravel()]
    return Cells(tuple(keys), everything, parts, (*reasons, *[""] * (rows + columns + 1)))


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 5),
    columns=st.integers(1, 4),
    share=st.floats(0.05, 0.9),
    base=st.sampled_from([1, 5, 10]),
)
def test_any_table_is_protected(seed, rows, columns, share, base):
    rng = np.random.default_rng(seed)
    values = np.round(rng.lognormal(3, 1.5, (rows, columns)))
    cells = protect(table(values, rng.random((rows, columns)) < share), base=base)
    attacker = Attacker(base)
    public = rounded(cells.values, base)
    for at, key in enumerate(cells.keys):
        attacker.learn(key, None if cells.withheld[at] else float(public[at]))
    for total, made in cells.parts.items():
        attacker.sums(cells.keys[total], [cells.keys[part] for part in made])
    for at, key in enumerate(cells.keys):
        value = cells.values[at]
        if cells.withheld[at] and value > 0:
            low, high = attacker.solve(key, 1), attacker.solve(key, -1)
            assert high is None or high >= (1 + PINNED) * value
            assert low <= (1 - PINNED) * value or low <= value - 1


def test_a_total_that_is_not_its_parts_is_an_error():
    cells = table(np.array([[10.0, 20.0]]), np.array([[True, False]]))
    wrong = Cells(cells.keys, cells.values + 1.0, cells.parts, cells.withheld)
    with pytest.raises(InputError, match="differs from its parts"):
        protect(wrong, base=1)


@pytest.mark.parametrize("out", ["previous", "beside"])
def test_what_is_out_already_protects_too(out):
    """What last year's files or the city's show bounds the partner of a withheld cell."""
    values = np.array([[10.0, 500.0, 400.0]])
    hidden = np.array([[False, True, False]])
    alone = protect(table(values, hidden), base=1)
    assert alone.withheld[:3] == ("", "few_firms", "secondary") or alone.withheld[0]
    last = table(values, np.zeros_like(hidden))
    after = protect(table(values, hidden), base=1, **{out: last})
    attacker = Attacker(1)
    for name, cells in (("then", last), ("now", after)):
        for at, key in enumerate(cells.keys):
            known = None if cells.withheld[at] else float(cells.values[at])
            attacker.learn((name, *key), known)
        for total, made in cells.parts.items():
            attacker.sums((name, *cells.keys[total]), [(name, *cells.keys[p]) for p in made])
    for key in after.keys:
        attacker.persists(("then", *key), ("now", *key))
    low, high = (
        attacker.solve(("now", "entry", "0", "1"), 1),
        attacker.solve(("now", "entry", "0", "1"), -1),
    )
    assert low <= 450
    assert high is None or high >= 550


def test_the_profiles_rule_is_used():
    assert Profile.load("xiamen").disclosure.min_firms == 3
