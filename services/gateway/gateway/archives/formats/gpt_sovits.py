"""GPT-SoVITS's list. It splits at pipes, and a row that has not exactly four columns is lost."""

from typing import Final

import msgspec

from gateway.archives.formats.interface import Format
from gateway.archives.formats.pipe import Column, PipeFormat, Rules

RULES: Final = Rules(
    train="train.list",
    validation="val.list",  # GPT-SoVITS has no validation; this is kept away from it
    columns=(Column.PATH, Column.SPEAKER, Column.LANGUAGE, Column.TEXT),  # of the path only the base name counts
    header=None,
)

GPT_SOVITS: Final = PipeFormat("gpt-sovits", RULES)


def in_language(language: str) -> PipeFormat:
    """The same, with all clips in one `language`: `zh`, `ja`, `en`, `ko` or `yue`."""
    return msgspec.structs.replace(GPT_SOVITS, language=language)


def takes_language(form: Format) -> bool:
    """Whether a request may name the language of `form`: of all formats, this one's table alone has it."""
    return form.name == GPT_SOVITS.name
