"""The national classification of occupations; job titles -> codes."""

from xmdemand.occupations.classification import LEVELS, Classification, Match
from xmdemand.occupations.coder import TitleCoder
from xmdemand.occupations.titles import clean_title

__all__ = ["LEVELS", "Classification", "Match", "TitleCoder", "clean_title"]
