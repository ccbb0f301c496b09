"""What a trainer would not take of an archive, and what would save it: clip by clip, in memory that does not grow.

Nothing is left out here, nor of an archive: only `skip` does that. A row is what the trainer itself would leave out,
cut off or stop at.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from gateway.archives.checking.limits import LIMITS, Bound, Limits
from gateway.archives.clip import Clip, Overview
from gateway.archives.formats import Format
from gateway.archives.formats.gpt_sovits import takes_language
from gateway.archives.formats.languages import script_of
from gateway.archives.formats.pipe import PipeFormat
from gateway.archives.formats.styletts2 import is_other_text
from gateway.archives.formats.texts import for_pipes

MOST_ROWS: Final = 100
_FEWEST_OTHER_TEXTS: Final = 2


class Row(Struct, frozen=True):
    """One clip and one reason. `n` in the dataset's run; `remedy` is the option that would save it, if one does."""

    dataset: str
    run: int
    n: int
    code: str
    detail: str
    remedy: str | None


class Note(Struct, frozen=True):
    """What concerns the archive as a whole: `clips` of it are taken, but not as one may expect."""

    code: str
    detail: str
    remedy: str | None
    clips: int


class Checked(Struct, frozen=True):
    """`reasons` counts clips per code; a clip may have several. `rows` are the first 100. Hours of sound."""

    format: str
    trainer: str
    clips: int
    kept: int
    hours: float
    kept_hours: float
    reasons: dict[str, int]
    rows: list[Row]
    notes: list[Note]


class Reason(Struct, frozen=True):
    code: str
    detail: str
    remedy: str | None


class Check:
    """`add` every clip in order, then `finish`."""

    def __init__(self, form: Format) -> None:
        self._form = form
        self._limits = LIMITS[form.name]
        self._by_script = not (isinstance(form, PipeFormat) and form.language)
        self._clips = self._kept = 0
        self._microseconds = self._kept_microseconds = 0
        self._other_rates = self._other_texts = 0
        self._reasons: Counter[str] = Counter()
        self._first: list[tuple[int, int, Reason]] = []  # the dataset's place, n

    def add(self, clip: Clip) -> None:
        reasons = tuple(self._against(clip))
        microseconds = round(clip.seconds * 1_000_000)
        self._clips += 1
        self._microseconds += microseconds
        self._kept += not reasons
        self._kept_microseconds += 0 if reasons else microseconds
        self._other_rates += clip.sample_rate != self._limits.rate_hz
        self._other_texts += is_other_text(clip)
        self._reasons.update(reason.code for reason in reasons)
        room = MOST_ROWS - len(self._first)
        self._first += [(clip.dataset, clip.n, reason) for reason in reasons[:room]]

    def finish(self, overview: Overview) -> Checked:
        """`overview` of the same clips."""
        return Checked(
            format=self._form.name,
            trainer=self._limits.trainer,
            clips=self._clips,
            kept=self._kept,
            hours=_hours(self._microseconds),
            kept_hours=_hours(self._kept_microseconds),
            reasons=dict(sorted(self._reasons.items())),
            rows=[_row(*first, overview) for first in self._first],
            notes=list(self._notes(overview)),
        )

    def _against(self, clip: Clip) -> Iterator[Reason]:
        yield from _of_seconds(clip, self._limits)
        yield from _of_text(clip, self._limits)
        rate, scripts = self._limits.min_rate_hz, self._limits.scripts
        if rate and clip.sample_rate < rate.value:
            yield _reason("rate-too-low", f"{clip.sample_rate} Hz", "below", rate, "Hz", "sample_rate")
        if scripts and self._by_script and script_of(clip.text) not in scripts.known:
            detail = f"Texts in this script {scripts.effect}. Source: {scripts.source}."
            yield Reason("language", detail, "language" if takes_language(self._form) else None)

    def _notes(self, overview: Overview) -> Iterator[Note]:
        limits, speakers = self._limits, len(overview.speakers) + (overview.unnamed > 0)
        if limits.rate_hz and self._other_rates:
            detail = f"{limits.trainer} takes {limits.rate_hz} Hz, and resamples or refuses other rates."
            yield Note("other-rate", detail, "sample_rate", self._other_rates)
        if limits.one_speaker and speakers > 1:
            detail = f"The table of {limits.trainer} has no speakers: all {speakers} would be one voice."
            yield Note("several-speakers", detail, None, self._clips)
        if limits.needs_validation and not overview.is_split:
            yield Note("no-validation", f"{limits.trainer} does not start without a list for it.", "validation", 0)
        if limits.other_text_chars and self._other_texts < _FEWEST_OTHER_TEXTS:
            detail = f"{limits.trainer} needs two texts of {limits.other_text_chars} characters in OOD_texts.txt."
            yield Note("no-long-texts", detail, "merge", self._other_texts)


def check(form: Format, clips: Iterable[Clip], overview: Overview) -> Checked:
    """All of it at once, for clips that are at hand."""
    checking = Check(form)
    for clip in clips:
        checking.add(clip)
    return checking.finish(overview)


def _of_seconds(clip: Clip, limits: Limits) -> Iterator[Reason]:
    shown = f"{clip.seconds:.3f} s"
    if limits.min_seconds and clip.seconds < limits.min_seconds.value:
        yield _reason("too-short", shown, "below", limits.min_seconds, "s", "merge")
    if limits.max_seconds and clip.seconds > limits.max_seconds.value:
        # A clip of several cues was joined, and would be shorter with another bound; one of a single cue has to be cut.
        merged = len(clip.columns.get("cues") or ()) > 1
        yield _reason("too-long", shown, "above", limits.max_seconds, "s", "merge.max_seconds" if merged else "cues")


def _of_text(clip: Clip, limits: Limits) -> Iterator[Reason]:
    if not (limits.min_characters or limits.max_characters):
        return
    characters = len(for_pipes(clip.text))
    shown, merged = f"{characters} characters", len(clip.columns.get("cues") or ()) > 1
    if limits.min_characters and characters < limits.min_characters.value:
        yield _reason("too-few-characters", shown, "below", limits.min_characters, "characters", "merge")
    if limits.max_characters and characters > limits.max_characters.value:
        remedy = "merge.max_seconds" if merged else "cues"
        yield _reason("too-many-characters", shown, "above", limits.max_characters, "characters", remedy)


def _reason(code: str, shown: str, side: str, bound: Bound, unit: str, remedy: str) -> Reason:
    detail = f"{shown}: clips {side} {bound.value:g} {unit} {bound.effect}. Source: {bound.source}."
    return Reason(code, detail, remedy)


def _row(place: int, n: int, reason: Reason, overview: Overview) -> Row:
    dataset = overview.datasets[place]
    return Row(dataset.id, dataset.run, n, reason.code, reason.detail, reason.remedy)


def _hours(microseconds: int) -> float:
    return round(microseconds / 3_600_000_000, 4)
