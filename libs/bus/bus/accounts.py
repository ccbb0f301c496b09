"""The NATS server's configuration: durable settings and one user per service, each with the least it needs.

Services may not create or change streams and durables; only `topology` may. A permission that is missing shows as a
timeout in the client, so every new subject gets its line here.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from contracts import subjects

_S = subjects.STREAM
_READ = [f"$JS.API.STREAM.MSG.GET.{_S}", f"$JS.API.STREAM.INFO.{_S}"]
_ARE_THERE = [f"$JS.API.STREAM.INFO.{name}" for name in (subjects.DEAD_STREAM, subjects.TRIES_STREAM)]
_READ_TRIES = f"$JS.API.STREAM.MSG.GET.{subjects.TRIES_STREAM}"
_DURABLES = (subjects.DURABLE_PLAN, subjects.DURABLE_SPAN, subjects.DURABLE_PURGE, subjects.DURABLE_DONE)
# A reader of its own position makes ephemeral consumers, whose names the client draws.
_EPHEMERAL = [
    f"$JS.API.CONSUMER.CREATE.{_S}",
    f"$JS.API.CONSUMER.CREATE.{_S}.>",
    f"$JS.API.CONSUMER.INFO.{_S}.*",
    f"$JS.API.CONSUMER.DELETE.{_S}.*",
    f"$JS.API.CONSUMER.MSG.NEXT.{_S}.*",
    f"$JS.ACK.{_S}.>",
    f"$JS.ACK.*.*.{_S}.>",
    "$JS.FC.>",
]


def _durable(name: str) -> list[str]:
    # Ack subjects have a second, longer form that the server can be set to.
    return [
        f"$JS.API.CONSUMER.INFO.{_S}.{name}",
        f"$JS.API.CONSUMER.MSG.NEXT.{_S}.{name}",
        f"$JS.ACK.{_S}.{name}.>",
        f"$JS.ACK.*.*.{_S}.{name}.>",
        subjects.tries(name, "*"),
    ]


def _hands_off() -> list[str]:
    """What a maker of ephemeral consumers must not touch: the workers' durables."""
    return [
        subject
        for name in _DURABLES
        for subject in (
            f"$JS.API.CONSUMER.CREATE.{_S}.{name}",
            f"$JS.API.CONSUMER.CREATE.{_S}.{name}.>",
            f"$JS.API.CONSUMER.DELETE.{_S}.{name}",
            *_durable(name)[1:],
        )
    ]


_LIFE = subjects.ALL_LIVES
_PERMISSIONS: Final[Mapping[str, dict[str, Any]]] = {
    "topology": {"publish": ">", "subscribe": ">"},
    "gateway": {
        "publish": [_LIFE, subjects.CATALOG_GET, subjects.CATALOG_LIST, *_READ],
        "subscribe": ["_INBOX_gateway.>"],
    },
    "segmenter": {
        "publish": [
            _LIFE,
            "tts.dataset.*.root",
            "tts.dataset.*.run.>",
            subjects.dead("segmenter"),
            *_ARE_THERE,
            _READ_TRIES,
            # A deleted dataset's texts go from the stream and from the letters.
            f"$JS.API.STREAM.PURGE.{_S}",
            f"$JS.API.STREAM.MSG.GET.{subjects.DEAD_STREAM}",
            f"$JS.API.STREAM.MSG.DELETE.{subjects.DEAD_STREAM}",
            *_READ,
            *_durable(subjects.DURABLE_PLAN),
            *_durable(subjects.DURABLE_SPAN),
            *_durable(subjects.DURABLE_PURGE),
        ],
        "subscribe": ["_INBOX_segmenter.>"],
    },
    "manifest": {
        "publish": [
            _LIFE,
            subjects.dead("manifest"),
            *_ARE_THERE,
            _READ_TRIES,
            subjects.CATALOG_LIST,
            *_READ,
            *_durable(subjects.DURABLE_DONE),
        ],
        "subscribe": ["_INBOX_manifest.>"],
    },
    "catalog": {
        "publish": {"allow": [*_READ, *_EPHEMERAL], "deny": _hands_off()},
        "subscribe": ["_INBOX_catalog.>", subjects.CATALOG_GET, subjects.CATALOG_LIST],
        "allow_responses": {"max": 1, "expires": "30s"},
    },
    # For people and other systems: reads everything, makes ephemeral consumers, writes nothing.
    "observer": {
        "publish": {
            "allow": [
                "$JS.API.INFO",
                "$JS.API.STREAM.NAMES",
                "$JS.API.STREAM.LIST",
                "$JS.API.STREAM.INFO.*",
                "$JS.API.STREAM.MSG.GET.*",
                "$JS.API.DIRECT.GET.>",
                "$JS.API.CONSUMER.NAMES.*",
                "$JS.API.CONSUMER.LIST.*",
                "$JS.API.CONSUMER.INFO.*.*",
                f"$JS.API.CONSUMER.CREATE.{subjects.DEAD_STREAM}.>",
                f"$JS.API.CONSUMER.MSG.NEXT.{subjects.DEAD_STREAM}.*",
                *_EPHEMERAL,
            ],
            "deny": _hands_off(),
        },
        "subscribe": ["tts.>", "_INBOX.>", "$JS.EVENT.ADVISORY.>"],
    },
}

USERS: Final = tuple(_PERMISSIONS)


def inbox_prefix(user: str) -> str:
    """Replies to one service are not readable by another; people and other systems use NATS' own prefix."""
    return f"_INBOX_{user}" if user in USERS and user != "observer" else "_INBOX"


def server_config(
    *, port: int, store_dir: str, passwords: Mapping[str, str], http_port: int | None = None, host: str = "127.0.0.1"
) -> str:
    """The text of a nats-server configuration file. It holds the passwords: keep it readable by its owner only.

    Raises: KeyError for a user of USERS without a password.
    """
    users = [
        {"user": user, "password": passwords[user], "permissions": rights} for user, rights in _PERMISSIONS.items()
    ]
    config: dict[str, Any] = {
        "host": host,
        "port": port,
        "server_name": "cuecutter",
        "max_payload": 1_048_576,
        # A message that was acknowledged is on the disk: an hour-long job must survive a power cut.
        "jetstream": {"store_dir": store_dir, "sync_interval": "always"},
        "authorization": {"users": users},
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


if __name__ == "__main__":
    print(container_config(), end="")
