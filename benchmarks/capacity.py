"""What a load needs, on paper and in simulation: `python -m benchmarks.capacity [HOURS_A_DAY]`, from unit_costs.json.

Pure arithmetic on measured unit costs, and a queue of spans before segmenters for one working day. Nothing here starts
a server, and the same seed gives the same day.
"""

import heapq
import json
import math
import os
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from segmenter.domain.spans import SPAN_SECONDS
from stack import choices
from stack.errors import BadSetting

COSTS: Final = Path(__file__).with_name("unit_costs.json")
SEGMENTS_PER_HOUR: Final = 720
WORK_STAYS_DAYS: Final = 2  # the TTL of work in the stream
SPAN_HOURS: Final = SPAN_SECONDS / 3600
DAY: Final = 86_400.0
# A share of the day's uploads for each hour: people who prepare voices work by day, half of it before and after lunch.
PROFILE: Final = (*[0.005] * 7, 0.03, 0.08, 0.13, 0.13, 0.08, 0.07, 0.12, 0.12, 0.08, 0.05, 0.025, *[0.0083] * 6)


@dataclass(frozen=True)
class Span:
    """One order: `arrives` and `takes` in seconds; `dataset` groups the orders of one run."""

    arrives: float
    takes: float
    dataset: int


def finished(spans: Sequence[Span], workers: int) -> dict[int, float]:
    """When each dataset's last span is done, by first come, first served."""
    free = [0.0] * workers
    done: dict[int, float] = {}
    for span in sorted(spans, key=lambda s: s.arrives):
        ends = max(heapq.heappop(free), span.arrives) + span.takes
        heapq.heappush(free, ends)
        done[span.dataset] = max(done.get(span.dataset, 0.0), ends)
    return done


def a_day(hours: float, wav_share: float, seconds_per_hour: dict[str, float], seed: int = 1) -> list[Span]:
    """The orders of a day: recordings of 5 minutes to 12 hours, an hour in the mean, by the profile above.

    A WAV becomes a span for each `SPAN_HOURS`; a compressed recording is one.
    """
    rng = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    spans: list[Span] = []
    total, dataset = 0.0, 0
    while total < hours:
        length = min(12.0, max(1 / 12, rng.lognormvariate(math.log(1.0) - 0.32, 0.8)))
        arrives = (rng.choices(range(24), PROFILE)[0] + rng.random()) * 3600
        kind = "wav" if rng.random() < wav_share else "mp3"
        parts = math.ceil(length / SPAN_HOURS) if kind == "wav" else 1
        takes = length * seconds_per_hour[kind] / parts
        spans += [Span(arrives, takes, dataset)] * parts
        total, dataset = total + length, dataset + 1
    return spans


def waits(spans: Sequence[Span], workers: int) -> tuple[float, float, float]:
    """Seconds from request to the last slice: median, 95th percentile, longest."""
    arrived = {span.dataset: span.arrives for span in spans}
    seconds = [end - arrived[dataset] for dataset, end in finished(spans, workers).items()]
    cuts = quantiles(seconds, n=20)
    return cuts[9], cuts[18], max(seconds)


def on_paper(costs: dict[str, Any], hours: float, kind: str) -> dict[str, float]:
    """A day's needs where all recordings are of one kind. Cores are means over the day."""
    cost = costs[kind]
    segments, cpu, upload = (
        hours * SEGMENTS_PER_HOUR,
        cost["process_cpu_seconds_per_hour"],
        costs[kind]["upload_cpu_seconds_per_gb"],
    )
    gigabytes = hours * cost["source_bytes_per_hour"] / 1e9
    return {
        "uploaded, GB a day": gigabytes,
        "S3 requests a day, million": segments * sum(cost["requests_per_segment"].values()) / 1e6,
        "S3 requests a second, mean": segments * sum(cost["requests_per_segment"].values()) / DAY,
        "segmenter cores": hours * cpu["segmenter"] / DAY,
        "gateway cores": gigabytes * upload["gateway"] / DAY,
        "store cores": (hours * cpu["s3"] + gigabytes * upload["s3"]) / DAY,
        "nats cores": hours * cpu["nats"] / DAY,
        "manifest, catalog and Postgres cores": hours * (cpu["manifest"] + cpu["catalog"] + cpu["postgres"]) / DAY,
        "stream, GB at any time": segments * cost["stream_bytes_per_segment"] * WORK_STAYS_DAYS / 1e9,
        "stream, million messages": segments * cost["messages_per_segment"] * WORK_STAYS_DAYS / 1e6,
        "Postgres, MB of rows a year": hours * costs["row_bytes"] * 365 / 1e6,
    }


def main(hours: float) -> None:
    costs = json.loads(COSTS.read_text(encoding="utf-8"))
    print(f"| {hours:,.0f} hours a day | all WAV | all MP3 |\n|---|---|---|")
    wav, mp3 = on_paper(costs, hours, "wav"), on_paper(costs, hours, "mp3")
    for name in wav:
        print(f"| {name} | {wav[name]:,.3g} | {mp3[name]:,.3g} |")
    takes = {kind: float(costs[kind]["process_seconds_per_hour"]) for kind in ("wav", "mp3")}
    spans = a_day(hours, 0.7, takes)
    load = sum(span.takes for span in spans) / DAY
    print(f"\n{len({s.dataset for s in spans})} datasets, {len(spans)} orders, {load:.2f} segmenters busy in the mean")
    print("\n| segmenters | median | 95 of 100 | longest |\n|---|---|---|---|")
    for workers in (1, 2, 4, 8, 16, 32):
        if workers > load:
            print("| {} | {:,.0f} s | {:,.0f} s | {:,.0f} s |".format(workers, *waits(spans, workers)))


def _start(env: Mapping[str, str]) -> int:
    try:
        hours = choices.decimal(env, "HOURS", 1, 1_000_000, example="1000")
    except BadSetting as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 2
    main(hours or 1_000.0)
    return 0


if __name__ == "__main__":
    sys.exit(_start({**os.environ, "HOURS": sys.argv[1]} if sys.argv[1:] else os.environ))
