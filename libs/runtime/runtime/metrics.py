"""The registry that every metric of a process is in, and its text for Prometheus.

Labels have few values: durables, outcomes, codes. Never a dataset, a user or a text.
"""

from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)  # bounds of histograms

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # memory, processor time and open files of the process


def exposition() -> bytes:
    """Every metric with its value now, in Prometheus' text format."""
    return generate_latest(REGISTRY)
