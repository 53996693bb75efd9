"""Synthetic cities with known truth, and their files as people would send them."""

from xmdemand.synth.city import City, Options, city
from xmdemand.synth.editions import example, write, write_edition, write_truth

__all__ = ["City", "Options", "city", "example", "write", "write_edition", "write_truth"]
