"""Panels in blocks give the numbers of one machine; covariates must earn their place."""

import numpy as np
import pandas as pd
import pytest

from xmdemand.errors import InputError
from xmdemand.market import forecast
from xmdemand.results import count_notes


def panel(n=30, months=48, seed=0):
    rng = np.random.default_rng(seed)
    ds = pd.date_range("2019-01-01", periods=months, freq="MS")
    y = rng.poisson(40 * rng.lognormal(0, 0.5, (n, 1)), (n, months)).astype(float)
    ids = np.repeat([f"s{k:03d}" for k in range(n)], months)
    return pd.DataFrame({"unique_id": ids, "ds": np.tile(ds, n), "y": y.ravel()})


def write_parts(frame, folder, parts=3):
    pytest.importorskip("pyarrow")
    names = frame["unique_id"].unique()
    for at, chunk in enumerate(np.array_split(names, parts)):
        part = frame[frame["unique_id"].isin(chunk)]
        part.to_parquet(folder / f"part-{at}.parquet", index=False)


def same(blocked, whole):
    for mine, theirs in (
        (blocked.frame, whole.frame),
        (blocked.quantiles([0.1, 0.9]), whole.quantiles([0.1, 0.9])),
    ):
        mine = mine.sort_values(list(mine.columns[:2]), kind="stable", ignore_index=True)
        pd.testing.assert_frame_equal(mine, theirs, check_dtype=False, rtol=1e-4)


def test_parquet_blocks_are_the_whole(tmp_path):
    frame = panel()
    write_parts(frame, tmp_path)
    blocked, whole = forecast(tmp_path, 6), forecast(frame, 6)
    same(blocked, whole)
    for name in ("pull", "correlation"):
        mine, theirs = getattr(blocked.info, name)["all"], getattr(whole.info, name)["all"]
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-6)
    files = blocked.write(tmp_path / "out")
    assert len(files) == 3
    written = pd.concat([pd.read_parquet(path) for path in files])
    assert len(written) == 30 * 6 * 3


def test_a_series_in_two_blocks_is_refused(tmp_path):
    frame = panel(n=4)
    pytest.importorskip("pyarrow")
    frame.iloc[:100].to_parquet(tmp_path / "a.parquet")
    frame.iloc[100:].to_parquet(tmp_path / "b.parquet")
    with pytest.raises(InputError, match="partition by series"):
        forecast(tmp_path, 3)


def test_no_file(tmp_path):
    with pytest.raises(InputError, match="no Parquet"):
        forecast(tmp_path / "nothing.parquet", 3)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_two_workers_give_the_same_numbers(tmp_path):
    distributed = pytest.importorskip("distributed")
    dataframe = pytest.importorskip("dask.dataframe")
    frame = panel()
    whole = forecast(frame, 6)
    names = frame["unique_id"].unique()
    divisions = [*names[::10], names[-1]]
    lazy = dataframe.from_pandas(frame.set_index("unique_id"), sort=True, npartitions=1)
    lazy = lazy.repartition(divisions=divisions, force=True).reset_index()
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        same(forecast(lazy, 6, client=client), whole)


def leading(strength: float, n=40, months=84):
    """A panel whose growth next year is told by a second panel, more or less."""
    rng = np.random.default_rng(1)
    ds = pd.date_range("2015-01-01", periods=months, freq="MS")
    growth = rng.normal(0, 0.03, (n, months + 12))
    for t in range(1, months + 12):
        growth[:, t] = 0.9 * growth[:, t - 1] + 0.4 * growth[:, t]
    path = np.cumsum(growth, axis=1)
    y = 200 * np.exp(path[:, :months])
    x = 200 * np.exp(strength * path[:, 12:] + 0.2 * (1 - strength) * rng.normal(size=y.shape))
    ids = np.repeat([f"s{k:03d}" for k in range(n)], months)
    make = lambda v: pd.DataFrame({"unique_id": ids, "ds": np.tile(ds, n), "y": v.ravel()})  # noqa: E731
    return make(y), make(x)


def test_a_covariate_that_leads_is_used():
    y, x = leading(1.0)
    fc = forecast(y, 12, covariates=x)
    assert count_notes(fc.notes)["market.covariate_used"] > 0
    assert not np.allclose(fc.frame["median"], forecast(y, 12).frame["median"])


def test_a_covariate_of_noise_is_not():
    y, x = leading(0.0)
    fc = forecast(y, 12, covariates=x)
    assert count_notes(fc.notes)["market.covariate_unused"] == 1
    pd.testing.assert_frame_equal(fc.frame, forecast(y, 12).frame)
