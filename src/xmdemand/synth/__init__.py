"""Synthetic cities with known truth, and their files as people would send them."""

from xmdemand.synth.city import City, Options, city
from xmdemand.synth.editions import (
    example,
    example_of_last_year,
    write,
    write_edition,
    write_truth,
)
from xmdemand.synth.score import Score, score
from xmdemand.synth.world import Scale

__all__ = [
    "City",
    "Options",
    "Scale",
    "Score",
    "city",
    "example",
    "example_of_last_year",
    "score",
    "write",
    "write_edition",
    "write_truth",
]
