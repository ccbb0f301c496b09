"""How often nats-server has refused each user, counted from its log: the server does not count them."""

import re
import time
from collections import Counter
from pathlib import Path
from typing import Final

from stack import private_files

METRICS_FILE: Final = Path("metrics") / "nats.prom"  # below the data folder

_REFUSAL: Final = re.compile(rb'"[A-Z]+/user:(\w+)" - (?:Publish|Subscription) Violation - ')
_EVERY_SECONDS: Final = 10.0
_READ_BYTES: Final = 16 * 2**20  # at a time, of what was logged since; the rest comes with the next turn
_HEAD: Final = """\
# HELP cuecutter_nats_refusals_total Publishes and subscriptions that NATS refused, by user.
# TYPE cuecutter_nats_refusals_total counter
"""


def counted(log: Path) -> Counter[str]:
    """Refusals by user, since the log was begun; empty where there is none."""
    found: Counter[str] = Counter()
    if log.exists():
        with log.open("rb") as lines:
            for line in lines:
                _count(line, found)
    return found


class RefusalMetric:
    """Keeps a file in Prometheus' text format, for the textfile collector of its node exporter."""

    def __init__(self, folder: Path) -> None:
        self._log, self._file = folder / "logs" / "nats.log", folder / METRICS_FILE
        self._counts: Counter[str] = Counter()
        self._at = 0
        self._next = 0.0

    def update(self) -> None:
        """Reads what was logged since, every ten seconds at most; never more than a moment's work."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _EVERY_SECONDS
        before = self._counts.total()
        self._read()
        if self._counts.total() == before and self._file.exists():
            return
        self._file.parent.mkdir(exist_ok=True)
        rows = (f'cuecutter_nats_refusals_total{{user="{user}"}} {n}\n' for user, n in sorted(self._counts.items()))
        private_files.write(self._file, _HEAD + "".join(rows))

    def _read(self) -> None:
        if not self._log.exists():
            return
        with self._log.open("rb") as log:
            log.seek(self._at)
            complete, _, _ = log.read(_READ_BYTES).rpartition(b"\n")
        for line in complete.splitlines():
            _count(line, self._counts)
        self._at += len(complete) + 1 if complete else 0


def _count(line: bytes, counts: Counter[str]) -> None:
    counts.update(user.decode() for user in _REFUSAL.findall(line)[-1:])
