"""`make run`: the system, left running until it is stopped."""

import shlex
from pathlib import Path
from typing import Final

from stack import assembly, environment, tokens
from stack.assembly import Stack
from stack.progress import Progress
from stack.refusals import RefusalMetric
from stack.services import Programs
from stack.settings import Settings
from stack.signals import StopRequests

SAMPLE: Final = Path(__file__).parent.parent / "sample"


def run(settings: Settings, programs: Programs, say: Progress, stop_requests: StopRequests) -> None:
    """Returns after a request to stop.

    Raises: StackError.
    """
    say(f"starting in {settings.folder}")
    with assembly.running(settings, programs, say, stop_requests) as stack:
        say.plain(welcome(stack, say.seconds()))
        refused = RefusalMetric(settings.folder)
        while not stop_requests.count:
            stack.supervisor.tick()
            refused.update()
            stop_requests.pause(0.1)
        say("stopping: services first, then servers")
    say("stopped; everything is kept")


def welcome(stack: Stack, seconds: float) -> str:
    """What there is now and what to do with it; `seconds` is how long the start took."""
    url = stack.env["GATEWAY_URL"]
    token = stack.env["TOKEN"]
    credentials = f"-H 'Authorization: Bearer {token}'"
    return f"""
Cuecutter runs at {url} (ready after {seconds:.1f} s).

A token for the user "{tokens.USER}", good for {tokens.DAYS} days (others: make token USER=alice DAYS=30):

{token}

Upload the bundled sample and process it:

curl -sS {credentials} {_form()} {url}/tts/datasets

See what became of it:

curl -sS {credentials} {url}/tts/datasets

logs             {stack.folder / "logs"}
for clients      {stack.folder / environment.FILE}
for its operator {stack.folder / environment.ADMIN_FILE}
Ctrl-C stops everything; the next start on this folder continues with its data.
"""


def _form() -> str:
    fields = {"audio": f"@{SAMPLE / 'sample.flac'}", "transcript": f"@{SAMPLE / 'sample.srt'}"}
    fields |= {"name": "sample", "auto_process": "true"}
    return " ".join(f"-F {shlex.quote(f'{name}={value}')}" for name, value in fields.items())
