"""Files as people send them -> validated tables; what is refused is kept and told."""

from xmdemand.intake.reading import read
from xmdemand.intake.tables import Tables

__all__ = ["Tables", "read"]
