"""README.md of an archive for Hugging Face: what it was made of, and how to load it. Equal facts give equal bytes.

Names are what clients wrote. In the YAML part they are quoted as JSON; in Markdown all that could mark up is escaped.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gateway.archives.clip import DatasetFacts, Overview
from gateway.archives.split import TRAIN, VALIDATION

_MOST_NAMED: Final = 50
_MAX_NAME_CHARS: Final = 100
_SIZES: Final = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))

# Not printable to YAML, or a line end to it, or a mark that turns the direction of what follows.
_UNSAFE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff\U000e0000-\U000e007f]"
)
_MARKUP: Final = re.compile(r"([!#$&()*+./:<=>?@\[\\\]^_`{|}~])")


def card(overview: Overview) -> bytes:
    """The whole file, UTF-8."""
    return ("\n".join([*_front_matter(overview), *_body(overview)]) + "\n").encode()


def yaml_text(text: str) -> str:
    """`text` as a scalar of YAML: a string of JSON in which every character is one that YAML may hold."""
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: _escaped(found[0]), quoted)


def markdown_text(text: str) -> str:
    """`text`, cut at 100 characters, on one line of Markdown in which nothing is markup, a link or HTML."""
    plain = " ".join(_UNSAFE.sub(" ", text).split())
    if len(plain) > _MAX_NAME_CHARS:
        plain = plain[: _MAX_NAME_CHARS - 1] + "…"
    return _MARKUP.sub(r"\\\1", plain)


def _front_matter(overview: Overview) -> Iterator[str]:
    yield "---"
    yield f"pretty_name: {yaml_text(_title(overview))}"
    yield "task_categories:"
    yield "- text-to-speech"
    yield "size_categories:"
    yield f"- {_size(overview.clips)}"
    yield "configs:"
    yield "- config_name: default"
    yield "  data_files:"
    for part in (TRAIN, VALIDATION) if overview.is_split else (TRAIN,):
        yield f"  - split: {part}"
        yield f"    path: {part}/**"
    yield "---"


def _body(overview: Overview) -> Iterator[str]:
    yield ""
    yield f"# {markdown_text(_title(overview))}"
    yield ""
    yield "Clips of recordings with what is said in them. Load it with `datasets.load_dataset` and the folder's path."
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| clips | {overview.clips} ({overview.validation_clips if overview.is_split else 0} for validation) |"
    yield f"| hours | {overview.seconds / 3600:.4f} |"
    yield f"| sample rates | {', '.join(f'{rate} Hz' for rate in overview.rates_hz) or 'none'} |"
    yield f"| speakers | {_speakers(overview)} |"
    yield f"| flags | {_counts(overview.flags)} |"
    yield f"| left out by flag | {_counts(overview.left_out)} |"
    yield ""
    yield "## Sources"
    yield ""
    yield "| dataset | id | run | segments | sha256 of the recording | of the transcript | of the rows | options |"
    yield "|---|---|---|---|---|---|---|---|"
    yield from map(_source, overview.datasets)


def _title(overview: Overview) -> str:
    """The dataset's own name where it is the only one."""
    named = overview.datasets[0].name if len(overview.datasets) == 1 else ""
    return named.strip() or overview.name


def _source(dataset: DatasetFacts) -> str:
    hashes = (dataset.audio_sha256, dataset.transcript_sha256, dataset.manifest_sha256)
    cells = (
        markdown_text(dataset.name),
        markdown_text(dataset.id),
        str(dataset.run),
        str(dataset.segment_count),
        *(f"`{digest}`" if digest else "–" for digest in hashes),
        _options(dataset.options),
    )
    return f"| {' | '.join(cells)} |"


def _options(options: Mapping[str, Any]) -> str:
    return (
        ", ".join(f"{markdown_text(name)} {markdown_text(json.dumps(options[name]))}" for name in sorted(options))
        or "–"
    )


def _speakers(overview: Overview) -> str:
    named = [markdown_text(name) for name in overview.speakers[:_MOST_NAMED]]
    more = len(overview.speakers) - _MOST_NAMED
    parts = [*named, *([f"{more} more"] if more > 0 else [])]
    unnamed = [f"{overview.unnamed} clips name none"] if overview.unnamed else []
    return "; ".join(filter(None, [", ".join(parts), *unnamed])) or "none"


def _counts(counts: Mapping[str, int]) -> str:
    """The most frequent first."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{markdown_text(code)} {count}" for code, count in ranked) or "none"


def _size(clips: int) -> str:
    return next((name for limit, name in _SIZES if clips < limit), "n>1M")


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"
