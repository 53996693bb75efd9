"""The employer survey's tables: totals, wages, levels, districts, cells, summary, diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from xmdemand.draws import Draws
from xmdemand.errors import name_some
from xmdemand.notes import Note, Notes
from xmdemand.survey.diagnostics import kish_effect, share_of
from xmdemand.survey.linearise import Floats
from xmdemand.survey.nonresponse import STATUSES
from xmdemand.survey.posts import Shares, labels_of
from xmdemand.survey.sample import Sample
from xmdemand.survey.weighted import (
    Rows,
    Values,
    point_totals,
    replicate_sums,
    replicate_totals,
    unit_values,
)

DIRECT_REPORTERS = 30
DIRECT_CV = 0.3
LEVEL = 0.9
CARRIED = 0.5
"""Share of an occupation's weighted hires from which one firm is said to carry it."""


@dataclass(frozen=True, eq=False)
class Weighed:
    """Posts, their weights and their values: all that the tables of the result are made of.

    Attributes
    ----------
    posts
        The returns' rows.
    sample
        The establishments with their weights.
    rows
        Posts under those weights.
    shares
        Which occupations each post stands for.
    hires
        Planned hires of every post.
    measures
        The other counts, by name.
    """

    posts: pd.DataFrame
    sample: Sample
    rows: Rows
    shares: Shares
    hires: Values
    measures: Mapping[str, Values]


def further_totals(work: Weighed) -> dict[str, Draws]:
    """Draws of the further totals, by name."""
    values = dict(work.measures)
    if "train_persons" in values:
        values["upgrade"] = values.pop("train_persons")
    if "vacancies" in values and "hard_reason" in work.posts.columns:
        unqualified = labels_of(work.posts, "hard_reason") == "unqualified"
        values["unqualified"] = values["vacancies"].masked(unqualified)
    return {
        name: Draws(replicate_totals(value, work.shares, work.rows), work.shares.index, "persons")
        for name, value in values.items()
    }


def certain_part(work: Weighed) -> pd.Series:
    """What take-all firms and returns standing for themselves reported, unweighted."""
    stage = work.sample.stages[0]
    whole = (stage.fraction >= 1)[stage.stratum[stage.unit]]
    own = work.hires.masked(whole[work.rows.unit])
    total = work.shares.matrix.T @ own.mean
    return pd.Series(total, index=work.shares.index, name="certain")


def mean_log_wage(work: Weighed) -> Draws:
    """Mean log of the middle of the wage offered, weighted by vacancies (else hires).

    Posts without openings count only where an occupation has no others; a replicate without
    any wage takes the mean over replicates.
    """
    wage = offered_wage(work.posts)
    given = np.isfinite(wage)
    log_wage = np.log(np.where(given, wage, 1.0))
    offers = work.measures.get("vacancies", work.hires).plus(1e-6).masked(given)
    below = replicate_totals(offers, work.shares, work.rows)
    above = replicate_totals(offers.masked(log_wage), work.shares, work.rows)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = above.sum(axis=0) / below.sum(axis=0)
        draws = np.where(below > 0, above / below, pooled)
    return Draws(draws, work.shares.index, "log yuan a month")


def by_level(work: Weighed) -> pd.DataFrame:
    """Hires by level demanded (several levels share a post), upgrades by level trained for."""
    return (
        pd.concat(
            [
                _by_level(work, "level", work.hires, "hires"),
                _by_level(work, "train_level", work.measures.get("train_persons"), "upgrade"),
            ],
            axis=1,
        )
        .fillna(0.0)
        .sort_index()
        .reset_index()
    )


