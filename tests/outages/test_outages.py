"""A server is away for a while: who asks is told in time, workers wait quietly, and everything goes on by itself.

OUTAGE_SECONDS=60 (`make outages`) makes them long, and tries every way of being away; otherwise servers only hang,
which is the worst of them.
"""

import asyncio
from time import monotonic

import pytest

from tests.outages.calls import Answer, Caller, Prepared, answer
from tests.outages.system import System, outage_seconds

SECONDS = outage_seconds()
WAYS = ["killed", "frozen", "full"] if SECONDS >= 10 else ["frozen"]
REQUEST_SECONDS = 5.0
BACK_SECONDS = 60.0  # the longest pause between two tries is half a minute
QUIET_PERCENT = 5.0

STORAGE, CATALOG, BUS = "storage-unavailable", "catalog-unavailable", "bus-unavailable"

# What is not named here goes on as ever.
REFUSED = {
    "s3": {"upload": STORAGE, "large upload": STORAGE},
    "postgres": {"list": CATALOG},
    "nats": dict.fromkeys(("upload", "large upload", "get", "list", "process", "cancel", "delete"), BUS),
}
GOES_ON = {"upload": 201, "large upload": 201, "get": 200, "list": 200, "process": 202, "cancel": 202, "delete": 204}
# Which word of /readyz names what is away, by service; the others stay ready.
NAMED = {
    "s3": {"gateway": "storage", "segmenter": "s3", "manifest": "s3"},
    "postgres": {"gateway": "catalog", "catalog": "database"},
    "nats": dict.fromkeys(("gateway", "segmenter", "manifest", "catalog"), "nats"),
}


def expected(server: str, how: str) -> dict[str, tuple[int, str]]:
    answers = {call: (status, "") for call, status in GOES_ON.items()}
    answers |= {call: (503, code) for call, code in REFUSED[server].items()}
    if server == "nats" and how == "frozen":
        answers["list"] = (503, CATALOG)  # the line looks well, so it is the catalog that does not answer
    if server == "nats" and how == "full":
        answers |= {"get": (200, ""), "list": (200, ""), "cancel": (409, "not-processing")}  # nothing was begun
    return answers


@pytest.mark.alone
@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("server", ["s3", "postgres", "nats"])
async def test_an_outage_is_told_waited_for_and_survived(
    system: System, server: str, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    caller = Caller(system.url("gateway"), system.token(f"{server}-{how}"))
    prepared = await Prepared.by(caller)
    with system.away(server, how):
        begun = monotonic()
        answers = await prepared.tried(caller)
        readiness = await looked_at(system)
        busy = await cpu_percent(system, max(SECONDS - (monotonic() - begun), 2.0))
    back = await asyncio.to_thread(system.wait_ready, BACK_SECONDS)
    statuses = await after(caller, prepared, answers)
    with capsys.disabled():
        told = ", ".join(f"{call} {answered}" for call, answered in answers.items())
        cpu = ", ".join(f"{name} {percent:.1f} %" for name, percent in busy.items())
        print(f"\n{server} {how}: {told}; CPU {cpu}; ready again after {back:.1f} s")
    assert {call: (got.status, got.code) for call, got in answers.items()} == expected(server, how)
    assert all(got.retry_after == "2" for got in answers.values() if got.status == 503)
    assert max(got.seconds for got in answers.values()) < REQUEST_SECONDS
    # Whether there is room shows only when something is written.
    named = {} if how == "full" and server != "postgres" else NAMED[server]
    assert {name: missing.split(":")[0] for name, missing in readiness.items() if missing} == named
    assert max(percent for name, percent in busy.items() if name in NAMED[server]) < QUIET_PERCENT
    assert statuses["going"] == "ready"
    # After "503" on an append it may or may not have been carried out; all else was.
    unclear = server == "nats"
    assert statuses["to_process"] == "ready" or (unclear and statuses["to_process"] == "pending")
    assert statuses["to_cancel"] == "pending" or (unclear and statuses["to_cancel"] == "ready")
    assert statuses["to_delete"] == "404" or (unclear and statuses["to_delete"] == "pending")
    await caller.http.aclose()


async def looked_at(system: System) -> dict[str, str]:
    """The first thing each service misses, or nothing. Whoever misses something is alive all the same."""

    async def look(name: str) -> str:
        caller = Caller(system.url(name), "")
        alive, ready = await asyncio.gather(answer(caller.http.get("/healthz")), answer(caller.http.get("/readyz")))
        await caller.http.aclose()
        assert (alive.status, alive.seconds < 1) == (200, True)
        assert ready.seconds < REQUEST_SECONDS
        return "" if ready.status == 200 else str(ready.body["missing"][0])

    return dict(zip(system.services, await asyncio.gather(*map(look, system.services)), strict=True))


async def cpu_percent(system: System, seconds: float) -> dict[str, float]:
    """Of one processor, by service, while nobody asks anything."""
    before = {name: system.cpu_seconds(name) for name in system.services}
    await asyncio.sleep(seconds)
    return {name: (system.cpu_seconds(name) - before[name]) / seconds * 100 for name in system.services}


async def after(caller: Caller, prepared: Prepared, answers: dict[str, Answer]) -> dict[str, str]:
    """How everything ended that was going on or was taken during the outage."""
    for name in ("upload", "large upload"):
        if answers[name].status == 201:
            wanted = "ready" if name == "upload" else "pending"
            assert await caller.settled(answers[name].body["id"], BACK_SECONDS) == wanted
    names = ("going", "to_process", "to_cancel", "to_delete", "ready")
    return {name: await caller.settled(getattr(prepared, name), BACK_SECONDS) for name in names}
