"""Training intent: persons raked to known totals, 1/m a wish."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmdemand.errors import InputError
from xmdemand.intake.tables import Tables
from xmdemand.survey import worker_intent


@pytest.fixture
def workers(units):
    rng = np.random.default_rng(5)
    rows = []
    for person in range(400):
        m = int(rng.integers(0, 4))
        traits = (rng.choice(["x", "y"], p=[0.7, 0.3]), rng.choice(["g", ""]), "young")
        rows += [
            (
                person,
                *traits,
                "voluntary",
                rng.choice(units) if m else None,
                "coded" if m else "",
                wish,
                "3",
                m,
            )
            for wish in range(1, max(m, 1) + 1)
        ]
    return pd.DataFrame(
        rows,
        columns=[
            "person",
            "district",
            "group",
            "age_band",
            "selection",
            "occupation",
            "occupation_status",
            "wish",
            "level",
            "wishes",
        ],
    )


@pytest.fixture
def margins():
    return pd.DataFrame(
        {"variable": "district", "category": ["x", "y"], "persons": [1000.0, 3000.0]}
    )


def intent(workers, margins, profile, classification):
    return worker_intent(
        Tables(workers=workers, margins=margins),
        profile,
        classification=classification,
        n_draws=100,
        seed=2,
    )


def test_margins_are_met_and_wishes_add_up(workers, margins, profile, classification):
    result = intent(workers, margins, profile, classification)
    items = result.diagnostics.set_index("item")["value"]
    assert items["population"] == pytest.approx(4000)
    total = result.frame["estimate"].sum()
    assert total == pytest.approx(items["with_wish"] * 4000)
    assert result.districts["persons"].sum() == pytest.approx(total)
    assert result.levels["persons"].sum() == pytest.approx(total)
    assert result.wished.values.shape == (100, len(result.frame))
    # Every replicate is raked too: districts' populations do not move, so wishes cannot exceed it.
    assert (result.wished.values.sum(axis=1) <= 4000).all()


def test_each_wish_of_a_person_counts_its_share(profile, classification, units):
    workers = pd.DataFrame(
        {
            "person": [1, 1, 2],
            "wishes": [2, 2, 1],
            "occupation": [units[0], units[1], units[0]],
            "occupation_status": "coded",
            "wish": [1, 2, 1],
            "level": None,
            "district": "x",
            "group": "",
            "age_band": "",
            "selection": "voluntary",
        }
    )
    result = intent(workers, None, profile, classification)
    assert result.frame["estimate"].to_dict() == {units[0]: 1.5, units[1]: 0.5}
    assert {note.code for note in result.notes} >= {"survey.no_margins", "survey.workers_voluntary"}


def test_no_survey_is_an_error(profile, classification):
    with pytest.raises(InputError, match="no worker survey"):
        worker_intent(Tables(), profile, classification=classification, n_draws=10, seed=1)
