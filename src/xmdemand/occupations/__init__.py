"""The national classification of occupations; job titles -> codes."""

from xmdemand.occupations.classification import LEVELS, Classification, Match

__all__ = ["LEVELS", "Classification", "Match"]
