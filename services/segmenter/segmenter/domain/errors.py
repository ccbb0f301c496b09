"""What can be wrong with a recording. Each error has a stable code, says what was found, and what its owner can do."""

from typing import ClassVar


class AudioError(Exception):
    """The recording cannot be cut. `str()` says what was found; `code` and `remedy` are public and stable."""

    code: ClassVar[str]
    remedy: ClassVar[str]


class NotAudio(AudioError):
    """No audio format is recognised in the bytes."""

    code = "not-audio"
    remedy = "Upload an audio file: WAV, FLAC, MP3, M4A, Ogg, Opus, WebM, AIFF or another common format."


class NoAudio(AudioError):
    """The file is readable and holds not one sample."""

    code = "no-audio"
    remedy = "Upload a file with sound in it; this one was probably saved before anything was recorded."


class TruncatedHeader(AudioError):
    """The file ends before its audio begins."""

    code = "truncated-header"
    remedy = "Upload the whole file again; it was probably cut off while it was copied."


class DamagedAudio(AudioError):
    """The file begins as a recording, and nothing of what follows can be read."""

    code = "damaged-audio"
    remedy = (
        "Upload the recording again from where it is whole. If it plays elsewhere, code it again with"
        " `ffmpeg -err_detect ignore_err -i recording -vn recording.flac` and upload that."
    )


class UnsupportedAudio(AudioError):
    """The audio is there, in a form that is not read."""

    code = "unsupported-audio"
    remedy = (
        "Convert the recording to WAV or FLAC, with one sample rate throughout, as with"
        " `ffmpeg -i recording -vn -ar 48000 recording.flac`, and upload that."
    )


class NoSuchTrack(AudioError):
    """The option `track` names an audio track that the file does not have."""

    code = "no-such-track"
    remedy = "Process the dataset again with a `track` that is there, or without one."


class NoSuchChannel(AudioError):
    """The option `channel` names a channel that the audio does not have."""

    code = "no-such-channel"
    remedy = "Process the dataset again with a `channel` that is there, or with `mix`."


class AudioEndsEarly(AudioError):
    """The audio stops being readable before the end the file states."""

    code = "audio-ends-early"
    remedy = (
        "Upload the whole recording again; the file is probably damaged or was cut off while it was copied. If no"
        " whole one is left, `ffmpeg -i recording -vn -af aresample=async=1 recording.flac` puts silence into holes."
    )

    def __init__(
        self, seconds: float, stated_seconds: float | None = None, continues: str = "the file goes on"
    ) -> None:
        """Without `stated_seconds`, `continues` says what lasts longer: the file, after unreadable audio, or a cue."""
        expected = continues if stated_seconds is None else f"{stated_seconds:.3f} s were expected"
        super().__init__(f"The audio breaks off at {seconds:.3f} s; {expected}.")
        self.seconds = seconds
        self.stated_seconds = stated_seconds


class SegmentTooLong(AudioError):
    """A slice would not fit into a WAV file, whose sizes are 32-bit."""

    code = "segment-too-long"
    remedy = "Split the cue, or upload an SRT transcript so that the audio is cut."


class AudioTooLong(AudioError):
    """The recording is longer than a decode can be expected to finish."""

    code = "too-long"
    remedy = (
        "Split the recording, or upload it as WAV, which is cut without decoding:"
        " `ffmpeg -i recording -vn -rf64 auto recording.wav` makes one."
    )


class DecoderCrashed(AudioError):
    """FFmpeg itself crashes on the bytes, as it will each time."""

    code = "decoder-crashed"
    remedy = (
        "Convert the recording to WAV or FLAC, as with `ffmpeg -i recording -vn recording.flac`, and upload that; the"
        " file is probably damaged."
    )
