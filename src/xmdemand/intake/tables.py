"""The validated tables that intake hands to the estimating rooms: a contract, column by column."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from xmdemand.notes import Notes
from xmdemand.results import Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Tables(Result):
    """What an edition's inputs hold, one table a kind; a kind nobody sent is None.

    Every table carries ``source`` (``file!sheet!row`` of the row it came from). Counts are floats.
    An *uncertain count* ``c`` has four columns: ``c`` (NaN unless exact), ``c_low``, ``c_high``
    (upper NaN if open) and ``c_kind`` (``exact, range, at_least, at_most, approx, some,
    missing``). Occupations are codes of the edition's classification: a unit where it could be
    coded (``occupation_status`` = ``coded``), a minor group (``group``), else missing
    (``review``, ``unmatched``).

    Attributes
    ----------
    firms
        Sampling frame, a row an establishment: ``firm`` (credit code), ``firm_name, district,
        industry, size_class, employees, selection`` (``probability, take_all, voluntary``; empty
        if not sampled), ``status`` (``responded, refused, no_contact, out_of_scope, unknown``;
        empty if not sampled).
    employers
        Returns, a row a firm x post: ``firm, firm_name, district, industry, size_class,
        employees, submitted, post, occupation, occupation_status``; uncertain counts
        ``vacancies, planned_hires, past_hires, leavers, vacancies_3m, headcount, train_persons``;
        ``hard_reason`` (``unqualified, few_applicants, pay, conditions, other`` or empty),
        ``wage_low, wage_high`` (yuan a month), ``level`` (tuple of level keys),
        ``train_level`` (level key or empty). A responding firm that plans nothing has one row
        without a post and zeros.
    register
        Public employment service, a row an occupation x district x month: ``occupation,
        occupation_status, district, month`` (first day), ``posts_carried, posts_new, posts_total,
        seekers_carried, seekers_new, seekers_total, ratio_printed, months`` (how many the period
        has: 1, or 3 for a quarterly table whose ``month`` is its first). Seekers who state no
        occupation have an empty occupation and status ``not_stated``.
    workers
        Training intent, a row a person x wish: ``person`` (running number), ``district, group,
        age_band, selection, occupation, occupation_status, wish, level`` (key or empty),
        ``wishes`` (how many wishes the person has, m). A person without a wish has one row with
        ``wishes`` 0.
    margins
        Known totals of the worker population: ``variable`` (``district, group, age_band``),
        ``category, persons``.
    pipeline
        Supply to come, a row an occupation x source: ``occupation, kind`` (``graduates,
        trainees``), ``persons, entry_share, stay_share`` (shares NaN where not given).
    trainable
        What can be trained and assessed: ``occupation, work_type, levels`` (tuple of level keys),
        ``institutions, bodies`` (counts).
    decisions
        What departments decided: ``occupation, action`` (``keep, add, drop, raise, lower,
        lift_flag``), ``reason, who, department, date, evidence_hash``.
    files
        The accounting, a row a file x sheet: ``file, sheet, kind, rows_read, accepted, refused,
        header_row, encoding, sha256``; rows_read = accepted + refused. ``state`` is ``read,
        skipped`` or ``refused`` (a file or sheet that was not read) and ``code`` says why.
    quarantine
        Refused rows: ``file, sheet, row, column, found, expected, code, text`` where ``text`` is
        the row as read with personal data masked and ``subject`` the firm it is of.
    oddities
        Cells of accepted rows that a person should look at, with the columns of ``quarantine``
        (``text`` is empty) and ``severity`` (``info, warning``).
    titles
        Title coding: ``title, kind`` (``post, wish, register``), ``n, status, code, name, score,
        method, alternatives``.
    proposals
        Headings to confirm: ``file, sheet, kind, heading, column, header, score, taken`` (used
        already for its likeness, or only proposed); a sheet nobody could place has an empty kind.
    """

    firms: pd.DataFrame | None = None
    employers: pd.DataFrame | None = None
    register: pd.DataFrame | None = None
    workers: pd.DataFrame | None = None
    margins: pd.DataFrame | None = None
    pipeline: pd.DataFrame | None = None
    trainable: pd.DataFrame | None = None
    decisions: pd.DataFrame | None = None
    files: pd.DataFrame | None = None
    quarantine: pd.DataFrame | None = None
    oddities: pd.DataFrame | None = None
    titles: pd.DataFrame | None = None
    proposals: pd.DataFrame | None = None
    notes: Notes = ()

    def only(self, *names: str) -> Tables:
        """The tables of these names and no others, without notes.

        What a stage is not handed it cannot depend on.
        """
        return Tables(**{name: getattr(self, name) for name in names})

    @property
    def frame(self) -> pd.DataFrame:
        """How many rows each table holds: ``table, rows``."""
        import pandas as pd

        rows = [
            (item.name, len(table))
            for item in fields(self)
            if item.name != "notes" and (table := getattr(self, item.name)) is not None
        ]
        return pd.DataFrame(rows, columns=["table", "rows"])


UNCERTAIN_COUNTS = (
    "vacancies",
    "planned_hires",
    "past_hires",
    "leavers",
    "vacancies_3m",
    "headcount",
    "train_persons",
)
"""Count columns of `Tables.employers` that come as four columns each."""
