"""Which public numbers of a catalogue are withheld, and the rounded ones that are not.

Primary: fewer firms than the threshold, dominance (n, k), p per cent. Complementary: see
`suppression`. Cells, totals and last year's published numbers are protected together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import block_diag, csr_array

from xmdemand.catalogue.content import CatalogueEntry, DistrictNumber, PublicNumber, Total, Withheld
from xmdemand.catalogue.material import Material
from xmdemand.catalogue.projection import public_fields
from xmdemand.catalogue.suppression import System, rounded, suppress
from xmdemand.notes import text
from xmdemand.profile import DisclosureRule

Scope = Literal["all", "field", "industry", "major", "sub-major", "minor"]
Key = tuple[str, str, str]
"""Of a cell: scope (``entry`` or a total's), key within it, district (empty: the city)."""

UNIT = "人次"

COST = {"entry": 1.0, "district": 0.5, "minor": 3.0, "major": 6.0, "field": 10.0, "all": 50.0}
"""What withholding a cell costs: totals are worth more than rows, rows more than districts."""

DRIFT = 0.5
"""A reader is taken to know that an occupation's need moved by less than half in a year, and that
a district's own list and the city's by district differ by less than half."""

CITY = "city"
"""Among a district's cells: the city as a whole, which no district is called."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells that would be published: values, what each total is made of, and what is sensitive."""

    keys: tuple[Key, ...]
    values: NDArray[np.float64]
    parts: Mapping[int, tuple[int, ...]]
    withheld: tuple[Withheld, ...]

    @property
    def relations(self) -> csr_array:
        """Each total minus its parts, as a matrix whose product with the values is zero."""
        rows, columns, signs = [], [], []
        for row, (total, parts) in enumerate(sorted(self.parts.items())):
            rows += [row] * (1 + len(parts))
            columns += [total, *parts]
            signs += [1.0] + [-1.0] * len(parts)
        return csr_array((signs, (rows, columns)), shape=(len(self.parts), len(self.keys)))

    def as_rows(self) -> tuple[dict[str, Any], ...]:
        """For the record: next year's numbers are held against these."""
        return tuple(
            {
                "scope": scope,
                "key": key,
                "district": district,
                "value": float(self.values[at]),
                "withheld": self.withheld[at],
                "parts": list(self.parts.get(at, ())),
            }
            for at, (scope, key, district) in enumerate(self.keys)
        )

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]]) -> Cells:
        """From a record."""
        rows = list(rows)
        return cls(
            keys=tuple((row["scope"], row["key"], row["district"]) for row in rows),
            values=np.array([row["value"] for row in rows], dtype=float),
            parts={at: tuple(row["parts"]) for at, row in enumerate(rows) if row["parts"]},
            withheld=tuple(row["withheld"] for row in rows),
        )


def sensitive(
    firms: float, total: float, first: float, second: float, rule: DisclosureRule
) -> Withheld:
    """The first primary rule a cell breaks, empty if none.

    Of more than two largest firms only the two largest are known; the others are taken to be as
    large as the second, so the rule errs on the side of withholding.

    Parameters
    ----------
    firms
        Firms that name the occupation themselves. A cell of posts shared out to it has none, and
        a total: whose posts they are is not known, so it counts as few.
    total, first, second
        Their unweighted sum, and the two largest contributions.

    Examples
    --------
    >>> rule = DisclosureRule(min_firms=3, dominance_n=2, dominance_share=0.85, p_percent=0.1)
    >>> sensitive(2, 30, 20, 10, rule), sensitive(9, 100, 60, 30, rule)
    ('few_firms', 'dominance')
    >>> sensitive(9, 100, 40, 20, rule), sensitive(0, 0, 0, 0, rule), sensitive(0, 12, 9, 3, rule)
    ('', '', 'few_firms')
    """
    if firms <= 0 and total <= 0:
        return ""
    if firms < rule.min_firms:
        return "few_firms"
    if total <= 0:
        return ""
    largest = min(first + (rule.dominance_n - 1) * second, total)
    if largest / total > rule.dominance_share:
        return "dominance"
    if total - first - second < rule.p_percent * first:
        return "p_percent"
    return ""


