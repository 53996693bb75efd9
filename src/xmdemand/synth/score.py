"""How a catalogue of a synthetic city does against its truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmdemand.results import Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Score(Result):
    """Hits of the two decisions a row carries.

    Attributes
    ----------
    frame
        ``decision`` (``listed, starred``), ``rows, hits, precision, missed``: rows of that
        decision, those that are true, their share, and true ones left out.
    """

    frame: pd.DataFrame


def score(
    listed: Iterable[str], starred: Iterable[str], truth: pd.DataFrame, *, need_persons: float
) -> Score:
    """Hold a list against what a synthetic city truly needs.

    Parameters
    ----------
    listed, starred
        Occupation codes of the catalogue's rows, and of those in urgent shortage.
    truth
        A city's truth, indexed by occupation: ``need`` (persons), ``short``.
    need_persons
        From how many persons a training need is one.

    Examples
    --------
    >>> import pandas as pd
    >>> truth = pd.DataFrame({"need": [50, 10], "short": [True, True]}, index=["a", "b"])
    >>> score(["a", "b"], ["a"], truth, need_persons=30).frame["precision"].tolist()
    [0.5, 1.0]
    """
    import pandas as pd

    rows = []
    for decision, codes, right in (
        ("listed", set(listed), set(truth.index[truth["need"] >= need_persons])),
        ("starred", set(starred), set(truth.index[truth["short"]])),
    ):
        hits = len(codes & right)
        share = hits / len(codes) if codes else float("nan")
        rows.append((decision, len(codes), hits, share, len(right - codes)))
    columns = ["decision", "rows", "hits", "precision", "missed"]
    return Score(frame=pd.DataFrame(rows, columns=columns))
