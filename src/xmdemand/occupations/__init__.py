"""The national classification of occupations; job titles -> codes."""

from xmdemand.occupations.classification import Classification, Match
from xmdemand.occupations.coder import TitleCoder
from xmdemand.occupations.titles import clean_title
from xmdemand.occupations.tree import LEVELS

__all__ = ["LEVELS", "Classification", "Match", "TitleCoder", "clean_title"]
