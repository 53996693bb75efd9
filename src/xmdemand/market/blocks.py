"""Panels too large for one machine's memory: the same forecasts, block by block.

A first look at each block tells what its series share, a second pass gathers the evidence that
panel information rests on (sums, so blocks add up), a third forecasts each block with all of it.
No more than a block is in memory at a time, on each worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xmdemand.errors import ArgumentTypeError, InputError, name_some
from xmdemand.market.common import Common, FirstLook, learn_common, look, merge_looks
from xmdemand.market.evidence import Evidence, gather, merge
from xmdemand.market.forecasts import Forecast, forecast_panel
from xmdemand.market.panel import SEASON, Frequency, read_panel
from xmdemand.market.panel_info import PanelInfo, conclude, forecast_own, group_labels
from xmdemand.results import Result

if TYPE_CHECKING:
    from dask.distributed import Client
    from numpy.typing import NDArray

Block = Callable[[], pd.DataFrame]
_AT_ONCE = 16


@dataclass(frozen=True, eq=False)
class BlockForecast(Result):
    """Forecasts of a panel in blocks; each look at it forecasts block by block.

    Attributes
    ----------
    blocks
        What reads each block.
    info
        Panel information of the whole.
    """

    blocks: tuple[Block, ...]
    info: PanelInfo
    horizon: int
    seed: int
    freq: Frequency
    by: str | None
    pull: bool
    relative: bool = True
    client: Client | None = None

    def parts(self) -> Iterator[Forecast]:
        """One block's `Forecast` after the other, in this process."""
        return map(self._forecast, self.blocks)

    @property
    def frame(self) -> pd.DataFrame:
        """``unique_id, ds, mean, median`` of all series."""
        return pd.concat(self._each(_points), ignore_index=True)

    def quantiles(self, levels: Sequence[float] = (0.1, 0.5, 0.9)) -> pd.DataFrame:
        """Quantiles of all series: ``unique_id, ds, quantile, value``."""
        parts = self._each(partial(_quantiles, levels=tuple(levels)))
        return pd.concat(parts, ignore_index=True)

    def write(self, folder: str | Path, levels: Sequence[float] = (0.1, 0.5, 0.9)) -> list[Path]:
        """Write quantiles as a Parquet file a block; nothing but its path comes back.

        With a cluster, `folder` is one all workers reach.
        """
        Path(folder).mkdir(parents=True, exist_ok=True)
        write = partial(_write, levels=tuple(levels))
        targets = [str(Path(folder) / f"block-{at:06d}.parquet") for at in range(len(self.blocks))]
        tasks = [
            partial(_write_one, self._forecast, block, target, write)
            for block, target in zip(self.blocks, targets, strict=True)
        ]
        return [Path(path) for path in run_blocks(tasks, self.client)]

    @property
    def _forecast(self) -> Callable[[Block], Forecast]:
        return partial(
            _forecast_block,
            info=self.info,
            horizon=self.horizon,
            seed=self.seed,
            freq=self.freq,
            by=self.by,
            pull=self.pull,
            relative=self.relative,
        )

    def _each(self, look: Callable[[Forecast], pd.DataFrame]) -> Iterable[pd.DataFrame]:
        tasks = [partial(_look_one, self._forecast, block, look) for block in self.blocks]
        return run_blocks(tasks, self.client)


def forecast_blocks(
    panel: Any,
    horizon: int,
    *,
    seed: int,
    freq: Frequency | None,
    by: str | None,
    pull: bool,
    relative: bool,
    correlation: float | None,
    info: PanelInfo | None,
    client: Client | None,
) -> BlockForecast:
    """`xmdemand.forecast` of a dask DataFrame or a folder of Parquet files.

    Every series lies within one partition or file.
    """
    blocks = _blocks(panel)
    freq = freq or read_panel(blocks[0]()).freq
    if info is None:
        season = SEASON[freq]
        looks = list(
            run_blocks([partial(_look_block, block, freq, by) for block in blocks], client)
        )
        _refuse_split_series([ids for ids, _ in looks])
        common = learn_common(merge_looks([part for _, part in looks]), season)
        tasks = [partial(_gather_block, block, horizon, freq, by, common) for block in blocks]
        evidence = merge(list(run_blocks(tasks, client)))
        info = conclude(evidence, horizon, season, common)
    return BlockForecast(
        blocks=blocks,
        info=info if correlation is None else info.with_correlation(correlation),
        horizon=horizon,
        seed=seed,
        freq=freq,
        by=by,
        pull=pull,
        relative=relative,
        client=client,
    )


