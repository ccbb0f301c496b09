"""What an operation asks of the outside, one step after another; it does no I/O on the network itself.

An operation is a generator: it yields a step, and gets the step's result or its exception. A runner (`running`) does
the steps, blocking or with asyncio, so both clients share every operation.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
OnProgress: TypeAlias = Callable[[int, int], object]


class Body(Protocol):
    """What is sent piece by piece; it can be sent again from the beginning."""

    @property
    def size_bytes(self) -> int: ...

    def chunks(self) -> Iterator[bytes]: ...

    def told(self, done_bytes: int) -> None:
        """Told after each piece that was handed to the connection."""


class Sink(Protocol):
    """Where an answer goes piece by piece, if `begin` accepts it; else it is read whole, as a small one."""

    def headers(self) -> Mapping[str, str]:
        """Sent with each attempt: which part is still missing."""

    def begin(self, answer: "Answer") -> bool: ...

    def write(self, chunk: bytes) -> None: ...

    def told(self) -> None:
        """Told after each piece that was written; not in the thread that writes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Names of `headers` are in lower case. `body` is empty where it went into a sink."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Ask:
    """One call, repeated where that is safe (`retrying`). `path` begins with a slash, below the server's address, and
    may have a query; `call` is its path in the OpenAPI document, given where old servers lack it.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | Body | None = None
    sink: Sink | None = None
    is_slow: bool = False  # much is done before the answer begins
    call: str = ""


@dataclass(frozen=True, slots=True)
class Once:
    """The same call, without repeating it."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class Work:
    """What blocks on the disk or computes for long: with asyncio it runs in a thread."""

    do: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Tell:
    """A callback of the caller, called where the caller's code runs."""

    do: Callable[[], Any]


Step: TypeAlias = Ask | Once | Pause | Work | Tell
Operation: TypeAlias = Generator[Step, Any, T]


@dataclass(frozen=True, slots=True)
class Page:
    """Values of one page, and the path of the next; None after the last."""

    values: Sequence[Any]
    next: str | None
