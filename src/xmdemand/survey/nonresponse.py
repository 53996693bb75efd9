"""Non-response: weighting classes over a status that covers every sampled unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.errors import InputError, NotFoundError, name_some
from xmdemand.survey.linearise import Codes, Floats, grouping
from xmdemand.survey.stages import combined

STATUSES = ("responded", "refused", "no_contact", "out_of_scope", "unknown")
"""What may have become of a sampled unit; every one has exactly one."""


@dataclass(frozen=True, eq=False)
class ClassSums:
    """Weighted sums by class (n_classes x n_draws) that the adjustment is made of."""

    responded: Floats
    eligible: Floats
    out: Floats
    unknown: Floats

    @property
    def eligibility(self) -> Floats:
        """Share of the resolved that is in scope, taken for the unresolved too."""
        resolved = self.eligible + self.out
        return np.divide(self.eligible, resolved, out=np.ones_like(resolved), where=resolved > 0)

    @property
    def factor(self) -> Floats:
        """What a respondent's weight is multiplied by; infinite where nobody responded."""
        target = self.eligible + self.eligibility * self.unknown
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(target > 0, target / self.responded, 1.0)


@dataclass(frozen=True, eq=False)
class NonResponse:
    r"""Respondents take over the weight of the others of their class.

    With K the weight of the units known to be in scope, O out of scope, U unresolved and R of the
    respondents of a class, a respondent's weight is multiplied by (K + e U) / R where
    e = K / (K + O). All others get weight 0.

    Parameters
    ----------
    status
        (n,) positions in `STATUSES`.
    classes
        (n,) class codes.
    labels
        Names of the classes.
    """

    status: Codes
    classes: Codes
    labels: tuple[str, ...]
    name: str = "nonresponse"

    @property
    def responded(self) -> NDArray[np.bool_]:
        return self.status == 0

    def sums(self, weights: Floats) -> ClassSums:
        """The weighted sums by class of weights (n x n_draws)."""

        def by_class(rows: NDArray[np.bool_]) -> Floats:
            codes = np.where(rows, self.classes, -1)
            return np.asarray(grouping(codes, len(self.labels)) @ weights)

        return ClassSums(
            responded=by_class(self.status == 0),
            eligible=by_class(self.status <= 2),
            out=by_class(self.status == 3),
            unknown=by_class(self.status == 4),
        )

    def apply(self, weights: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Adjusted weights (n x n_draws), and which draws could not be adjusted."""
        factor = self.sums(weights).factor
        failed = np.asarray(~np.isfinite(factor).all(axis=0))
        adjusted = np.zeros_like(weights)
        rows = self.responded
        adjusted[rows] = (
            weights[rows] * np.where(np.isfinite(factor), factor, 0)[self.classes[rows]]
        )
        return adjusted, failed

    def pull_back(self, scores: Floats, before: Floats) -> Floats:
        """Scores on the weights before this step, of a total whose scores after it are given.

        The total is the sum over classes of (K + e U) times the respondents' mean score; this is
        its derivative by each unit's weight.
        """
        sums = self.sums(before[:, None])
        total = grouping(np.where(self.responded, self.classes, -1), len(self.labels)) @ (
            before[:, None] * scores
        )
        mean = np.divide(total, sums.responded, out=np.zeros_like(total), where=total != 0)
        resolved = np.where(sums.eligible + sums.out > 0, sums.eligible + sums.out, 1.0)
        by_status = np.stack(
            [
                *[(1 + sums.unknown * sums.out / resolved**2)[:, 0]] * 3,
                (-sums.unknown * sums.eligible / resolved**2)[:, 0],
                sums.eligibility[:, 0],
            ]
        )
        share = by_status[self.status, self.classes]
        own = np.where(self.responded, sums.factor[self.classes, 0], 0.0)
        here = mean[self.classes]
        return share[:, None] * here + own[:, None] * np.where(
            self.responded[:, None], scores - here, 0.0
        )

    def own_variance(self, scores: Floats, before: Floats, fraction: Floats) -> Floats:
        """What response adds where the finite population correction would take it away.

        The spread of pulled-back scores holds the variance of response, but the design multiplies
        it by 1 - f. Response is a second draw, which a take-all stratum has too, so f times its
        variance, sum of w^2 phi (phi - 1) (score - class mean)^2, is put back.
        """
        rows = self.responded
        sums = self.sums(before[:, None])
        indicator = grouping(np.where(rows, self.classes, -1), len(self.labels))
        total = indicator @ (before[:, None] * scores)
        mean = np.divide(total, sums.responded, out=np.zeros_like(total), where=total != 0)
        count = indicator @ np.ones(len(before))
        small = np.where(count > 1, count / np.maximum(count - 1, 1), 1.0)
        phi = np.where(np.isfinite(sums.factor), sums.factor, 1.0)[self.classes, 0]
        rate = fraction * before**2 * phi * np.maximum(phi - 1, 0) * small[self.classes]
        deviation = scores - mean[self.classes]
        return np.asarray(rate[rows] @ deviation[rows] ** 2)

    def describe(self) -> str:
        """One line for `print`."""
        counts = np.bincount(self.status, minlength=len(STATUSES))
        said = ", ".join(f"{n} {name}" for n, name in zip(counts, STATUSES, strict=True) if n)
        return f"non-response adjusted within {len(self.labels)} classes: {said}"


def build_nonresponse(
    frame: pd.DataFrame,
    weights: Floats,
    status: str,
    classes: str | Sequence[str] | None,
    *,
    status_map: Mapping[str, str],
) -> NonResponse:
    """A non-response step from a frame's columns, checked.

    Raises
    ------
    InputError, NotFoundError
        Unknown columns, statuses that nothing covers, classes without a respondent.
    """
    columns = [] if classes is None else [classes] if isinstance(classes, str) else list(classes)
    absent = [name for name in [status, *columns] if name not in frame.columns]
    if absent:
        raise NotFoundError(f"columns not in the data: {name_some(absent)}")
    unknown = sorted(set(status_map.values()) - set(STATUSES))
    if unknown:
        raise InputError(
            f"status_map maps to {name_some(unknown)}: a status is one of {', '.join(STATUSES)}"
        )
    own = frame[status].astype(object)
    codes = own.map(lambda word: status_map.get(word, word)).map(
        {name: at for at, name in enumerate(STATUSES)}
    )
    if codes.isna().any():
        words = own[codes.isna()].map(lambda word: "missing" if pd.isna(word) else repr(word))
        told = name_some(f"{word} ({n} rows)" for word, n in words.value_counts().items())
        raise InputError(
            f"status column {status!r} does not cover every row: {told}. A status is one of "
            f"{', '.join(STATUSES)}; map other words with status_map={{...}}"
        )
    groups, labels = combined(frame, columns, "weighting class")
    step = NonResponse(codes.to_numpy(dtype=np.intp), groups, tuple(labels))
    factor = step.sums(weights[:, None]).factor[:, 0]
    if not np.isfinite(factor).all():
        lost = [labels[at] for at in np.flatnonzero(~np.isfinite(factor))]
        raise InputError(
            f"{len(lost)} weighting classes have no respondent: {name_some(lost)}. Use coarser "
            "classes"
        )
    return step


def nested_classes(
    keys: Sequence[Sequence[str]], responded: NDArray[np.bool_], *, at_least: int
) -> tuple[Codes, tuple[str, ...]]:
    """Weighting classes with enough respondents each, the finest that has them.

    Parameters
    ----------
    keys
        Label of each unit at every fineness, from the finest to the coarsest.
    responded
        (n,) who responded.
    at_least
        Respondents a class needs. Units of thinner classes are pooled one step coarser, where one
        respondent will do at the coarsest; what has none even there joins the largest class.

    Examples
    --------
    >>> keys = [["a", "a", "b"], ["all", "all", "all"]]
    >>> codes, labels = nested_classes(keys, np.array([True, True, False]), at_least=1)
    >>> [labels[code] for code in codes]
    ['a', 'a', 'a']
    """
    labels = np.full(len(responded), "", dtype=object)
    left = np.ones(len(responded), dtype=bool)
    for step, key in enumerate(keys, start=1):
        names = np.asarray(key, dtype=object)
        needed = at_least if step < len(keys) else 1
        for name in sorted(set(names[left])):
            members = left & (names == name)
            if responded[members].sum() >= needed:
                labels[members] = name
                left &= ~members
    if left.any():
        done = [name for name in labels if name]
        labels[left] = max(set(done), key=done.count) if done else "all"
    unique, codes = np.unique(labels.astype(str), return_inverse=True)
    return codes.astype(np.intp), tuple(str(name) for name in unique)
