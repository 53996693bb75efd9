"""Synthetic cities with known truth, and their files as people would send them."""

from xmdemand.synth.city import City, Options, city

__all__ = ["City", "Options", "city"]
