"""Which user may say and hear what. A right that is missing shows as a timeout in the client.

Only `topology` creates or changes streams and consumers. A consumer's maker chooses where its messages are pushed to,
so a service with that right could speak to every other one; reading a consumer that is declared needs none of it.
"""

from collections.abc import Mapping
from typing import Any, Final

from contracts import subjects

# The JetStream API of the observers' account, as users of the services' account call it.
OBSERVERS_API: Final = "JS.OBSERVERS"
# And the other way round, for the mirror's own consumer alone.
SERVICES_API: Final = "JS.SERVICES"

_S = subjects.STREAM
_DEAD = subjects.DEAD_STREAM
_READ = [f"$JS.API.STREAM.MSG.GET.{_S}", f"$JS.API.STREAM.INFO.{_S}"]
_ARE_THERE = [f"$JS.API.STREAM.INFO.{name}" for name in (_DEAD, subjects.TRIES_STREAM)]
_READ_TRIES = f"$JS.API.STREAM.MSG.GET.{subjects.TRIES_STREAM}"
_LIFE = subjects.ALL_LIVES


def _durable(name: str) -> list[str]:
    # Ack subjects have a second, longer form that the server can be set to.
    return [
        f"$JS.API.CONSUMER.INFO.{_S}.{name}",
        f"$JS.API.CONSUMER.MSG.NEXT.{_S}.{name}",
        f"$JS.ACK.{_S}.{name}.>",
        f"$JS.ACK.*.*.{_S}.{name}.>",
        subjects.tries(name, "*"),
    ]


def _from_any_position(name: str) -> list[str]:
    return [f"$JS.API.CONSUMER.{verb}.{_S}.{name}" for verb in ("INFO", "RESET", "MSG.NEXT")]


SERVICES: Final[Mapping[str, dict[str, Any]]] = {
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
        "publish": [
            *_READ,
            *_from_any_position(subjects.DURABLE_PROJECT),
            *_from_any_position(subjects.DURABLE_REBUILD),
        ],
        "subscribe": ["_INBOX_catalog.>", subjects.CATALOG_GET, subjects.CATALOG_LIST],
        "allow_responses": {"max": 1, "expires": "30s"},
    },
    # A deleted dataset's texts go from the stream, from its mirror and from the dead letters, by this user alone.
    "purger": {
        "publish": [
            f"$JS.API.STREAM.PURGE.{_S}",
            f"{OBSERVERS_API}.STREAM.PURGE.{_S}",
            f"{OBSERVERS_API}.STREAM.INFO.{_S}",
            f"$JS.API.STREAM.MSG.GET.{_DEAD}",
            f"$JS.API.STREAM.MSG.DELETE.{_DEAD}",
        ],
        "subscribe": ["_INBOX_purger.>"],
    },
}

# For people and other systems: reads everything in the mirror, with consumers of its own making.
OBSERVERS: Final[Mapping[str, dict[str, Any]]] = {
    "observer": {
        "publish": {
            "allow": [
                "$JS.API.INFO",
                "$JS.API.STREAM.NAMES",
                "$JS.API.STREAM.LIST",
                f"$JS.API.STREAM.INFO.{_S}",
                f"$JS.API.STREAM.MSG.GET.{_S}",
                f"$JS.API.CONSUMER.CREATE.{_S}",
                f"$JS.API.CONSUMER.CREATE.{_S}.>",
                f"$JS.API.CONSUMER.DURABLE.CREATE.{_S}.*",
                f"$JS.API.CONSUMER.NAMES.{_S}",
                f"$JS.API.CONSUMER.LIST.{_S}",
                *(f"$JS.API.CONSUMER.{verb}.{_S}.*" for verb in ("INFO", "DELETE", "PAUSE", "RESET", "MSG.NEXT")),
                f"$JS.ACK.{_S}.>",
                f"$JS.ACK.*.*.{_S}.>",
                "$JS.FC.>",
            ],
            # These go over to the services' account.
            "deny": [f"$JS.FC.{_S}.{subjects.DURABLE_MIRROR}.>", f"{SERVICES_API}.>"],
        },
        "subscribe": ["_INBOX.>", "$JS.EVENT.ADVISORY.>"],
    },
}
