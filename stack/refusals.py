"""How often nats-server has refused each user, counted from its log: the server does not count them."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

_REFUSAL: Final = re.compile(rb'"[A-Z]+/user:(\w+)" - (?:Publish|Subscription) Violation - ')


def counted(log: Path) -> Counter[str]:
    """Refusals by user, since the log was begun; empty where there is none."""
    found: Counter[str] = Counter()
    if log.exists():
        with log.open("rb") as lines:
            found.update(user.decode() for line in lines for user in _REFUSAL.findall(line)[-1:])
    return found
