"""The NATS server's configuration: durable settings, two accounts, and one user per service with the least it needs.

What happens in one account is not heard in the other. Three literal subjects cross from the services to the observers,
for the mirror's own consumer; the other way crosses the observers' JetStream API, for `topology` and `purger`.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from bus.rights import OBSERVERS, OBSERVERS_API, SERVICES, SERVICES_API
from contracts import subjects

USERS: Final = (*SERVICES, *OBSERVERS)
# Folders of these names hold the accounts' streams in the server's store.
SERVICES_ACCOUNT: Final = "SERVICES"
OBSERVERS_ACCOUNT: Final = "OBSERVERS"
# An observer that makes durables and leaves them costs the server memory; it may not do so without end.
MAX_OBSERVERS_CONSUMERS: Final = 200

_RESET = f"CONSUMER.RESET.{subjects.STREAM}.{subjects.DURABLE_MIRROR}"
_FLOW = f"$JS.FC.{subjects.STREAM}.{subjects.DURABLE_MIRROR}.*"


def inbox_prefix(user: str) -> str:
    """Replies to one service are not readable by another; people and other systems use NATS' own prefix."""
    return f"_INBOX_{user}" if user in SERVICES else "_INBOX"


def server_config(
    *, port: int, store_dir: str, passwords: Mapping[str, str], http_port: int | None = None, host: str = "127.0.0.1"
) -> str:
    """The text of a nats-server configuration file. It holds the passwords: keep it readable by its owner only.

    Raises: KeyError for a user of USERS without a password.
    """
    config: dict[str, Any] = {
        "host": host,
        "port": port,
        "server_name": "cuecutter",
        "max_payload": 1_048_576,
        # A message that was acknowledged is on the disk: an hour-long job must survive a power cut.
        "jetstream": {"store_dir": store_dir, "sync_interval": "always"},
        "accounts": _accounts(passwords),
    }
    if http_port is not None:
        config["http"] = f"{host}:{http_port}"
    # nats-server reads JSON as it reads its own format.
    return json.dumps(config, indent=2) + "\n"


def container_config() -> str:
    """The configuration for a container, whose passwords are variables of its environment, NATS_PASSWORD_<USER>."""
    passwords = {user: f"$NATS_PASSWORD_{user.upper()}" for user in USERS}
    text = server_config(port=4222, store_dir="/data", passwords=passwords, http_port=8222, host="0.0.0.0")  # noqa: S104
    # Within quotes nats-server would take the name for the password.
    return re.sub(r'"(\$NATS_PASSWORD_[A-Z]+)"', r"\1", text)


def _accounts(passwords: Mapping[str, str]) -> dict[str, Any]:
    observers, services = [OBSERVERS_ACCOUNT], [SERVICES_ACCOUNT]
    return {
        SERVICES_ACCOUNT: {
            "jetstream": "enabled",
            "users": _users(SERVICES, passwords),
            "exports": [
                {"service": f"$JS.API.{_RESET}", "accounts": observers},
                {"service": _FLOW, "accounts": observers},
                {"stream": subjects.MIRROR_DELIVERY, "accounts": observers},
            ],
            "imports": [
                {"service": {"account": OBSERVERS_ACCOUNT, "subject": "$JS.API.>"}, "to": f"{OBSERVERS_API}.>"}
            ],
        },
        OBSERVERS_ACCOUNT: {
            "jetstream": {"max_consumers": MAX_OBSERVERS_CONSUMERS},
            "users": _users(OBSERVERS, passwords),
            "exports": [{"service": "$JS.API.>", "accounts": services}],
            "imports": [
                {
                    "service": {"account": SERVICES_ACCOUNT, "subject": f"$JS.API.{_RESET}"},
                    "to": f"{SERVICES_API}.{_RESET}",
                },
                {"service": {"account": SERVICES_ACCOUNT, "subject": _FLOW}},
                {"stream": {"account": SERVICES_ACCOUNT, "subject": subjects.MIRROR_DELIVERY}},
            ],
        },
    }


def _users(rights: Mapping[str, dict[str, Any]], passwords: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"user": user, "password": passwords[user], "permissions": may} for user, may in rights.items()]


if __name__ == "__main__":
    print(container_config(), end="")
