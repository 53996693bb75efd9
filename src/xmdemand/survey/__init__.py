"""Design, weights, calibration, estimates with errors, small areas."""

from xmdemand.survey.design import Design
from xmdemand.survey.employers import EmployerDemand, employer_demand
from xmdemand.survey.estimates import Estimates
from xmdemand.survey.replicates import Replicates
from xmdemand.survey.sample import Sample
from xmdemand.survey.small_area import SmallAreas, benchmark, fay_herriot
from xmdemand.survey.workers import WorkerIntent, worker_intent

__all__ = [
    "Design",
    "EmployerDemand",
    "Estimates",
    "Replicates",
    "Sample",
    "SmallAreas",
    "WorkerIntent",
    "benchmark",
    "employer_demand",
    "fay_herriot",
    "worker_intent",
]
