"""The S3 client as we configure it: bodies checked, calls bounded in time, and nothing read but its settings.

Neither `~/.aws`, `AWS_PROFILE` nor the endpoint variables of the environment have an effect. Every request goes
through `Connection.call`, which gives it a deadline and our errors.
"""

import asyncio
import functools
import io
import ipaddress
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from objects.errors import ObjectMissing, StoreError
from objects.liveness import LivenessWatchdog
from objects.settings import S3Settings, Timeouts
from objects.translation import translated

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_POOL_CONNECTIONS = 32
_WHOLE_BYTES = 1024**2  # of a body that is sent at once; larger ones would hold up the event loop
_READ_OF_AN_OBJECT = frozenset({"Body", "ContentLength", "ContentRange"})  # what our callers of get_object use


@dataclass(frozen=True, slots=True)
class Connection:
    """An open client and the one bucket it works on."""

    client: "S3Client"
    bucket: str
    region: str
    timeouts: Timeouts
    watchdog: LivenessWatchdog

    @asynccontextmanager
    async def call(
        self, action: str, *, body_bytes: int = 0, missing: type[StoreError] = ObjectMissing
    ) -> AsyncIterator[None]:
        """Around one call that moves at most `body_bytes` bytes; a bare 404 raises `missing`.

        Raises: `StoreUnavailable` after the deadline of `Timeouts`, or when the store falls silent; otherwise
        what `translation` has for it.
        """
        with translated(action, missing):
            async with (
                asyncio.timeout(self.timeouts.deadline_seconds(body_bytes)) as clock,
                self.watchdog.watching(clock),
            ):
                yield


@asynccontextmanager
async def connect(settings: S3Settings, timeouts: Timeouts) -> AsyncIterator[Connection]:
    """Opens the client; nothing is sent before the first call."""
    async with _client(settings, timeouts) as client, _client(settings, timeouts) as probing:
        client.meta.events.register_last("before-call.s3", _as_sent)
        _read_no_more_than_is_used(client)
        watchdog = LivenessWatchdog(probing, settings.bucket, timeouts.silence_seconds)
        try:
            yield Connection(client, settings.bucket, settings.region, timeouts, watchdog)
        finally:
            await watchdog.close()


def _client(settings: S3Settings, timeouts: Timeouts) -> AbstractAsyncContextManager["S3Client"]:
    return _session().create_client(
        "s3",
        region_name=settings.region,
        endpoint_url=settings.endpoint_url,
        aws_access_key_id=settings.access_key_id,
        aws_secret_access_key=settings.secret_access_key,
        aws_session_token=settings.session_token,
        config=_client_config(settings, timeouts),
    )


@functools.cache
def _session() -> AioSession:
    # Holds no connection and no loop, but the description of S3, whose reading is most of the cost of a client.
    session = AioSession()
    # Past `session.set_config_variable`, which would take None for "look it up in the environment".
    variables = session.get_component("config_store")
    variables.set_config_variable("profile", None)
    variables.set_config_variable("config_file", os.devnull)
    return session


def _client_config(settings: S3Settings, timeouts: Timeouts) -> AioConfig:
    return AioConfig(
        signature_version="s3v4",
        # Otherwise a description of this machine is composed again for every request.
        user_agent="cuecutter",
        # Content-MD5, which is signed, holds the body together; signing the body itself would hash it once more.
        s3={"addressing_style": "path", "payload_signing_enabled": False},
        # Our Content-MD5 is the check. The client's own would compare a ranged answer with the checksum of
        # the whole object.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        ignore_configured_endpoint_urls=True,
        connect_timeout=timeouts.connect_seconds,
        read_timeout=timeouts.read_seconds,
        retries={"mode": "standard", "total_max_attempts": timeouts.attempts},
        max_pool_connections=_POOL_CONNECTIONS,
        proxies={} if _on_this_machine(settings.endpoint_url) else None,
        # `tcp_keepalive=True` has no effect here: aiobotocore drops socket options.
        connector_args={"socket_factory": keepalive_socket},
    )


def _as_sent(params: dict[str, Any], **_: object) -> None:
    # botocore adds "Expect: 100-continue" to every body. A store that refuses at once never sends that 100,
    # and aiohttp would wait for it indefinitely. (The return value must be None: another one is taken for the answer.)
    params["headers"].pop("Expect", None)
    # It also makes a file of every body, which aiohttp copies and sends in pieces of 64 KiB.
    body = params["body"]
    if isinstance(body, io.BytesIO) and body.getbuffer().nbytes <= _WHOLE_BYTES:
        params["body"] = body.getvalue()


def _read_no_more_than_is_used(client: "S3Client") -> None:
    # botocore looks for each of forty headers in every answer, and parses the object's date: a fifth of a GET's time.
    answer = client.meta.service_model.operation_model("GetObject").output_shape
    assert answer is not None
    for name in answer.members.keys() - _READ_OF_AN_OBJECT:
        del answer.members[name]


def _on_this_machine(endpoint_url: str | None) -> bool:
    # A proxy named in the environment cannot reach our loopback, and is rarely configured so.
    host = urlsplit(endpoint_url or "").hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def keepalive_socket(address: tuple[Any, ...]) -> socket.socket:
    """A socket for an entry of `getaddrinfo` that notices a vanished peer within half a minute, idle or sending."""
    family, kind, protocol = address[:3]
    created = socket.socket(family, kind, protocol)
    created.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    # The names differ between systems; where they are missing the system's own pace is used.
    options = (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", 25_000))
    for option, value in options:
        if hasattr(socket, option):
            created.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return created
