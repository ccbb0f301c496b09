"""What every event and command says of itself, and hands on to what follows from it."""

from typing import TypedDict

from msgspec import Struct


class Identity(TypedDict):
    """The fields of `Identified`, to be passed on as keyword arguments."""

    dataset_id: str
    user_id: str
    correlation_id: str
    cause: str


class Identified(Struct, frozen=True, kw_only=True):
    """Whose dataset it is about, and what led to it.

    `correlation_id` is the id of the request that everything goes back to, `cause` that of the event or request that
    this one answers.
    """

    dataset_id: str
    user_id: str
    correlation_id: str
    cause: str

    def identity(self, *, cause: str | None = None) -> Identity:
        """The identity of what follows from this; `cause` is the id of this event, left out where this has none."""
        return Identity(
            dataset_id=self.dataset_id,
            user_id=self.user_id,
            correlation_id=self.correlation_id,
            cause=self.cause if cause is None else cause,
        )
