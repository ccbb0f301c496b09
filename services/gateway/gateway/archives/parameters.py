"""What the query of an archive may be: rules for each parameter, and the wish that its values make. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from litestar.datastructures import MultiDict
from msgspec import Struct

from contracts.flags import Flag
from gateway.archives.formats import FORMATS, Format
from gateway.archives.formats.gpt_sovits import GPT_SOVITS, in_language, takes_language
from gateway.archives.order import VERSION_CHARS
from gateway.archives.split import MAX_SHARE
from gateway.domain.reference import reference_of
from gateway.errors import FieldError, InvalidRequest
from gateway.http.query import Rule

MAX_DATASETS: Final = 150
MAX_NAME_CHARS: Final = 100
LANGUAGES: Final = ("zh", "ja", "en", "ko", "yue")  # the ones that GPT-SoVITS knows
_FLAGS: Final = frozenset(Flag)
_VERSION: Final = re.compile(f"[0-9a-f]{{{VERSION_CHARS}}}")
_SHARE: Final = re.compile(r"0(\.[0-9]{1,8})?")


class Wish(Struct, frozen=True, kw_only=True):
    """What a client asks of an archive besides its datasets. `name` None: the datasets' own names decide."""

    form: Format
    language: str | None
    validation: float
    skip: frozenset[str]
    name: str | None


def is_share(text: str) -> bool:
    """A decimal number from 0 to 0.5 as JSON has them, which is what the framework reads, without exponent."""
    return _SHARE.fullmatch(text) is not None and float(text) <= MAX_SHARE


def are_flags(text: str) -> bool:
    return _FLAGS.issuperset(text.split(","))


RULES: Final[Mapping[str, Rule]] = {
    "format": Rule(f"one of {', '.join(FORMATS)}, such as format=piper", FORMATS.__contains__, least=1),
    "validation": Rule(f"a share of the clips, from 0 to {MAX_SHARE}, such as validation=0.05", is_share),
    "skip": Rule(f"flags separated by commas, of {', '.join(Flag)}, such as skip=too-fast,clipped", are_flags),
    "name": Rule(
        f"1 to {MAX_NAME_CHARS} characters, such as name=my-voice", lambda text: 0 < len(text) <= MAX_NAME_CHARS
    ),
    "language": Rule(f"one of {', '.join(LANGUAGES)}, such as language=en", LANGUAGES.__contains__),
    "version": Rule(
        "as the address that a call without runs is sent to has it; leave it out otherwise",
        lambda text: _VERSION.fullmatch(text) is not None,
    ),
}
RULES_WITH_DATASETS: Final[Mapping[str, Rule]] = {
    "dataset": Rule(
        "a dataset's id, or <id>@<run>", lambda text: reference_of(text) is not None, least=1, most=MAX_DATASETS
    ),
    **RULES,
}


def wish_of(query: MultiDict[Any]) -> Wish:
    """`query` keeps the rules.

    Raises: InvalidRequest where its values don't go together.
    """
    form, language = FORMATS[query["format"]], query.get("language")
    if language is not None and not takes_language(form):
        detail = f"Only the table of {GPT_SOVITS.name} names a language; leave it out."
        raise InvalidRequest(FieldError("language", "invalid", detail))
    return Wish(
        form=form if language is None else in_language(language),
        language=language,
        validation=float(query.get("validation", "0")),
        skip=frozenset(filter(None, query.get("skip", "").split(","))),
        name=query.get("name"),
    )


def canonical(query: MultiDict[Any]) -> dict[str, str]:
    """The parameters besides the datasets, in one order."""
    return {name: query[name] for name in RULES if name in query}
