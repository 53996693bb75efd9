"""The worker survey's training intent, as draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.draws import Draws
from xmdemand.errors import InputError
from xmdemand.notes import Note, Notes
from xmdemand.results import Result
from xmdemand.survey.design import Design
from xmdemand.survey.diagnostics import kish_effect, share_of
from xmdemand.survey.posts import HasFrame, Shares, labels_of, occupation_shares
from xmdemand.survey.raking import Margin, Raking, settled_margin
from xmdemand.survey.replicates import bootstrap
from xmdemand.survey.sample import Sample
from xmdemand.survey.weighted import Rows, Values, point_totals, replicate_totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from xmdemand.intake.tables import Tables
    from xmdemand.profile import Profile

TRAITS = ("district", "group", "age_band")
LEVEL = 0.9


@dataclass(frozen=True, eq=False)
class WorkerIntent(Result):
    """What workers wish to be trained in; a person with m wishes counts 1/m for each.

    Attributes
    ----------
    wished
        Persons who wish training in an occupation, (n_draws x occupations), before the share that
        enrols (that factor belongs to `shortage`).
    levels
        ``occupation, level, persons``.
    groups
        ``occupation, group, persons, n``.
    districts
        ``occupation, district, persons, n``.
    frame
        Indexed by occupation: ``estimate, se, cv, lower, upper, level, n`` (wishes).
    diagnostics
        ``item, value``.
    """

    wished: Draws
    levels: pd.DataFrame
    groups: pd.DataFrame
    districts: pd.DataFrame
    frame: pd.DataFrame
    diagnostics: pd.DataFrame
    notes: Notes = ()

    def plot(self, names: Mapping[str, str] | pd.Series | None = None, *, top: int = 20) -> Axes:
        """The largest estimates with their intervals; see `xmdemand.plots.survey_intervals`."""
        from xmdemand.plots import survey_intervals

        return survey_intervals(self, names, top=top)


def worker_intent(
    tables: Tables,
    profile: Profile,
    *,
    classification: HasFrame,
    n_draws: int,
    seed: int,
) -> WorkerIntent:
    """Persons who wish training, by occupation, as draws.

    Persons are raked to the known totals of `tables.margins` (district, group, age), the raking
    repeated in every Rao-Wu replicate. A sample without a probability design gets replicates
    widened by the profile's factor; without margins persons stand for themselves alone. A person
    with m wishes counts 1/m for each.

    Raises
    ------
    InputError
        If there is no worker survey, or nobody in it.
    """
    if tables.workers is None or tables.workers.empty:
        raise InputError.told(Note("survey.no_workers"))
    wishes = tables.workers.reset_index(drop=True)
    persons = wishes.drop_duplicates("person").reset_index(drop=True)
    sample, margin_notes = weighted_persons(persons, tables.margins)
    chosen = (labels_of(persons, "selection") == "probability").all()
    widened = None if chosen else profile.priors.voluntary_variance_factor
    replicates = bootstrap(sample, n_draws, seed, model_variance=widened)
    unit = pd.Index(persons["person"]).get_indexer(pd.Index(wishes["person"]))
    rows = Rows(unit.astype(np.intp), sample.weights, replicates.weights)

    parts = wish_parts(wishes)
    wishing = parts > 0
    shares = occupation_shares(
        wishes.assign(occupation=wishes["occupation"].where(wishing)),
        sample.weights[unit] * parts,
        classification,
        what="wishes",
        within=labels_of(wishes, "district"),
        counted=wishing,
    )
    values = Values.certain(parts)
    drawn = replicate_totals(values, shares, rows)
    notes = margin_notes
    if not chosen:
        notes = (*notes, Note("survey.workers_voluntary", n=len(persons), severity="warning"))
    return WorkerIntent(
        wished=Draws(drawn, shares.index, "persons"),
        levels=_by_trait(wishes, "level", values, shares, rows).drop(columns="n"),
        groups=_by_trait(wishes, "group", values, shares, rows),
        districts=_by_trait(wishes, "district", values, shares, rows),
        frame=_summary(drawn, values, shares, rows),
        diagnostics=_diagnostics(sample, parts, shares, unit),
        notes=(*notes, *replicates.notes, *shares.notes),
    )


def wish_parts(wishes: pd.DataFrame) -> np.ndarray:
    """What each row counts: 1/m for one of m wishes, 0 for a person without a wish.

    >>> frame = pd.DataFrame({"person": [1, 1, 2], "wishes": [2, 2, 0]})
    >>> wish_parts(frame)
    array([0.5, 0.5, 0. ])
    """
    stated = pd.to_numeric(wishes["wishes"], errors="coerce").fillna(0).to_numpy(dtype=float)
    found = wishes.groupby("person")["person"].transform("size").to_numpy(dtype=float)
    return np.where(stated > 0, 1 / np.maximum(stated, found), 0.0)


def weighted_persons(persons: pd.DataFrame, margins: pd.DataFrame | None) -> tuple[Sample, Notes]:
    """The persons as a sample, raked to the known totals of the population where there are any."""
    units = persons[["person"]].assign(
        **{name: labels_of(persons, name) for name in TRAITS if name in persons.columns}
    )
    known = (
        []
        if margins is None
        else [name for name in TRAITS if name in units and (margins["variable"] == name).any()]
    )
    if margins is None or not known:
        note = Note("survey.no_margins", n=len(units), severity="warning")
        return Design(weights="weight").bind(units.assign(weight=1.0)), (note,)
    size = margins.loc[margins["variable"] == known[0], "persons"].sum()
    sample = Design(weights="weight").bind(units.assign(weight=size / len(units)))
    built: list[Margin] = []
    notes: list[Note] = []
    for name in known:
        table = margins[margins["variable"] == name]
        targets = table.groupby(table["category"].astype(str))["persons"].sum()
        margin, said = settled_margin(units[name], targets, size)
        built.append(margin)
        notes.extend(said)
    return sample.then(Raking(tuple(built))), tuple(notes)


def _by_trait(
    wishes: pd.DataFrame, name: str, values: Values, shares: Shares, rows: Rows
) -> pd.DataFrame:
    """Persons and wishes by occupation and a column of the survey; rows without it are left out."""
    long = shares.matrix.tocoo()
    table = pd.DataFrame(
        {
            "occupation": shares.index.to_numpy()[long.col],
            name: labels_of(wishes, name)[long.row],
            "persons": long.data * (rows.point[rows.unit] * values.mean)[long.row],
            "n": 1,
        }
    )
    table = table[table[name] != ""]
    return table.groupby(["occupation", name], as_index=False)[["persons", "n"]].sum()


def _summary(drawn: np.ndarray, values: Values, shares: Shares, rows: Rows) -> pd.DataFrame:
    estimate = point_totals(values, shares.matrix, rows)
    se = drawn.std(axis=0, ddof=1)
    tail = (1 - LEVEL) / 2
    lower, upper = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return pd.DataFrame(
        {
            "estimate": estimate,
            "se": se,
            "cv": se / np.where(estimate > 0, estimate, np.nan),
            "lower": lower,
            "upper": upper,
            "level": LEVEL,
            "n": np.asarray((shares.matrix > 0).sum(axis=0)),
        },
        index=shares.index,
    )


def _diagnostics(
    sample: Sample, parts: np.ndarray, shares: Shares, unit: np.ndarray
) -> pd.DataFrame:
    weights = sample.weights
    wished = weights[unit] * parts
    g = weights / sample.base
    items = {
        "persons": len(weights),
        "population": float(weights.sum()),
        "with_wish": share_of(weights[np.unique(unit[parts > 0])].sum(), weights.sum()),
        "wishes": int((parts > 0).sum()),
        "deff_weights": kish_effect(weights),
        "g_lowest": float(g.min()),
        "g_highest": float(g.max()),
        "share_uncoded": share_of(wished[shares.uncoded].sum(), wished.sum()),
    }
    return pd.DataFrame({"item": list(items), "value": list(items.values())})
