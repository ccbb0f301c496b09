"""`python -m stack run`, `demo`, `status`, `token`, `dead-letters`, `compose-env`; `settings` reads the rest."""

import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from stack import compose_env, dead_letters, demo, issuing, run, settings, status
from stack.errors import StackError, StopAsked
from stack.progress import Progress
from stack.services import OURS, Programs
from stack.signals import StopRequests


def main(arguments: Sequence[str], env: Mapping[str, str], programs: Programs = OURS) -> int:
    """The exit code: 0, 1 after a problem, 2 for a wrong call, 130 when a demo was stopped."""
    say = Progress()
    with StopRequests() as stop_requests:
        try:
            match arguments:
                case ["run"]:
                    run.run(settings.load(env), programs, say, stop_requests)
                case ["demo"]:
                    return demo.demo(settings.load(env), programs, say, stop_requests)
                case ["status"]:
                    status.status(settings.load(env), say)
                case ["token"]:
                    issuing.run(settings.load(env), env)
                case ["dead-letters", *rest]:
                    return dead_letters.run(settings.load(env), rest, env)
                case ["compose-env"]:
                    compose_env.write(Path.cwd(), say)
                case _:
                    say.complain(
                        "usage: python -m stack run | demo | status | token | dead-letters list|replay | compose-env"
                    )
                    return 2
        except StopAsked:
            say("stopped")
            return 0 if arguments == ["run"] else 130
        except StackError as exc:
            say.complain(f"\nerror: {exc}" + (f"\nwhat to do: {exc.remedy}" if exc.remedy else ""))
            return 1
    return 0


def follow_parent() -> None:
    """A kill -9 of make must not leave us behind; then we stop in order. A shell may well end before us."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


if __name__ == "__main__":
    if os.environ.get("CUECUTTER_FOLLOWS") == "parent":
        follow_parent()
    sys.exit(main(sys.argv[1:], os.environ))
