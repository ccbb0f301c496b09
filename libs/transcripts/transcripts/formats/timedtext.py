"""YouTube's timed text in XML: srv3 (`<p t="1000" d="2000"><s t="250">`), srv2, and srv1
(`<text start="1.0" dur="2.0">`).
"""

from collections.abc import Mapping

from transcripts.cue_collector import Reading
from transcripts.layout import MARK
from transcripts.markup import strip_markup
from transcripts.numbers import decimal_us
from transcripts.timed_cues import Time, TimedCues
from transcripts.xml_text import parse

_MS_US = 1000


def read_timedtext(text: str) -> Reading:
    """Paragraphs that only begin a new line of the window are no cues.

    Raises: BrokenTranscript; TooManyCues.
    """
    listener = _Listener()
    parse(text, listener)
    return listener.cues.reading()


class _Listener:
    def __init__(self) -> None:
        self.cues = TimedCues()
        self._line = 0
        self._attributes: Mapping[str, str] | None = None
        self._start: Time = 0
        self._end: Time | None = None
        self._pieces: list[str] = []
        self._times: list[int] = []

    def start(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        if name in ("p", "text"):
            self._begin(attributes, line)
        elif self._attributes is None:
            return
        elif name == "br":
            self._pieces.append("\n")
        elif name == "s" and isinstance(self._start, int):
            offset = decimal_us(attributes.get("t", "0"), _MS_US)
            if isinstance(offset, int):
                self._times.append(self._start + offset)
                self._pieces.append(MARK)

    def text(self, text: str) -> None:
        if self._attributes is not None:
            self._pieces.append(text.replace(MARK, ""))

    def end(self, name: str) -> None:
        if self._attributes is None or name not in ("p", "text"):
            return
        text, appends = "".join(self._pieces), self._attributes.get("a") == "1"
        if not appends or text.replace(MARK, "").strip():
            source = " ".join(f"{key}={value}" for key, value in self._attributes.items())[:100]
            self.cues.add(self._line, self._start, self._end, strip_markup(text), None, self._times, source)
        self._attributes = None

    def _begin(self, attributes: Mapping[str, str], line: int) -> None:
        self._line, self._attributes, self._pieces, self._times = line, attributes, [], []
        seconds = "start" in attributes
        unit = 1_000_000 if seconds else _MS_US
        self._start = decimal_us(attributes.get("start" if seconds else "t", ""), unit)
        lasts = attributes.get("dur" if seconds else "d")
        self._end = None
        if lasts is not None:
            length = decimal_us(lasts, unit)
            self._end = self._start + length if isinstance(length, int) and isinstance(self._start, int) else length
