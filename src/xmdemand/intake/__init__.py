"""Files as people send them -> validated tables; what is refused is kept and told."""

from xmdemand.intake.blank import write_blank_workbooks
from xmdemand.intake.quality import quality_report, write_quality_report
from xmdemand.intake.reading import read
from xmdemand.intake.tables import Tables

__all__ = [
    "Tables",
    "quality_report",
    "read",
    "write_blank_workbooks",
    "write_quality_report",
]
