"""`python -m migrations`: schema, streams and durables, bucket; one line for each, and what to do next."""

import asyncio
import os
import sys
from collections.abc import Mapping

from migrations import steps
from migrations.settings import Settings
from runtime import settings as environment


def main(env: Mapping[str, str]) -> int:
    """The exit status: 0 when all is there, 1 when something is in the way.

    Raises: SystemExit (status 2) for settings that are missing or malformed.
    """
    settings = environment.load(env, Settings)
    try:
        _print(steps.postgres(settings.database_url))
        _print(asyncio.run(steps.nats(settings.nats_url, settings.stream_replicas)))
        _print(asyncio.run(steps.bucket(settings.s3())))
    except steps.StepFailed as exc:
        print(f"migrations: {exc}", file=sys.stderr)
        return 1
    print("next: start the services")
    return 0


def _print(lines: list[str]) -> None:
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(os.environ))
