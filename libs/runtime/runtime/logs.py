"""One JSON object a line: time, service, level, event, and the fields given. The domain does not log."""

import logging
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()
_log = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """Renders `extra={"fields": {...}}` beside the message; an exception becomes its type and text, one line."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "service": self._service,
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return _encoder.encode(line).decode()


def configure(service: str, level: int = logging.INFO) -> None:
    """Sends every logger of the process to standard error as JSON lines, and what Python itself would print there."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Uvicorn's and FastStream's own lines report every probe and every message; ours report each once, at the edge.
    for chatty in ("uvicorn.access", "faststream", "faststream.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _log_end


def _log_end(kind: type[BaseException], exc: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _log.critical("process failed", exc_info=(kind, exc, trace))
