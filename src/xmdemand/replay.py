"""An edition replayed as of earlier cut-offs, each ranking held against the year that followed.

What arrived, or tells of a time, after the earlier cut-off is not seen. A table that carries no
date cannot be shown to have been there and is left out, as is last edition's record.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from xmdemand import market, shortage, survey
from xmdemand.cache import remembered
from xmdemand.errors import InputError
from xmdemand.notes import Note, Notes
from xmdemand.results import Result
from xmdemand.shortage.evaluate import Evaluation, evaluate, register_outcome

if TYPE_CHECKING:
    import pandas as pd

    from xmdemand.edition import Edition
    from xmdemand.intake.tables import Tables
    from xmdemand.market.outlook import Outlook
    from xmdemand.shortage.ranking import Ranking

SIZES = ("small", "medium", "large")
FEWEST_RETURNS = 30
"""Fewer dated returns than this are stragglers, not a wave of the survey."""


def as_of(tables: Tables, start: dt.date) -> tuple[Tables, Notes]:
    """The tables as they stood before a day: register and employers' returns only.

    Parameters
    ----------
    tables
        An edition's.
    start
        First day not seen. A period of the register is seen if all its months are over; a return
        if it was submitted before.

    Returns
    -------
    tables, notes
        ``firms`` stay where returns do: the frame is older than what is drawn from it.

    Examples
    --------
    >>> import pandas as pd
    >>> from xmdemand.intake.tables import Tables
    >>> months = pd.to_datetime(["2024-03-01", "2024-04-01", "2024-05-01"])
    >>> register = pd.DataFrame({"month": months, "months": 1})
    >>> seen, _ = as_of(Tables(register=register), dt.date(2024, 5, 1))
    >>> len(seen.register)
    2
    """
    import pandas as pd

    day = pd.Timestamp(start)
    register, employers = tables.register, tables.employers
    if register is not None:
        month = pd.to_datetime(register["month"])
        months = register["months"].fillna(1) if "months" in register else 1
        last = month.dt.year * 12 + month.dt.month - 1 + months
        register = register[last <= start.year * 12 + start.month - 1]
    notes: Notes = ()
    if employers is not None:
        employers = employers[pd.to_datetime(employers["submitted"]) < day]
        if employers["firm"].nunique() < FEWEST_RETURNS:
            employers = None
            notes = (Note("shortage.no_past_wave", where=f"{start:%Y-%m}", severity="warning"),)
    firms = tables.firms if employers is not None else None
    return type(tables)(register=register, employers=employers, firms=firms), notes


@dataclass(frozen=True, eq=False)
class Replay(Result):
    """One ranking as of an earlier cut-off, and how it did.

    Attributes
    ----------
    start
        First month it could not see; the outcome is the twelve months from it.
    months_back
        How far before the edition's own cut-off.
    ranking
        With the edition's settings, from what was there.
    evaluation
        Its `frame` is also by ``field`` and ``size`` (thirds by new posts in its last year).
    """

    start: dt.date
    months_back: int
    ranking: Ranking
    evaluation: Evaluation
    notes: Notes = ()

    @property
    def frame(self) -> pd.DataFrame:
        """`evaluation.frame` with ``start`` and ``months_back`` in front."""
        table = self.evaluation.frame.copy()
        table.insert(0, "start", f"{self.start:%Y-%m}")
        table.insert(1, "months_back", self.months_back)
        return table


def replay(edition: Edition, years: int = 2) -> tuple[tuple[Replay, ...], Notes]:
    """Rank as of 12, 24, ... months before an edition's cut-off and hold it against what came.

    Parameters
    ----------
    edition
        Its inputs and settings are used as they are now; only time is set back.
    years
        How many cut-offs to try.

    Returns
    -------
    replays, notes
        The latest first. A cut-off before which the register is too short is left out and noted.

    Raises
    ------
    InputError
        If the edition has no register, or none of the cut-offs can be replayed.
    """
    if edition.outlook is None:
        raise InputError.told(Note("shortage.replay_no_register"))
    came = edition.outlook
    found: list[Replay] = []
    notes: list[Note] = []
    for back in range(1, years + 1):
        past = _AsOf(edition, _years_earlier(edition.settings.dates.forecast_start, back))
        try:
            outlook = past.outlook
            ranking = past.ranking
            found.append(_held_against(past, ranking, came, 12 * back))
        except InputError as error:
            fields = {"reason": error.told_as}
            where = f"{past.start:%Y-%m}"
            notes.append(Note("shortage.not_replayed", where=where, fields=fields))
            break
        came = outlook
    if not found:
        last = {"reason": notes[-1].fields["reason"]}
        raise InputError.told(Note("shortage.no_replay", fields=last))
    return tuple(found), tuple(notes)


@dataclass(frozen=True, eq=False)
class _AsOf:
    """An edition's stages up to the ranking, from what was there before a day."""

    edition: Edition
    start: dt.date

    @cached_property
    def seen(self) -> tuple[Tables, Notes]:
        return as_of(self.edition.tables, self.start)

    @cached_property
    def outlook(self) -> Outlook:
        tables, _ = self.seen
        if tables.register is None or tables.register.empty:
            raise InputError.told(Note("shortage.register_later", f"{self.start:%Y-%m}"))
        settings = self.edition.settings
        return remembered(
            "outlook",
            market.outlook,
            tables.only("register"),
            self.edition.profile,
            start=self.start,
            n_draws=settings.method.draws,
            seed=settings.seed,
        )

    @cached_property
    def ranking(self) -> Ranking:
        tables, _ = self.seen
        edition, settings = self.edition, self.edition.settings
        demand = None
        if tables.employers is not None:
            demand = remembered(
                "demand",
                survey.employer_demand,
                tables,
                edition.profile,
                classification=edition.classification,
                n_draws=settings.method.draws,
                seed=settings.seed,
                singleton=settings.method.singleton,
            )
        return remembered(
            "ranking",
            shortage.rank,
            demand,
            self.outlook,
            None,
            edition.profile,
            classification=edition.classification,
            year=settings.year - (settings.dates.forecast_start.year - self.start.year),
            n_draws=settings.method.draws,
            seed=settings.seed,
            method=settings.method.index,
            weights=settings.method.weights,
            top=settings.method.top,
        )


def _held_against(past: _AsOf, ranking: Ranking, came: Outlook, months: int) -> Replay:
    import pandas as pd

    record = {"ranking": shortage.to_record(ranking)}
    # Being on a replayed list trained nobody: `trained` would mean nothing here.
    outcome = register_outcome(came, record).drop(columns="trained")
    codes = outcome["occupation"]
    places = past.edition.profile.classify(codes)["field"]
    posts = past.outlook.frame["posts_past"].reindex(codes).fillna(0.0)
    thirds = pd.cut(posts.rank(pct=True, method="first"), [0, 1 / 3, 2 / 3, 1], labels=SIZES)
    outcome = outcome.assign(field=places.to_numpy(), size=thirds.astype(str).to_numpy())
    evaluation = evaluate(record, outcome, k=past.edition.settings.method.top)
    _, notes = past.seen
    return Replay(
        start=past.start,
        months_back=months,
        ranking=ranking,
        evaluation=evaluation,
        notes=(*notes, *evaluation.notes),
    )


def _years_earlier(first_of_month: dt.date, years: int) -> dt.date:
    return first_of_month.replace(year=first_of_month.year - years)
