"""`python -m catalog` serves; `python -m catalog rebuild [--check]` makes the rows again from the stream."""

import argparse
import asyncio
import os
import sys

from catalog import app, rebuild
from catalog.settings import Settings
from runtime import settings as environment


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m catalog")
    commands = parser.add_subparsers(dest="command")
    rebuilding = commands.add_parser("rebuild", help="make the rows again from the stream, while the service runs")
    rebuilding.add_argument("--check", action="store_true", help="only compare; exit status 1 when rows differ")
    chosen = parser.parse_args(arguments)
    settings = environment.load(os.environ, Settings)
    if chosen.command == "rebuild":
        return asyncio.run(rebuild.main(settings, check=chosen.check))
    app.run(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
