"""What every case works with: a folder for inputs and data, how many rounds, and systems to start."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import inputs, machine
from benchmarks.inputs import Recording
from tests.stacks import RunningStack, StackProcess, processes_of

BIGGEST_UPLOAD_BYTES = 4 << 30  # ten hours of audio are more than the gateway takes unless it is told otherwise


@dataclass(frozen=True)
class Session:
    """`quick` asks for short recordings and few rounds."""

    folder: Path
    rounds: int
    quick: bool

    @property
    def hour_cues(self) -> int:
        """Cues of what stands for an hour: an hour's, or those of five minutes."""
        return 60 if self.quick else 720

    def hour(self) -> Recording:
        return self.wav(self.hour_cues)

    def wav(self, cues: int) -> Recording:
        """44.1 kHz, five seconds a cue."""
        self.say(f"recording of {cues * inputs.CUE_MS / 60_000:g} minutes")
        return inputs.wav(self.folder / f"{cues}.wav", cues)

    def say(self, text: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)

    def each_round(self) -> Iterator[int]:
        for n in range(1, self.rounds + 1):
            self.say(f"round {n} of {self.rounds}")
            yield n

    @contextmanager
    def stack(
        self, name: str = "stack", arguments: tuple[str, ...] = ("-m", "stack", "run"), **env: str
    ) -> Iterator[RunningStack]:
        """A whole system on new data, stopped and removed at the end."""
        folder = self.folder / f"{name}-{os.getpid()}"
        self.say(f"starting a system ({name})")
        settings = {"MAX_AUDIO_BYTES": str(BIGGEST_UPLOAD_BYTES), **env}
        process = StackProcess(folder, settings, arguments)
        try:
            yield process.wait_running()
        finally:
            process.end()
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_name(f"{folder.name}.output").unlink(missing_ok=True)


def pids(stack: RunningStack, *words: str) -> tuple[int, ...]:
    """Processes of the system whose command line has one of `words`: a service's name, or a server's program."""
    return machine.pids_of(processes_of(stack.folder), lambda command: any(word in command for word in words))
