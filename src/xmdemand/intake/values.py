"""One parser per kind of value: what a cell says, as an interval or a value, never more.

Every parser takes a cell of any type, returns a small frozen result and never raises. What cannot
be read is ``kind="missing"`` with a flag that says why; nothing is guessed. Flags are words:

======================  ==========================================================
``unreadable``          not a value of this kind
``broken``              a formula error, or a formula without a stored result
``doubtful``            read, but another reading is possible (``3/5人``)
``summed``              several numbers added (``男5女3``)
``remark``              more text in brackets, left out
``spoilt``              a spreadsheet turned it into a date or a rounded number
``negative``            below zero
``padded``              leading zeros added to a code
``mark``                a green or digital mark split off a code
``zero_word``           a word for none (``无``)
``no_year, ambiguous``  a day that cannot be told
``not_a_district``      a place, but no district
``yearly``              a yearly wage divided by twelve
``plus``                pay of which a part is left open (``4000+提成``)
``implausible``         outside what can be
======================  ==========================================================
"""

from xmdemand.intake.ages import age_band, parse_age
from xmdemand.intake.amounts import missing, parse_count, parse_wage
from xmdemand.intake.dates import parse_date, parse_month
from xmdemand.intake.parsed import Broken, Count, CountKind, Post, Value, Wage
from xmdemand.intake.posts import split_posts
from xmdemand.intake.terms import parse_code, parse_district, parse_level

__all__ = [
    "Broken",
    "Count",
    "CountKind",
    "Post",
    "Value",
    "Wage",
    "age_band",
    "missing",
    "parse_age",
    "parse_code",
    "parse_count",
    "parse_date",
    "parse_district",
    "parse_level",
    "parse_month",
    "parse_wage",
    "split_posts",
]