def disclose(
    material: Material,
    rows: Mapping[str, CatalogueEntry],
    numbers: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, CatalogueEntry], tuple[Total, ...], tuple[dict[str, Any], ...]]:
    """Rows with their public numbers, the totals, and the cells for the record.

    Numbers are made only if the profile publishes them; then all of them are protected together,
    also against what last year's files say, and a district's against the city's list. Where the
    city's numbers are not there to be held against, a district's are all withheld.
    """
    public = public_fields(material.profile.public_columns)
    if not rows or not public & {"demand", "demand_by_district"}:
        return dict(rows), (), ()
    by_district = "demand_by_district" in public
    made = cells_of(material, rows, numbers, by_district=by_district)
    if material.alone:
        reasons = tuple(reason or "secondary" for reason in made.withheld)
        cells = replace(made, withheld=reasons)
    else:
        cells = protect(
            made,
            base=material.profile.disclosure.rounding,
            previous=Cells.from_rows(material.previous.cells) if material.previous else None,
            beside=_beside(material),
        )
    published = _published(cells, material.profile.disclosure.rounding)
    names = [district.name for district in material.profile.districts]
    numbered = {
        code: row.model_copy(
            update={
                "demand": published.get(("entry", row.lineage, "")),
                "demand_by_district": tuple(
                    DistrictNumber(district=name, number=published["entry", row.lineage, name])
                    for name in names
                    if ("entry", row.lineage, name) in published
                ),
            }
        )
        for code, row in rows.items()
    }
    totals = tuple(
        Total(scope=key[0], key=key[1], name=_name(material, key), district=key[2], number=number)  # type: ignore[arg-type]
        for key, number in published.items()
        if key[0] != "entry"
    )
    return numbered, totals, cells.as_rows()


def _beside(material: Material) -> Cells | None:
    """The city's cells as a district's list sees them: the district's own are its ""."""
    if material.district is None or material.city is None:
        return None
    seen = {material.district: "", "": CITY}
    rows = [
        row | {"district": seen.get(row["district"], row["district"])}
        for row in material.city.cells
    ]
    return Cells.from_rows(rows)


def protect(
    cells: Cells, *, base: float, previous: Cells | None = None, beside: Cells | None = None
) -> Cells:
    """The same cells with complementary ones withheld as well.

    Parameters
    ----------
    cells
        With the primary ones withheld.
    base
        Numbers are rounded to multiples of this.
    previous
        Last year's cells as they were published.
    beside
        This year's cells of another list that is out: the city's, for a district's.
    """
    now = len(cells.keys)
    out = [other for other in (previous, beside) if other is not None and other.keys]
    values = np.concatenate([cells.values, *(other.values for other in out)])
    system = System(
        values=values,
        relations=csr_array(block_diag([one.relations for one in (cells, *out)])),
        base=base,
        cost=_costs(cells, len(values) - now),
        **_links(cells, out),
    )
    primary = np.array([bool(reason) for one in (cells, *out) for reason in one.withheld])
    shown = ~primary
    shown[:now] = True
    kept = suppress(system, primary, shown)[:now]
    reasons: tuple[Withheld, ...] = tuple(
        reason or ("" if kept[at] else "secondary") for at, reason in enumerate(cells.withheld)
    )
    return replace(cells, withheld=reasons)


def cells_of(
    material: Material,
    rows: Mapping[str, CatalogueEntry],
    numbers: Mapping[str, Mapping[str, Any]],
    *,
    by_district: bool,
) -> Cells:
    """The training need of rows and totals, by district if asked, with the primary rules applied.

    A row's need is shared out over districts as its planned hires are.
    """
    values: dict[Key, float] = {}
    parts: dict[Key, list[Key]] = {}
    shares = _district_shares(material) if by_district else {}
    for code, row in rows.items():
        need = float(numbers.get(code, {}).get("need") or 0.0)
        here = {"": need}
        here |= {name: need * share for name, share in shares.get(code, {}).items()}
        for district, value in here.items():
            key = ("entry", row.lineage, district)
            values[key] = value
            if district:
                parts.setdefault(("entry", row.lineage, ""), []).append(key)
            for scope, group in _groups(material, code, row):
                total = (scope, group, district)
                values[total] = values.get(total, 0.0) + value
                parts.setdefault(total, []).append(key)
    keys = tuple(sorted(values, key=lambda key: (key[0] != "entry", key)))
    at = {key: place for place, key in enumerate(keys)}
    reasons = _primary(material, rows, keys)
    return Cells(
        keys=keys,
        values=np.array([values[key] for key in keys]),
        parts={at[key]: tuple(at[part] for part in made) for key, made in parts.items()},
        withheld=tuple(reasons.get(key, "") for key in keys),
    )


