"""The verbs that estimate: totals, means, ratios, proportions, quantiles of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from xmdemand.draws import check_level
from xmdemand.errors import InputError
from xmdemand.notes import Notes
from xmdemand.survey import estimates as est
from xmdemand.survey.estimates import Domains, Estimates
from xmdemand.survey.linearise import Floats, Stage, design_variance
from xmdemand.survey.steps import Step

if TYPE_CHECKING:
    from xmdemand.survey.design import Design

BLOCK = 64
"""Columns of scores handled at once where an adjustment makes them dense."""


class Estimation:
    """What a sample can estimate; `Sample` holds the data it works on."""

    design: Design
    frame: pd.DataFrame
    stages: tuple[Stage, ...]
    base: Floats
    weights: Floats
    steps: tuple[Step, ...]
    notes: Notes

    def weights_by_step(self) -> list[tuple[Step, Floats, Floats]]:
        """Every step with the weights before and after it."""
        before, out = self.base, []
        for step in self.steps:
            after = step.apply(before[:, None])[0][:, 0]
            out.append((step, before, after))
            before = after
        return out

    @property
    def df(self) -> int:
        """Design degrees of freedom: sampled units less strata, of the first stage."""
        first = self.stages[0]
        return int(len(first.stratum) - len(first.sampled))

    def _degrees(self, df: est.Degrees, domains: Domains) -> Floats:
        """Degrees of freedom of every domain's interval."""
        if df != "domain":
            given = self.df if df is None else est.check_degrees(df)
            return np.full(len(domains), float(given))
        first = self.stages[0]
        rows = np.flatnonzero((domains.codes >= 0) & (self.weights != 0))
        unit, code = first.unit[rows], domains.codes[rows]
        return est.distinct(unit, code, len(domains)) - est.distinct(
            first.stratum[unit], code, len(domains)
        )

    def total(
        self,
        variables: str | Sequence[str],
        *,
        by: str | Sequence[str] | None = None,
        where: object | None = None,
        level: float = 0.95,
        df: est.Degrees = None,
        na_rm: bool = False,
    ) -> Estimates:
        """Weighted totals.

        Parameters
        ----------
        variables
            Numeric column or columns.
        by
            Column or columns whose combinations are domains.
        where
            A boolean a row (array, Series, or a function of the frame): the domain to estimate
            for. Rows are kept, so that standard errors are those of a domain.
        level
            Confidence level, a fraction.
        df
            Degrees of freedom of the t interval: None is the design's, ``"domain"`` those of the
            units and strata that the domain meets (R's ``degf`` of a subset; wider for domains
            of few units), ``inf`` the normal.
        na_rm
            Estimate for the rows that have the variable (as R's ``na.rm``); otherwise missing
            values raise.
        """

        def one(name: str, domains: Domains) -> tuple[Floats, Floats, Domains]:
            values = est.numbers_of(self.frame, name)
            inside = est.without_missing(
                self.frame, self.weights, domains, np.isnan(values), name, na_rm=na_rm
            )
            return *est.total_scores(np.nan_to_num(values), self.weights, inside), inside

        return self._smooth("total", variables, one, by, where, level, df)

    def mean(
        self,
        variables: str | Sequence[str],
        *,
        by: str | Sequence[str] | None = None,
        where: object | None = None,
        level: float = 0.95,
        df: est.Degrees = None,
        na_rm: bool = False,
    ) -> Estimates:
        """Weighted means; parameters as for `total`."""

        def one(name: str, domains: Domains) -> tuple[Floats, Floats, Domains]:
            values = est.numbers_of(self.frame, name)
            inside = est.without_missing(
                self.frame, self.weights, domains, np.isnan(values), name, na_rm=na_rm
            )
            ones = np.ones(len(values))
            return *est.ratio_scores(np.nan_to_num(values), ones, self.weights, inside), inside

        return self._smooth("mean", variables, one, by, where, level, df)

    def ratio(
        self,
        numerator: str | Sequence[str],
        denominator: str,
        *,
        by: str | Sequence[str] | None = None,
        where: object | None = None,
        level: float = 0.95,
        df: est.Degrees = None,
        na_rm: bool = False,
    ) -> Estimates:
        """Ratios of two totals; parameters as for `total`."""
        below = est.numbers_of(self.frame, denominator)

        def one(name: str, domains: Domains) -> tuple[Floats, Floats, Domains]:
            above = est.numbers_of(self.frame, name)
            missing = np.isnan(above) | np.isnan(below)
            both = f"{name}/{denominator}"
            inside = est.without_missing(
                self.frame, self.weights, domains, missing, both, na_rm=na_rm
            )
            scores = est.ratio_scores(
                np.nan_to_num(above), np.nan_to_num(below), self.weights, inside
            )
            return *scores, inside

        result = self._smooth("ratio", numerator, one, by, where, level, df)
        at = result.frame.columns.get_loc("variable")
        result.frame.insert(int(at) + 1, "denominator", denominator)  # type: ignore[arg-type]
        return result

    def proportion(
        self,
        variable: str,
        *,
        by: str | Sequence[str] | None = None,
        where: object | None = None,
        level: float = 0.95,
        df: est.Degrees = None,
        na_rm: bool = False,
    ) -> Estimates:
        """Share of every category of a column, with logit intervals; as for `total` otherwise."""
        est.require_columns(self.frame, [variable])
        column = self.frame[variable]
        asked = est.domains_of(self.frame, by, where)
        domains = est.without_missing(
            self.frame, self.weights, asked, column.isna().to_numpy(), variable, na_rm=na_rm
        )
        level, degrees = check_level(level), self._degrees(df, domains)
        ones: Floats = np.ones(len(column))
        tables = []
        for category in est.categories_of(column):
            hit = np.asarray((column == category).fillna(False), dtype=np.float64)
            share, scores = est.ratio_scores(hit, ones, self.weights, domains)
            table = self._table(share, scores, domains, level, degrees, logit=True)
            tables.append(est.name_rows(table, domains, variable=variable, category=category))
        frame = pd.concat(tables, ignore_index=True)
        notes = est.left_out(self.weights, asked, domains, variable)
        return Estimates("proportion", frame, (*self.notes, *notes))

    def quantile(
        self,
        variable: str,
        probabilities: float | Sequence[float],
        *,
        by: str | Sequence[str] | None = None,
        where: object | None = None,
        level: float = 0.95,
        df: est.Degrees = None,
        na_rm: bool = False,
    ) -> Estimates:
        """Quantiles with Woodruff intervals; parameters as for `total`.

        The interval of the share of rows at or below the estimate is carried back through the
        weighted distribution function (Woodruff 1952; R's ``interval.type="mean"``). Where that
        share's interval leaves [0, 1] the bound is NaN. se is the interval's width over twice the
        critical value.
        """
        level = check_level(level)
        wanted = [float(p) for p in np.atleast_1d(np.asarray(probabilities, dtype=float))]
        bad = [p for p in wanted if not 0 <= p <= 1]
        if bad:
            raise InputError(f"quantiles are fractions between 0 and 1, got {bad}")
        values = est.numbers_of(self.frame, variable)
        asked = est.domains_of(self.frame, by, where)
        domains = est.without_missing(
            self.frame, self.weights, asked, np.isnan(values), variable, na_rm=na_rm
        )
        degrees = self._degrees(df, domains)
        tables = []
        for p in wanted:
            table = self._woodruff(np.nan_to_num(values), p, domains, level, degrees)
            tables.append(est.name_rows(table, domains, variable=variable, quantile=p))
        notes = (*self.notes, *est.left_out(self.weights, asked, domains, variable))
        return Estimates("quantile", pd.concat(tables, ignore_index=True), notes)

    def _woodruff(
        self, values: Floats, p: float, domains: Domains, level: float, df: Floats
    ) -> pd.DataFrame:
        groups = [domains.codes == code for code in range(len(domains))]

        def invert(shares: Floats) -> Floats:
            return np.array(
                [
                    est.weighted_quantile(values[rows], self.weights[rows], share)
                    for rows, share in zip(groups, shares, strict=True)
                ]
            )

        estimate = invert(np.full(len(domains), p))
        below = (values <= estimate[domains.codes]).astype(float)
        share, scores = est.ratio_scores(below, np.ones(len(values)), self.weights, domains)
        table = self._table(share, scores, domains, level, df)
        lower, upper = invert(table["lower"].to_numpy()), invert(table["upper"].to_numpy())
        se = (upper - lower) / (2 * est.critical(df, level))
        with np.errstate(divide="ignore", invalid="ignore"):
            cv = np.where(estimate != 0, se / np.abs(estimate), np.nan)
        return table.assign(estimate=estimate, se=se, cv=cv, lower=lower, upper=upper).drop(
            columns=["deff", "deff_reference"]
        )

    def _smooth(
        self,
        kind: str,
        variables: str | Sequence[str],
        one: est.Scorer,
        by: str | Sequence[str] | None,
        where: object | None,
        level: float,
        df: est.Degrees,
    ) -> Estimates:
        """Estimates of a smooth function of totals, for every variable and domain."""
        level = check_level(level)
        domains = est.domains_of(self.frame, by, where)
        tables = []
        notes = list(self.notes)
        for name in [variables] if isinstance(variables, str) else variables:
            estimate, scores, inside = one(name, domains)
            degrees = self._degrees(df, inside)
            table = self._table(estimate, scores, inside, level, degrees)
            tables.append(est.name_rows(table, domains, variable=name))
            said = est.left_out(self.weights, domains, inside, name)
            notes += [note for note in said if note not in notes]
        return Estimates(kind, pd.concat(tables, ignore_index=True), tuple(notes))

    def _table(
        self,
        estimate: Floats,
        scores: Floats,
        domains: Domains,
        level: float,
        df: Floats,
        *,
        logit: bool = False,
    ) -> pd.DataFrame:
        counted = (domains.codes >= 0) & (self.weights > 0)
        n = np.bincount(domains.codes[counted], minlength=len(domains)).astype(float)
        variance = self.variance_of(scores, domains)
        reference = est.srs_variance(scores, self.weights, domains, n)
        with np.errstate(divide="ignore", invalid="ignore"):
            deff = np.where(reference > 0, variance / reference, np.nan)

        def interval(value: Floats, se: Floats) -> tuple[Floats, Floats]:
            if logit:
                return est.logit_interval(value, se, n, df, level)
            return est.t_interval(value, se, df, level)

        return est.tabulate(
            domains, estimate, variance, n=n, df=df, level=level, deff=deff, interval=interval
        )

    def variance_of(self, scores: Floats, domains: Domains) -> Floats:
        """Linearised variance of the domain totals of scores, through every adjustment.

        Parameters
        ----------
        scores
            (n,) influence of each row on its own domain's estimate.
        """
        rows = np.flatnonzero(domains.codes >= 0)
        columns = domains.codes[rows]
        k = len(domains)
        rule = self.design.singleton
        if not self.steps:
            weighted = self.base[rows] * scores[rows]
            matrix = sparse.coo_array((weighted, (rows, columns)), shape=(len(scores), k))
            return design_variance(matrix, self.stages, rule)
        variance = np.zeros(k)
        for start in range(0, k, BLOCK):
            here = (columns >= start) & (columns < start + BLOCK)
            dense = np.zeros((len(scores), min(BLOCK, k - start)))
            dense[rows[here], columns[here] - start] = scores[rows[here]]
            variance[start : start + BLOCK] = self._adjusted_variance(dense)
        return variance

    def _adjusted_variance(self, scores: Floats) -> Floats:
        first = self.stages[0]
        fraction = first.fraction[first.stratum[first.unit]]
        added = np.zeros(scores.shape[1])
        for step, weights, _ in reversed(self.weights_by_step()):
            added += step.own_variance(scores, weights, fraction)
            scores = step.pull_back(scores, weights)
        n, k = scores.shape
        matrix = sparse.coo_array(
            (
                (self.base[:, None] * scores).ravel(),
                (np.repeat(np.arange(n), k), np.tile(np.arange(k), n)),
            ),
            shape=(n, k),
        )
        return added + design_variance(matrix, self.stages, self.design.singleton)
