"""The usual script against ours where the store is far away, as it is outside of one machine: each slice waits."""

from typing import Final

from benchmarks import table
from benchmarks.discarding import DELAY_VARIABLE, PORT_VARIABLE
from benchmarks.discarding_system import ARGUMENTS
from benchmarks.ours import user_of
from benchmarks.session import Session
from benchmarks.table import Figure
from benchmarks.usual import usual_script
from stack import ports
from stack.ports import HOST

DELAY_MS: Final = 50


async def run(session: Session) -> list[Figure]:
    recording, port = session.hour(), ports.choose()
    usual, ours = [], []
    env = {PORT_VARIABLE: str(port), DELAY_VARIABLE: str(DELAY_MS)}
    with session.stack("stack-far", ARGUMENTS, **env) as stack:
        async with user_of(stack) as user:
            dataset_id = await user.upload(recording)
            await user.processed(dataset_id)
            for _ in session.each_round():
                spent = await usual_script(user, dataset_id, recording, session.folder, store=f"http://{HOST}:{port}")
                usual.append(spent.seconds)
                ours.append(await user.processed(dataset_id))
    return [
        table.ratio(f"store {DELAY_MS} ms away: usual script ÷ ours", usual, ours),
        table.seconds(f"store {DELAY_MS} ms away: usual script", usual),
        table.seconds(f"store {DELAY_MS} ms away: ours", ours),
    ]
