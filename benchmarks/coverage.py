"""Do intervals hold the truth of synthetic cities, and what do mess and silence cost?

    python benchmarks/coverage.py --seeds 20

Prints, with misreporting and non-response off and on: coverage of 90% intervals of planned hires
(survey), of demand, supply and gap (joined), of wishes; the bias of totals; the length and
precision of the list. Each seed is another city; the realised share of plans is spread evenly
over its prior by consecutive seeds, so read the mean over all seeds, not a single one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import warnings

import pandas as pd

from xmdemand import market, shortage, survey, synth
from xmdemand.draws import Draws
from xmdemand.occupations import Classification
from xmdemand.profile import Profile
from xmdemand.synth.score import score

LEVEL = 0.9


def coverage(draws: Draws, truth: pd.Series) -> float:
    """Share of items whose 90% interval holds the truth."""
    interval = draws.summary(LEVEL)
    truth = truth.reindex(interval.index)
    known = truth.notna() & interval["lower"].notna()
    held = (interval["lower"] <= truth) & (truth <= interval["upper"])
    return float(held[known].mean())


def one_city(
    profile: Profile, classification: Classification, *, seed: int, clean: bool, draws: int
) -> dict[str, float]:
    """A city taken through the rooms, held against its truth."""
    city = synth.city(
        profile=profile,
        classification=classification,
        seed=seed,
        misreport=not clean,
        nonresponse=not clean,
    )
    tables, truth, common = city.tables, city.truth, {"n_draws": draws, "seed": seed}
    demand = survey.employer_demand(tables, profile, classification=classification, **common)
    intent = survey.worker_intent(tables, profile, classification=classification, **common)
    outlook = market.outlook(tables, profile, start=dt.date(city.options.year, 5, 1), **common)
    ranking = shortage.rank(
        demand,
        outlook,
        intent,
        profile,
        classification=classification,
        year=city.options.year,
        pipeline=tables.pipeline,
        trainable=tables.trainable,
        **common,
    )
    frame = ranking.frame
    listed = frame.index[frame["listed"]]
    starred = frame.index[frame["listed"] & (frame["tier"] > 0)]
    hits = score(listed, starred, truth, need_persons=profile.listing.need_persons).frame
    return {
        "planned": coverage(demand.hires, truth["planned"]),
        "demand": coverage(ranking.draws["demand"], truth["hires"]),
        "supply": coverage(ranking.draws["supply"], truth["available"]),
        "gap": coverage(ranking.draws["gap"], truth["gap"]),
        "wished": coverage(intent.wished, truth["wished"]),
        "bias planned": demand.hires.values.mean(axis=0).sum() / truth["planned"].sum() - 1,
        "bias demand": frame["demand"].sum() / truth["hires"].sum() - 1,
        "realised": float(truth["hires"].sum() / truth["planned"].sum()),
        "listed": len(listed),
        "precision": float(hits["precision"].iloc[0]),
        "star precision": float(hits["precision"].iloc[1]),
        "short": float(truth["short"].mean()),
    }


def main() -> None:
    """Print one line a city and the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--only", choices=["clean", "real"])
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    profile = Profile.load("xiamen")
    classification = profile.load_classification()
    for clean in (True, False):
        name = "clean" if clean else "real"
        if options.only not in (None, name):
            continue
        rows = [
            one_city(profile, classification, seed=seed, clean=clean, draws=options.draws)
            for seed in range(1, options.seeds + 1)
        ]
        table = pd.DataFrame(rows, index=pd.RangeIndex(1, options.seeds + 1, name="seed"))
        said = "off" if clean else "on"
        print(f"\nmisreporting and non-response {said}, {LEVEL:.0%} intervals")
        print(table.round(2).to_string())
        print(table.mean().round(3).to_string())


if __name__ == "__main__":
    main()
