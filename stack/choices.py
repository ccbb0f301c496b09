"""The variables that a person gives to `make`, read from the environment; what can't be used is refused by name.

Every message names the variable as it is written to make, what is allowed, and an example.
"""

import re
from collections.abc import Mapping
from typing import Final

from stack.errors import BadSetting

_WHOLE: Final = re.compile(r"[0-9]{1,12}")
_DECIMAL: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


def whole(env: Mapping[str, str], name: str, lowest: int, highest: int, *, example: int) -> int | None:
    """None for what is absent; empty counts as absent, since make exports variables that were not set.

    Raises: BadSetting.
    """
    text = env.get(name)
    if not text:
        return None
    if not _WHOLE.fullmatch(text) or not lowest <= int(text) <= highest:
        raise unusable(name, text, f"a whole number from {lowest} to {highest}", str(example))
    return int(text)


def decimal(env: Mapping[str, str], name: str, lowest: float, highest: float, *, example: str) -> float | None:
    """As `whole`, with an optional fraction."""
    text = env.get(name)
    if not text:
        return None
    if not _DECIMAL.fullmatch(text) or not lowest <= float(text) <= highest:
        raise unusable(name, text, f"a number from {lowest:g} to {highest:g}", example)
    return float(text)


def unusable(name: str, text: str, allowed: str, example: str, *, but: str = "") -> BadSetting:
    """`but` gives the reason, where the allowed values do not."""
    reason = f"{but}; " if but else ""
    return BadSetting(f"{name}={text!r} cannot be used: {reason}it must be {allowed}, for example {name}={example}")
