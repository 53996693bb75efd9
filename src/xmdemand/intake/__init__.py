"""Files as people send them -> validated tables; what is refused is kept and told."""

from xmdemand.intake.blank import write_blank_workbooks
from xmdemand.intake.mapping import draft_mapping
from xmdemand.intake.postings import Postings, postings
from xmdemand.intake.quality import quality_report, write_quality_report
from xmdemand.intake.reading import read
from xmdemand.intake.review import read_review, review_workbook
from xmdemand.intake.tables import Tables
from xmdemand.intake.tracing import Trace, trace

__all__ = [
    "Postings",
    "Tables",
    "Trace",
    "draft_mapping",
    "postings",
    "quality_report",
    "read",
    "read_review",
    "review_workbook",
    "trace",
    "write_blank_workbooks",
    "write_quality_report",
]
