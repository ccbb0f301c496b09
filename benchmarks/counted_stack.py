"""`python -m stack run` whose services reach the store through the relay at RELAY_PORT."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from stack import __main__ as entry
from stack.services import OURS, Program, Programs


@dataclass(frozen=True)
class Counted(Program):
    def environment(self, everything: Mapping[str, str]) -> dict[str, str]:
        own = super().environment(everything)
        relay = {"AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{os.environ['RELAY_PORT']}"}
        return own | {name: value for name, value in relay.items() if name in own}


def counted(program: Program) -> Counted:
    return Counted(program.name, program.arguments, program.nats_user, program.needs)


if __name__ == "__main__":
    if os.environ.get("CUECUTTER_FOLLOWS") == "parent":
        entry.follow_parent()
    sys.exit(entry.main(sys.argv[1:], os.environ, Programs(counted(OURS.setup), tuple(map(counted, OURS.services)))))