def _by_level(work: Weighed, column: str, values: Values | None, name: str) -> pd.Series:
    empty = pd.Series(
        [],
        index=pd.MultiIndex.from_tuples([], names=["occupation", "level"]),
        dtype=float,
        name=name,
    )
    if values is None or column not in work.posts.columns:
        return empty
    keys = [_level_keys(value) for value in work.posts[column]]
    names = sorted({key for each in keys for key in each})
    place = {key: at for at, key in enumerate(names)}
    # Levels of all posts in a row, and where each post's begin: nothing is repeated in Python.
    level = np.array([place[key] for each in keys for key in each], dtype=np.intp)
    times = np.array([len(each) for each in keys], dtype=np.intp)
    begin = np.cumsum(times) - times
    weighted = work.rows.point[work.rows.unit] * values.mean
    some = np.flatnonzero(weighted)
    long = work.shares.matrix[some].tocoo()
    row = some[long.row]
    repeats = times[row]
    within = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    share = long.data * weighted[row] / np.maximum(repeats, 1)
    table = pd.DataFrame(
        {
            "occupation": np.repeat(long.col, repeats),
            "level": level[np.repeat(begin[row], repeats) + within],
            name: np.repeat(share, repeats),
        }
    )
    total = table.groupby(["occupation", "level"])[name].sum()
    total = total[total > 0]
    if not len(total):
        return empty
    at, of = (total.index.get_level_values(number) for number in (0, 1))
    total.index = pd.MultiIndex.from_arrays(
        [work.shares.index[at], np.array(names, dtype=object)[of]], names=empty.index.names
    )
    return total


def by_district(work: Weighed) -> pd.DataFrame:
    """Hires by occupation and district with their standard error and number of firms."""
    tables = []
    district = labels_of(work.posts, "district")
    for name in sorted(set(district)):
        here = district == name
        own = work.hires.masked(here)
        drawn = replicate_totals(own, work.shares, work.rows)
        tables.append(
            pd.DataFrame(
                {
                    "occupation": work.shares.index,
                    "district": name,
                    "hires": point_totals(own, work.shares.matrix, work.rows),
                    "se": drawn.std(axis=0, ddof=1),
                    "reporters": reporting_firms(work, own),
                }
            )
        )
    table = pd.concat(tables, ignore_index=True)
    return (
        table[table["reporters"] > 0].sort_values(["occupation", "district"]).reset_index(drop=True)
    )


def reporting_firms(work: Weighed, values: Values) -> NDArray[np.intp]:
    """Firms that themselves name an occupation; posts shared out to it make no reporter."""
    own = values.masked(work.shares.coded)
    return np.asarray((unit_values(own, work.shares.matrix, work.rows) > 0).sum(axis=0))


def disclosure_cells(work: Weighed) -> pd.DataFrame:
    """Firms, unweighted total and the two largest firms, for disclosure control.

    Every cell with hires is there. Only firms that name the occupation themselves are counted, so
    a cell made of posts shared out to it has none, and is withheld.
    """
    district = labels_of(work.posts, "district")
    tables = []
    for name in ["all", *sorted(set(district))]:
        here = work.hires.masked((district == name) | (name == "all"))
        table = unit_values(here, work.shares.matrix, work.rows).tocoo()
        long = pd.DataFrame({"at": table.col, "hires": table.data})
        long = long[long["hires"] > 0].sort_values("hires", ascending=False)
        by = long.groupby("at")["hires"]
        cell = by.agg(total="sum", first="first")
        cell["second"] = by.nth(1).set_axis(long["at"][by.cumcount() == 1])
        cell.insert(0, "firms", reporting_firms(work, here)[cell.index.to_numpy()])
        cell.insert(0, "district", name)
        tables.append(cell.fillna({"second": 0.0}))
    table = pd.concat(tables)
    table.insert(0, "occupation", work.shares.index.to_numpy()[table.index])
    return table.sort_values(["occupation", "district"]).reset_index(drop=True)


def demand_summary(work: Weighed, drawn: Floats, certain: pd.Series) -> pd.DataFrame:
    """The estimates by occupation."""
    estimate = point_totals(work.hires, work.shares.matrix, work.rows)
    se = drawn.std(axis=0, ddof=1)
    own = unit_values(work.hires, work.shares.matrix, work.rows)
    weighted = sparse.diags_array(work.rows.point) @ own
    largest = weighted.max(axis=0).toarray().ravel()
    reporters = reporting_firms(work, work.hires)
    positive = np.where(estimate > 0, estimate, np.nan)
    cv = se / positive
    tail = (1 - LEVEL) / 2
    lower, upper = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return pd.DataFrame(
        {
            "estimate": estimate,
            "se": se,
            "cv": cv,
            "lower": lower,
            "upper": upper,
            "level": LEVEL,
            "n": np.asarray((work.shares.matrix[work.shares.coded] > 0).sum(axis=0)),
            "reporters": reporters,
            "certain": certain.to_numpy(),
            "basis": np.where(
                (reporters >= DIRECT_REPORTERS) & (cv <= DIRECT_CV), "direct", "model"
            ),
            "influence": largest / positive,
        },
        index=work.shares.index,
    )


