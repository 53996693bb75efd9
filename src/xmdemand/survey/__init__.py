"""Design, weights, calibration, estimates with errors, small areas."""

from xmdemand.survey.design import Design, Sample
from xmdemand.survey.employers import EmployerDemand, employer_demand
from xmdemand.survey.workers import WorkerIntent, worker_intent

__all__ = [
    "Design",
    "EmployerDemand",
    "Sample",
    "WorkerIntent",
    "employer_demand",
    "worker_intent",
]