def _primary(
    material: Material, rows: Mapping[str, CatalogueEntry], keys: tuple[Key, ...]
) -> dict[Key, Withheld]:
    rule = material.profile.disclosure
    found: dict[Key, Withheld] = {}
    facts = () if material.demand is None else material.demand.cells.to_dict("records")
    for fact in facts:
        row = rows.get(str(fact["occupation"]))
        if row is not None:
            district = str(fact["district"])
            name = "" if district == "all" else material.district_name(district)
            found["entry", row.lineage, name] = sensitive(
                fact["firms"], fact["total"], fact["first"], fact["second"], rule
            )
    for key, total in _firms_of_totals(material, rows).items():
        found[key] = sensitive(*total, rule)
    return {key: reason for key, reason in found.items() if reason and key in set(keys)}


def _firms_of_totals(
    material: Material, rows: Mapping[str, CatalogueEntry]
) -> dict[Key, tuple[float, float, float, float]]:
    """Firms, sum and the two largest firms of every total: a firm may stand in several rows."""
    table = material.tables.employers
    if table is None:
        return {}
    hires = table[["firm", "district", "occupation"]].assign(
        value=table["planned_hires"].fillna(table["planned_hires_low"]).fillna(0.0).astype(float)
    )
    hires = hires[(hires["value"] > 0) & hires["occupation"].isin(list(rows))]
    found: dict[Key, tuple[float, float, float, float]] = {}
    groups = pd.DataFrame(
        [(code, *group) for code, row in rows.items() for group in _groups(material, code, row)],
        columns=["occupation", "scope", "group"],
    )
    firms = hires.merge(groups, on="occupation")
    city = firms.assign(district="")
    for (scope, group, district), part in pd.concat([firms, city]).groupby(
        ["scope", "group", "district"]
    ):
        by_firm = part.groupby("firm")["value"].sum().nlargest(2).to_numpy()
        name = material.district_name(str(district)) if district else ""
        found[str(scope), str(group), name] = (
            float(part["firm"].nunique()),
            float(part["value"].sum()),
            float(by_firm[0]),
            float(by_firm[1]) if len(by_firm) > 1 else 0.0,
        )
    return found


def _groups(material: Material, code: str, row: CatalogueEntry) -> list[tuple[Scope, str]]:
    levels = {
        material.classification.level(above): above
        for above in material.classification.ancestors(code)
    }
    found: list[tuple[Scope, str]] = [("all", "")]
    found += [(scope, levels[scope]) for scope in ("major", "minor") if scope in levels]
    return [*found, ("field", row.field)] if row.field else found


def _district_shares(material: Material) -> dict[str, dict[str, float]]:
    if material.demand is None:
        return {}
    table = material.demand.districts
    names = {district.name for district in material.profile.districts}
    table = table.assign(district=[material.district_name(str(key)) for key in table["district"]])
    table = table[table["district"].isin(names)]
    shares: dict[str, dict[str, float]] = {}
    for code, part in table.groupby("occupation"):
        total = part["hires"].sum()
        if total > 0:
            by_name = part.groupby("district")["hires"].sum() / total
            shares[str(code)] = {str(name): float(share) for name, share in by_name.items()}
    return shares


def _links(cells: Cells, out: Iterable[Cells]) -> dict[str, Any]:
    """What numbers that are out say of these, where it is true: |now - then| <= drift then."""
    rows: list[tuple[int, int, float]] = []
    count, start = 0, len(cells.keys)
    for other in out:
        then = {key: at for at, key in enumerate(other.keys)}
        for at, key in enumerate(cells.keys):
            if key not in then:
                continue
            was, now = other.values[then[key]], cells.values[at]
            if abs(now - was) > DRIFT * was:
                continue
            rows += [(count, at, 1.0), (count, start + then[key], -(1 + DRIFT))]
            rows += [(count + 1, at, -1.0), (count + 1, start + then[key], 1 - DRIFT)]
            count += 2
        start += len(other.keys)
    which, columns, signs = zip(*rows, strict=True) if rows else ((), (), ())
    links = csr_array((signs, (which, columns)), shape=(count, start), dtype=float)
    return {"links": links, "limits": np.zeros(count)}


def _costs(cells: Cells, more: int) -> NDArray[np.float64]:
    kinds = ["district" if key[2] and key[0] == "entry" else key[0] for key in cells.keys]
    return np.array([COST[kind] for kind in kinds] + [np.inf] * more)


def _published(cells: Cells, base: float) -> dict[Key, PublicNumber]:
    values = rounded(cells.values, base)
    return {
        key: PublicNumber(
            value=None if cells.withheld[at] else float(values[at]),
            unit=UNIT,
            withheld=cells.withheld[at],
        )
        for at, key in enumerate(cells.keys)
    }


def _name(material: Material, key: Key) -> str:
    scope, group, _ = key
    if scope == "all":
        return text("catalogue.total_all")
    return group if scope == "field" else material.classification.name(group)