def demand_diagnostics(work: Weighed, frame: pd.DataFrame, basis: str) -> pd.DataFrame:
    """Sample sizes, response rates, who did not respond, design effects, what demand rests on.

    The city's total is estimated a second time with its linearised error, the independent check
    of the replicates; returns without a design claim none.
    """
    units, weights = work.sample.frame, work.sample.weights
    hires = np.bincount(work.rows.unit, work.hires.mean, len(units)) * weights
    responded = weights > 0
    items: dict[str, object] = {
        "basis": basis,
        "units": round(float(work.sample.base.sum())),
        "establishments": len(units),
        "responded": int(responded.sum()),
        "rows": len(work.posts),
    }
    for kind in ("probability", "take_all", "voluntary"):
        members = (units["selection"] == kind).to_numpy()
        scope = members & (units["status"] != "out_of_scope").to_numpy()
        items[f"sampled_{kind}"] = int(members.sum())
        if scope.any() and kind != "voluntary":
            items[f"response_{kind}"] = float(responded[scope].mean())
        items[f"share_{kind}"] = share_of(hires[members].sum(), hires.sum())
    for status, n in units["status"].value_counts().reindex(STATUSES[1:]).dropna().items():
        items[f"status_{status}"] = int(n)
    items["deff_weights"] = kish_effect(weights[responded])
    lost = np.zeros(len(work.posts))
    lost[work.shares.uncoded] = 1.0
    uncoded = weights[work.rows.unit] * work.hires.mean * lost
    items["hires_total"] = float(hires.sum())
    items["hires_uncoded"] = float(uncoded.sum())
    items["share_uncoded"] = share_of(uncoded.sum(), hires.sum())
    items["rows_imputed"] = len(work.hires.uncertain)
    items["occupations"] = len(frame)
    items["occupations_model"] = int((frame["basis"] == "model").sum())
    if basis == "design":
        own = np.bincount(work.rows.unit, work.hires.mean, len(units))
        row = replace(work.sample, frame=units.assign(hires=own)).total("hires").frame.iloc[0]
        items["cv_linearised"] = float(row["cv"])
        items["cv_replicates"] = share_of(city_spread(work), float(row["estimate"]))
        items["deff_total"] = float(row["deff"])
    return pd.DataFrame({"item": list(items), "value": list(items.values())})


def city_spread(work: Weighed) -> float:
    """Standard deviation of the city's total over the replicates."""
    whole = sparse.csr_array(np.ones((len(work.posts), 1)))
    return float(replicate_sums(work.hires, whole, work.rows).std(ddof=1))


def demand_notes(work: Weighed, frame: pd.DataFrame) -> Notes:
    """Imputation, and occupations that one firm's report carries."""
    notes = []
    carried = frame[(frame["influence"] > CARRIED) & (frame["reporters"] > 1)]
    if len(carried):
        where = name_some(carried["influence"].sort_values(ascending=False).index)
        notes.append(
            Note(
                "survey.carried_by_one",
                where=where,
                n=len(carried),
                severity="warning",
                fields={"share": round(100 * CARRIED)},
            )
        )
    if len(work.hires.uncertain):
        notes.append(Note("survey.imputed", n=len(work.hires.uncertain)))
    if work.hires.without_donor:
        notes.append(Note("survey.imputed_without_donor", n=work.hires.without_donor))
    return tuple(notes)


def offered_wage(posts: pd.DataFrame) -> Floats:
    """The middle of the wage offered, yuan a month; one end alone where the other is missing."""
    ends = [
        pd.to_numeric(posts[name], errors="coerce")
        for name in ("wage_low", "wage_high")
        if name in posts.columns
    ]
    if not ends:
        return np.full(len(posts), np.nan)
    middle = pd.concat(ends, axis=1).mean(axis=1)
    return middle.where(middle > 0).to_numpy(dtype=float)


def _level_keys(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [str(key) for key in value] if isinstance(value, list | tuple) else []
