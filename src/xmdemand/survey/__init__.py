"""Design, weights, calibration, estimates with errors, small areas."""

from xmdemand.survey.design import Design
from xmdemand.survey.employers import EmployerDemand, employer_demand
from xmdemand.survey.estimates import Estimates
from xmdemand.survey.sample import Sample
from xmdemand.survey.workers import WorkerIntent, worker_intent

__all__ = [
    "Design",
    "EmployerDemand",
    "Estimates",
    "Sample",
    "WorkerIntent",
    "employer_demand",
    "worker_intent",
]
