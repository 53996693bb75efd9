"""The employer survey's hiring demand, as draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from xmdemand.draws import Draws, rng_for
from xmdemand.errors import InputError
from xmdemand.notes import Note, Notes
from xmdemand.results import Result
from xmdemand.survey.diagnostics import kish_effect, share_of
from xmdemand.survey.linearise import Floats, SingletonRule
from xmdemand.survey.posts import (
    HasFrame,
    Shares,
    cell_codes,
    labels_of,
    occupation_shares,
    planned_hires,
    read_count,
    seasonal_factors,
)
from xmdemand.survey.replicates import bootstrap
from xmdemand.survey.returns import establishments, firm_keys
from xmdemand.survey.sample import Sample
from xmdemand.survey.weighted import (
    Rows,
    Values,
    fill,
    point_totals,
    replicate_totals,
    unit_values,
)

if TYPE_CHECKING:
    from xmdemand.intake.tables import Tables
    from xmdemand.profile import Profile


@dataclass(frozen=True, eq=False)
class EmployerDemand(Result):
    """What employers plan, by occupation (unit codes, sorted; the index of every member).

    Attributes
    ----------
    hires
        V_o: planned hires of the next 12 months, persons, (n_draws x occupations).
    certain
        C_o: the part of V_o that take-all firms reported themselves, persons, by occupation.
    variance
        Design variance of Y_o = V_o - C_o (replicates), persons squared, by occupation.
    totals
        Draws of weighted totals in persons, by name: ``vacancies, headcount, past_hires,
        leavers, vacancies_3m, unqualified`` (vacancies hard to fill for lack of qualified
        applicants), ``upgrade`` (employees firms will train). A name nobody reported is absent.
    log_wage
        Draws of the vacancy-weighted mean log offered wage (yuan a month); NaN where no wage.
    levels
        ``occupation, level, hires, upgrade``: weighted point totals by level demanded.
    districts
        ``occupation, district, hires, se, reporters``.
    cells
        For disclosure control: ``occupation, district`` (``all`` for the city), ``firms`` (with
        hires > 0), ``total, first, second`` (unweighted total and the two largest firms).
    frame
        Indexed by occupation: ``estimate, se, cv, lower, upper, level, n`` (returns' rows),
        ``reporters`` (firms), ``certain, basis`` (``direct, model``), ``influence`` (largest
        weighted share of one firm).
    diagnostics
        ``item, value`` rows for the method page: sample sizes, response rates, design effects,
        shares of demand resting on probability, take_all and voluntary returns.
    """

    hires: Draws
    certain: pd.Series
    variance: pd.Series
    totals: Mapping[str, Draws]
    log_wage: Draws
    levels: pd.DataFrame
    districts: pd.DataFrame
    cells: pd.DataFrame
    frame: pd.DataFrame
    diagnostics: pd.DataFrame
    notes: Notes = ()


MEASURES = ("vacancies", "headcount", "past_hires", "leavers", "vacancies_3m", "train_persons")
DIRECT_REPORTERS = 30
DIRECT_CV = 0.3
LEVEL = 0.9


def employer_demand(
    tables: Tables,
    profile: Profile,
    *,
    classification: HasFrame,
    n_draws: int,
    seed: int,
    singleton: SingletonRule = "adjust",
) -> EmployerDemand:
    """Planned hires of the next twelve months by occupation, as draws.

    1. Frame and returns give the sample: strata industry x size class, weights N_h / n_h,
       non-response within classes; voluntary returns stand for themselves (`returns`).
    2. Rao-Wu replicates with every adjustment repeated in each (`replicates`).
    3. Uncertain counts are imputed inside each replicate, posts known only by their group are
       shared out (`posts`, `impute`), and everything is weighted by sparse products (`weighted`).

    Parameters
    ----------
    tables
        Uses ``employers`` (required), ``firms`` and the season of ``register``.
    classification
        Anything with ``.frame`` of ``code, level, parent``.
    n_draws
        Number of replicates.
    singleton
        Rule for strata with one sampled firm, see `Design`.

    Raises
    ------
    InputError
        If there is no employer survey, or no establishment in it.
    """
    if tables.employers is None or tables.employers.empty:
        raise InputError("no employer survey: tables.employers is empty, nothing to estimate from")
    posts = tables.employers.reset_index(drop=True)
    joined = establishments(tables.firms, posts, singleton=singleton)
    sample = joined.sample
    widened = None if joined.basis == "design" else profile.priors.voluntary_variance_factor
    replicates = bootstrap(sample, n_draws, seed, model_variance=widened)
    unit = pd.Index(sample.frame["firm"]).get_indexer(pd.Index(firm_keys(posts)))
    rows = Rows(unit.astype(np.intp), sample.weights, replicates.weights)

    priors = profile.priors
    season = seasonal_factors(tables.register)
    hires_count, hire_notes = planned_hires(posts, months_open=priors.months_open, season=season)
    posts = posts.assign(minor=posts["occupation"].astype(object).fillna("").astype(str).str[:7])
    cells = cell_codes(
        posts.assign(size_class=sample.frame["size_class"].to_numpy()[unit]),
        [("size_class", "occupation"), ("size_class", "minor"), ("size_class",)],
    )
    hires = fill(hires_count, cells, rows, rng_for(seed, "survey.impute", "hires"))
    shares = occupation_shares(
        posts,
        sample.weights[unit] * hires.mean,
        classification,
        what="posts",
        counted=(labels_of(posts, "post") != "") | (hires.mean > 0),
    )
    measures = {
        name: fill(count, cells, rows, rng_for(seed, "survey.impute", name))
        for name in MEASURES
        if len((count := read_count(posts, name)).given)
    }
    work = _Work(posts, sample, rows, shares, hires, measures)
    drawn = replicate_totals(hires, shares.matrix, rows)
    certain = work.certain()
    return EmployerDemand(
        hires=Draws(drawn, shares.index, "persons"),
        certain=certain,
        variance=pd.Series(drawn.var(axis=0, ddof=1), index=shares.index, name="variance"),
        totals=work.totals(),
        log_wage=work.log_wage(),
        levels=work.levels(),
        districts=work.districts(),
        cells=work.cells(),
        frame=work.summary(drawn, certain),
        diagnostics=work.diagnostics(joined.basis),
        notes=(*joined.notes, *replicates.notes, *hire_notes, *shares.notes, *work.notes()),
    )


@dataclass(frozen=True, eq=False)
class _Work:
    """The rows, their weights and their values: all that the tables of the result are made of."""

    posts: pd.DataFrame
    sample: Sample
    rows: Rows
    shares: Shares
    hires: Values
    measures: Mapping[str, Values]

    def totals(self) -> dict[str, Draws]:
        """Draws of the further totals, by name."""
        values = dict(self.measures)
        if "train_persons" in values:
            values["upgrade"] = values.pop("train_persons")
        if "vacancies" in values and "hard_reason" in self.posts.columns:
            unqualified = labels_of(self.posts, "hard_reason") == "unqualified"
            values["unqualified"] = values["vacancies"].masked(unqualified)
        return {
            name: Draws(
                replicate_totals(value, self.shares.matrix, self.rows), self.shares.index, "persons"
            )
            for name, value in values.items()
        }

    def certain(self) -> pd.Series:
        """What take-all firms and returns standing for themselves reported, unweighted."""
        stage = self.sample.stages[0]
        whole = (stage.fraction >= 1)[stage.stratum[stage.unit]]
        own = self.hires.masked(whole[self.rows.unit])
        total = self.shares.matrix.T @ own.mean
        return pd.Series(total, index=self.shares.index, name="certain")

    def log_wage(self) -> Draws:
        """Mean log of the middle of the wage offered, weighted by vacancies (else hires).

        Posts without openings count only where an occupation has no others; a replicate without
        any wage takes the mean over replicates.
        """
        wage = offered_wage(self.posts)
        given = np.isfinite(wage)
        log_wage = np.log(np.where(given, wage, 1.0))
        offers = self.measures.get("vacancies", self.hires).plus(1e-6).masked(given)
        below = replicate_totals(offers, self.shares.matrix, self.rows)
        above = replicate_totals(offers.masked(log_wage), self.shares.matrix, self.rows)
        with np.errstate(invalid="ignore", divide="ignore"):
            pooled = above.sum(axis=0) / below.sum(axis=0)
            draws = np.where(below > 0, above / below, pooled)
        return Draws(draws, self.shares.index, "log yuan a month")

    def levels(self) -> pd.DataFrame:
        """Hires by level demanded (several levels share a post), upgrades by level trained for."""
        return (
            pd.concat(
                [
                    self._by_level("level", self.hires, "hires"),
                    self._by_level("train_level", self.measures.get("train_persons"), "upgrade"),
                ],
                axis=1,
            )
            .fillna(0.0)
            .sort_index()
            .reset_index()
        )

    def _by_level(self, column: str, values: Values | None, name: str) -> pd.Series:
        empty = pd.Series(
            [],
            index=pd.MultiIndex.from_tuples([], names=["occupation", "level"]),
            dtype=float,
            name=name,
        )
        if values is None or column not in self.posts.columns:
            return empty
        named = self.posts[column].map(_level_keys)
        weighted = self.rows.point[self.rows.unit] * values.mean
        long = self.shares.matrix.tocoo()
        table = pd.DataFrame(
            {
                "occupation": self.shares.index.to_numpy()[long.col],
                "level": named.to_numpy()[long.row],
                name: long.data * weighted[long.row],
            }
        )
        table[name] = table[name] / table["level"].map(len).clip(lower=1)
        table = table.explode("level").dropna(subset="level")
        total = table.groupby(["occupation", "level"])[name].sum()
        return total[total > 0] if len(total) else empty

    def districts(self) -> pd.DataFrame:
        """Hires by occupation and district with their standard error and number of firms."""
        tables = []
        district = labels_of(self.posts, "district")
        for name in sorted(set(district)):
            here = district == name
            own = self.hires.masked(here)
            drawn = replicate_totals(own, self.shares.matrix, self.rows)
            tables.append(
                pd.DataFrame(
                    {
                        "occupation": self.shares.index,
                        "district": name,
                        "hires": point_totals(own, self.shares.matrix, self.rows),
                        "se": drawn.std(axis=0, ddof=1),
                        "reporters": self._firms(own),
                    }
                )
            )
        table = pd.concat(tables, ignore_index=True)
        return (
            table[table["reporters"] > 0]
            .sort_values(["occupation", "district"])
            .reset_index(drop=True)
        )

    def _firms(self, values: Values) -> NDArray[np.intp]:
        return np.asarray((unit_values(values, self.shares.matrix, self.rows) > 0).sum(axis=0))

    def cells(self) -> pd.DataFrame:
        """Firms, unweighted total and the two largest firms, for disclosure control."""
        district = labels_of(self.posts, "district")
        tables = []
        for name in ["all", *sorted(set(district))]:
            here = (district == name) | (name == "all")
            table = unit_values(self.hires.masked(here), self.shares.matrix, self.rows).tocoo()
            long = pd.DataFrame({"at": table.col, "hires": table.data})
            long = long[long["hires"] > 0].sort_values("hires", ascending=False)
            by = long.groupby("at")["hires"]
            cell = by.agg(firms="size", total="sum", first="first")
            cell["second"] = by.nth(1).set_axis(long["at"][by.cumcount() == 1])
            cell.insert(0, "district", name)
            tables.append(cell.fillna({"second": 0.0}))
        table = pd.concat(tables)
        table.insert(0, "occupation", self.shares.index.to_numpy()[table.index])
        return table.sort_values(["occupation", "district"]).reset_index(drop=True)

    def summary(self, drawn: Floats, certain: pd.Series) -> pd.DataFrame:
        """The estimates by occupation."""
        estimate = point_totals(self.hires, self.shares.matrix, self.rows)
        se = drawn.std(axis=0, ddof=1)
        own = unit_values(self.hires, self.shares.matrix, self.rows)
        weighted = sparse.diags_array(self.rows.point) @ own
        largest = weighted.max(axis=0).toarray().ravel()
        reporters = self._firms(self.hires)
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
                "n": np.asarray((self.shares.matrix > 0).sum(axis=0)),
                "reporters": reporters,
                "certain": certain.to_numpy(),
                "basis": np.where(
                    (reporters >= DIRECT_REPORTERS) & (cv <= DIRECT_CV), "direct", "model"
                ),
                "influence": largest / positive,
            },
            index=self.shares.index,
        )

    def diagnostics(self, basis: str) -> pd.DataFrame:
        """Sample sizes, response rates, design effects, and what demand rests on."""
        units, weights = self.sample.frame, self.sample.weights
        hires = np.bincount(self.rows.unit, self.hires.mean, len(units)) * weights
        responded = weights > 0
        items: dict[str, object] = {
            "basis": basis,
            "establishments": len(units),
            "responded": int(responded.sum()),
            "rows": len(self.posts),
        }
        for kind in ("probability", "take_all", "voluntary"):
            members = (units["selection"] == kind).to_numpy()
            scope = members & (units["status"] != "out_of_scope").to_numpy()
            items[f"sampled_{kind}"] = int(members.sum())
            if scope.any():
                items[f"response_{kind}"] = float(responded[scope].mean())
            items[f"share_{kind}"] = share_of(hires[members].sum(), hires.sum())
        items["deff_weights"] = kish_effect(weights[responded])
        lost = np.zeros(len(self.posts))
        lost[self.shares.uncoded] = 1.0
        uncoded = weights[self.rows.unit] * self.hires.mean * lost
        items["hires_total"] = float(hires.sum())
        items["hires_uncoded"] = float(uncoded.sum())
        items["share_uncoded"] = share_of(uncoded.sum(), hires.sum())
        items["rows_imputed"] = len(self.hires.uncertain)
        return pd.DataFrame({"item": list(items), "value": list(items.values())})

    def notes(self) -> Notes:
        """Imputation and influence."""
        notes = []
        if len(self.hires.uncertain):
            notes.append(Note("survey.imputed", n=len(self.hires.uncertain)))
        if self.hires.without_donor:
            notes.append(Note("survey.imputed_without_donor", n=self.hires.without_donor))
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
