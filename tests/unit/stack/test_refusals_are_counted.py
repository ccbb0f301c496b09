"""What NATS refuses is a metric by user, renewed from what the server has logged since."""

from pathlib import Path

import pytest

from stack import refusals
from stack.refusals import METRICS_FILE, RefusalMetric

LINE = '[1] [ERR] 127.0.0.1:5 - cid:8 - "OBSERVERS/user:{}" - {} Violation - Subject "tts.dataset.x"\n'


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(refusals, "_EVERY_SECONDS", 0)
    (tmp_path / "logs").mkdir()
    return tmp_path / "logs" / "nats.log"


def figures(folder: Path) -> list[str]:
    text = (folder / METRICS_FILE).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_each_refusal_is_counted_once_by_its_user(tmp_path: Path, log: Path) -> None:
    metric = RefusalMetric(tmp_path)
    metric.update()
    assert figures(tmp_path) == []
    log.write_text("started\n" + LINE.format("observer", "Publish") * 2 + LINE.format("catalog", "Subscription"))
    metric.update()
    metric.update()
    assert figures(tmp_path) == [
        'cuecutter_nats_refusals_total{user="catalog"} 1',
        'cuecutter_nats_refusals_total{user="observer"} 2',
    ]
    with log.open("a") as more:
        more.write(LINE.format("observer", "Publish") + LINE.format("observer", "Publish").rstrip("\n"))
    metric.update()
    assert figures(tmp_path)[1] == 'cuecutter_nats_refusals_total{user="observer"} 3'  # a line begun is none yet


def test_the_log_is_not_read_more_often_than_it_pays(tmp_path: Path, log: Path) -> None:
    metric = RefusalMetric(tmp_path)
    refusals._EVERY_SECONDS = 60  # type: ignore[misc]
    metric.update()
    log.write_text(LINE.format("observer", "Publish"))
    metric.update()
    assert figures(tmp_path) == []
