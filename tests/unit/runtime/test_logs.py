"""A log line is one JSON object, whatever is said."""

import json
import logging
import subprocess
import sys

from runtime.logs import JsonLines


def line(message: str, **extra: object) -> str:
    record = logging.LogRecord("x", logging.WARNING, "f", 1, message, None, None)
    record.__dict__.update(extra)
    return JsonLines("segmenter").format(record)


def test_fields_stand_beside_the_event() -> None:
    told = json.loads(line("message", fields={"durable": "d", "attempt": 2}))
    assert told.pop("time").endswith("Z")
    assert told == {"service": "segmenter", "level": "warning", "event": "message", "durable": "d", "attempt": 2}


def test_hostile_text_stays_inside_its_line() -> None:
    told = line("a\nb\r\x00\u2028", fields={"name": 'x"}\n{"level":"info"'})
    assert "\n" not in told
    assert json.loads(told)["event"] == "a\nb\r\x00\u2028"


def test_an_exception_is_told_in_the_same_line() -> None:
    try:
        raise ValueError("why")
    except ValueError:
        told = line("failed", exc_info=sys.exc_info())
    assert "\n" not in told
    assert "ValueError: why" in json.loads(told)["trace"]


def test_what_python_prints_by_itself_becomes_lines_too() -> None:
    program = (
        "import warnings, uvicorn\n"
        "from runtime import logs\n"
        "logs.configure('segmenter')\n"
        "warnings.warn('old')\n"
        "uvicorn.config.logger.info('uvicorn speaks')\n"
        "raise RuntimeError('the end')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    told = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [line["level"] for line in told] == ["warning", "info", "critical"]
    assert "old" in told[0]["event"]
    assert "RuntimeError: the end" in told[2]["trace"]
    assert ended.returncode == 1
