"""Which sound of a recording is cut, and on which time."""

from typing import Final, Self

from msgspec import Struct

from contracts.dataset import Channel, Options, Timeline
from segmenter.domain.errors import NoSuchChannel, NoSuchTrack

_NAMED: Final = {"left": 0, "right": 1}


class Selection(Struct, frozen=True, kw_only=True):
    """What `Options` say of it."""

    timeline: Timeline = "media"
    track: int | None = None
    channel: Channel = "mix"

    @classmethod
    def of(cls, options: Options) -> Self:
        return cls(timeline=options.timeline, track=options.track, channel=options.channel)

    def channel_of(self, channels: int) -> int | None:
        """The channel's number (0-based) among so many; None where it is the average of all.

        Raises: NoSuchChannel.
        """
        if self.channel == "mix":
            return None
        number = self.channel if isinstance(self.channel, int) else _NAMED[self.channel]
        if number >= channels:
            there = "one channel, number 0" if channels == 1 else f"{channels} channels, numbers 0 to {channels - 1}"
            raise NoSuchChannel(f"Channel {self.channel} was asked for; the audio has {there}.")
        return number

    def check_only_track(self) -> None:
        """For a form that has one. Raises: NoSuchTrack."""
        if self.track:
            raise NoSuchTrack(f"Track {self.track} was asked for; the file has one audio track, number 0.")


DEFAULT: Final = Selection()