def run_blocks(tasks: Sequence[Callable[[], Any]], client: Client | None) -> Iterator[Any]:
    """Results of tasks in their order: here, or on a cluster with a bounded number under way."""
    if client is None:
        for task in tasks:
            yield task()
        return
    waiting: list[Any] = []
    for task in tasks:
        waiting.append(client.submit(task, pure=False))
        if len(waiting) >= _AT_ONCE:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _blocks(panel: Any) -> tuple[Block, ...]:
    if isinstance(panel, str | Path):
        files = sorted(Path(panel).glob("**/*.parquet")) if Path(panel).is_dir() else [Path(panel)]
        if not files or not all(path.exists() for path in files):
            raise InputError(f"no Parquet file at {panel}")
        return tuple(partial(_read_parquet, str(path)) for path in files)
    if not hasattr(panel, "to_delayed"):
        raise ArgumentTypeError(f"a dask DataFrame is needed, not {type(panel).__name__}")
    return tuple(partial(_compute, part) for part in panel.to_delayed())


def _compute(part: Any) -> pd.DataFrame:
    return part.compute(scheduler="synchronous")


def _read_parquet(path: str) -> pd.DataFrame:
    return pd.read_parquet(path)


def _look_block(
    block: Block, freq: Frequency, by: str | None
) -> tuple[NDArray[np.uint64], FirstLook]:
    panel = read_panel(block(), freq=freq)
    return _name_hashes(panel.ids), look(panel, group_labels(panel, by))


def _name_hashes(ids: pd.Index) -> NDArray[np.uint64]:
    return np.unique(pd.util.hash_array(ids.to_numpy(dtype=object)))


def _gather_block(
    block: Block, horizon: int, freq: Frequency, by: str | None, common: Common
) -> Evidence:
    panel = read_panel(block(), freq=freq)
    labels = group_labels(panel, by)
    own = forecast_own(panel, labels, horizon, common)
    return gather(panel, own, labels, common)


def _refuse_split_series(blocks: list[NDArray[np.uint64]]) -> None:
    hashes = np.concatenate(blocks)
    home = np.repeat(np.arange(len(blocks)), [len(block) for block in blocks])
    order = np.argsort(hashes, kind="stable")
    twice = np.flatnonzero(hashes[order[1:]] == hashes[order[:-1]])
    if len(twice):
        both = home[order[twice[0] : twice[0] + 2]]
        raise InputError(
            f"a series lies in blocks {name_some(both)}: partition by series "
            "(all rows of a unique_id in one partition or file)"
        )


def _forecast_block(
    block: Block,
    *,
    info: PanelInfo,
    horizon: int,
    seed: int,
    freq: Frequency,
    by: str | None,
    pull: bool,
    relative: bool,
) -> Forecast:
    panel = read_panel(block(), freq=freq)
    return forecast_panel(panel, horizon, seed=seed, by=by, pull=pull, relative=relative, info=info)


def _look_one(
    forecast: Callable[[Block], Forecast], block: Block, look: Callable[[Forecast], pd.DataFrame]
) -> pd.DataFrame:
    return look(forecast(block))


def _write_one(
    forecast: Callable[[Block], Forecast],
    block: Block,
    target: str,
    write: Callable[[Forecast, str], str],
) -> str:
    return write(forecast(block), target)


def _points(fc: Forecast) -> pd.DataFrame:
    return fc.frame


def _quantiles(fc: Forecast, levels: tuple[float, ...]) -> pd.DataFrame:
    return fc.quantiles(levels)


def _write(fc: Forecast, target: str, levels: tuple[float, ...]) -> str:
    fc.quantiles(levels).to_parquet(target, index=False)
    return target
