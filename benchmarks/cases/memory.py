"""Ten minutes against two hours, WAV and MP3, each in a system of its own, so that a peak is that recording's alone."""

from benchmarks import encodings, memory
from benchmarks.inputs import Recording
from benchmarks.ours import user_of
from benchmarks.session import Session
from benchmarks.table import Figure


async def run(session: Session) -> list[Figure]:
    recordings = _recordings(session)
    rounds = [[await _peaks(session, recording) for recording in recordings] for _ in session.each_round()]
    return [
        Figure(f"{_named(recording)}: peak memory of the {part}", "MiB", tuple(peaks), memory.AIMS[part])
        for part in memory.PARTS
        for n, recording in enumerate(recordings)
        if (peaks := [held[n][part] for held in rounds if part in held[n]])
    ]


def _recordings(session: Session) -> list[Recording]:
    wavs = [session.wav(session.hour_cues // 6), session.wav(session.hour_cues * 2)]
    session.say("encoding mp3")
    return [*wavs, *(encodings.encoded(recording, "mp3") for recording in wavs)]


async def _peaks(session: Session, recording: Recording) -> dict[str, float]:
    with session.stack() as stack:
        async with user_of(stack) as user:
            session.say(_named(recording))
            return await memory.peaks(user, recording)


def _named(recording: Recording) -> str:
    return f"{recording.seconds / 60:.3g} min of {recording.path.suffix[1:].upper()}"
