"""The identity that every event and command carries, and passes on to what follows from it."""

from typing import TypedDict

from msgspec import Struct


class Identity(TypedDict):
    """The fields of `Identified`, to be passed on as keyword arguments."""

    dataset_id: str
    user_id: str
    correlation_id: str
    cause: str


class Identified(Struct, frozen=True, kw_only=True):
    """The dataset and its user, and what led to the event or command.

    `correlation_id` is the id of the request that everything began with, `cause` that of the event or request that
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
