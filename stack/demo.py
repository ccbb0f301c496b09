"""`make demo`: the whole system on a temporary folder, and one recording through it, as a client sees it.

Exit code 0 means that every step of the story (`demo_story`) went as told. Nothing is left running, and nothing stored
but one slice to listen to.
"""

import asyncio
import tempfile
from collections.abc import Coroutine
from typing import Any, Final

import msgspec

from stack import assembly, demo_story
from stack.assembly import Stack
from stack.errors import DemoFailed
from stack.progress import Progress, tail
from stack.services import Programs
from stack.settings import Settings
from stack.signals import StopRequests

_DEADLINE_SECONDS: Final = 120.0


def demo(settings: Settings, programs: Programs, say: Progress, stop_requests: StopRequests) -> int:
    """The exit code. `data` and `port` of the settings do not matter.

    Raises: StackError when the system cannot start, StopAsked.
    """
    with tempfile.TemporaryDirectory(prefix="cuecutter-demo-", ignore_cleanup_errors=True) as folder:
        say(f"starting in {folder}, which is removed at the end")
        chosen = msgspec.structs.replace(settings, data=folder, port=None)
        with assembly.running(chosen, programs, say, stop_requests) as stack:
            say(f"everything answers; the REST API is {stack.env['GATEWAY_URL']}")
            try:
                asyncio.run(_while_supervising(stack, demo_story.tell(stack.env, say), stop_requests))
            except DemoFailed as exc:
                say.plain(f"\nthe demo failed: {exc}\n\n{_all_tails(stack)}")
                return 1
            finally:
                say("stopping")
    return 0


async def _while_supervising(stack: Stack, story: Coroutine[Any, Any, None], stop_requests: StopRequests) -> None:
    """Children are watched by this very thread, since they die with the thread that started them."""
    task = asyncio.create_task(story)
    deadline = asyncio.get_running_loop().time() + _DEADLINE_SECONDS
    try:
        while not task.done():
            stop_requests.check()
            stack.supervisor.tick()
            if asyncio.get_running_loop().time() > deadline:
                raise DemoFailed(f"no result within {_DEADLINE_SECONDS:.0f} s")
            await asyncio.wait([task], timeout=0.1)
        task.result()
    finally:
        task.cancel()


def _all_tails(stack: Stack) -> str:
    return "\n\n".join(f"{log.name}\n{tail(log)}" for log in stack.supervisor.logs_of_all())
