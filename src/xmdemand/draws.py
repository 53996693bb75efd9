"""Draws: the one currency in which estimates travel between rooms.

Every estimate that reaches `shortage` is an array (n_draws x items) with its index and unit.
What is computed from estimates is computed per draw, so uncertainty needs no formula of its own.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmdemand.errors import ArgumentTypeError, InputError
from xmdemand.results import Result

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def rng_for(seed: int, *names: str) -> np.random.Generator:
    """A generator of its own for every named use of one seed.

    Streams depend on the seed and the names alone, so adding a use elsewhere changes nothing here.

    >>> float(rng_for(1, "survey").random()) == float(rng_for(1, "survey").random())
    True
    >>> float(rng_for(1, "survey").random()) == float(rng_for(1, "market").random())
    False
    """
    keys = [zlib.crc32(name.encode()) for name in names]
    return np.random.default_rng(np.random.SeedSequence([seed, *keys]))


def check_level(level: float) -> float:
    """A confidence level is a fraction: 0.9, not 90."""
    if not isinstance(level, int | float):
        raise ArgumentTypeError(f"level must be a number between 0 and 1, not {level!r}")
    if not 0 < level < 1:
        hint = f"; did you mean {level / 100:g}?" if 1 < level < 100 else ""
        raise InputError(f"level is a fraction between 0 and 1, got {level:g}{hint}")
    return float(level)


@dataclass(frozen=True, eq=False)
class Draws(Result):
    """Draws of a vector, or of paths.

    Parameters
    ----------
    values
        Shape (n_draws, n_items), or (n_draws, n_items, n_times) for sample paths. NaN where an
        item has no value at all (then in every draw).
    index
        Labels of the items, named (``occupation``, ``unique_id``); may be a MultiIndex.
    unit
        What one is: ``persons``, ``registered posts``, ``log ratio`` ...
    times
        Labels of the third axis, for paths.
    """

    values: NDArray[np.float64]
    index: pd.Index
    unit: str
    times: pd.Index | None = None

    def __post_init__(self) -> None:
        if self.values.ndim not in (2, 3) or self.values.shape[1] != len(self.index):
            raise InputError(
                f"draws have shape {self.values.shape} but the index names {len(self.index)} items"
            )
        if (self.values.ndim == 3) != (self.times is not None):
            raise InputError("paths (three axes) come with `times`, plain draws without")
        if self.times is not None and self.values.shape[2] != len(self.times):
            raise InputError(
                f"paths have {self.values.shape[2]} steps, `times` names {len(self.times)}"
            )

    def __len__(self) -> int:
        return self.values.shape[0]

    @property
    def frame(self) -> pd.DataFrame:
        """`summary` at level 0.9."""
        return self.summary()

    def summary(self, level: float = 0.9) -> pd.DataFrame:
        """Mean, median, standard deviation and equal-tailed interval of every item.

        Returns
        -------
        DataFrame
            Indexed like the draws (paths: index x times), columns ``estimate, median, se, lower,
            upper, level, n`` where n is the number of draws.
        """
        import pandas as pd

        level = check_level(level)
        flat = self.values.reshape(len(self), -1)
        if self.times is None:
            index = self.index
        else:
            names = [*self.index.names, self.times.name or "ds"]
            rows = [
                (*(key if isinstance(key, tuple) else (key,)), time)
                for key in self.index
                for time in self.times
            ]
            index = pd.MultiIndex.from_tuples(rows, names=names)
        tail = (1 - level) / 2
        lower, median, upper = np.quantile(flat, [tail, 0.5, 1 - tail], axis=0)
        return pd.DataFrame(
            {
                "estimate": flat.mean(axis=0),
                "median": median,
                "se": flat.std(axis=0, ddof=1) if len(self) > 1 else np.nan,
                "lower": lower,
                "upper": upper,
                "level": level,
                "n": len(self),
            },
            index=index,
        )

    def reindex(self, index: pd.Index, *, fill: float = np.nan) -> Draws:
        """The same draws for other labels, in their order; unknown labels get `fill`."""
        at = self.index.get_indexer(index)
        values = np.where(
            (at >= 0).reshape(1, -1, *[1] * (self.values.ndim - 2)), self.values[:, at], fill
        )
        return Draws(values=values, index=index, unit=self.unit, times=self.times)

    def total(self, groups: pd.Index | None = None) -> Draws:
        """Sums over items: of all (one item named ``all``), or by a label per item."""
        import pandas as pd

        labels = pd.Index(["all"] * len(self.index)) if groups is None else pd.Index(groups)
        codes, unique = pd.factorize(labels, sort=True)
        shape = (len(self), len(unique), *self.values.shape[2:])
        values = np.zeros(shape)
        for at, code in enumerate(codes):
            values[:, code] += self.values[:, at]
        return Draws(
            values=values,
            index=pd.Index(unique, name=labels.name),
            unit=self.unit,
            times=self.times,
        )
