"""What is found wrong becomes a thing to do, and nothing else does."""

from stack.next_steps import Findings, next_steps

WORKERS = ("catalog", "gateway", "manifest", "segmenter", "segmenter-2")


def test_where_all_is_well_there_is_nothing_to_do() -> None:
    well = Findings(workers=WORKERS, waiting={"segmenter-span": 8, "segmenter-plan": 900})
    assert next_steps(well, "logs") == ["nothing to do"]


def test_orders_that_wait_want_one_worker_more_than_there_are() -> None:
    found = Findings(workers=WORKERS, waiting={"segmenter-span": 9, "manifest-done": 5})
    assert next_steps(found, "logs") == [
        "add workers: make run SEGMENTERS=3; 9 wait in segmenter-span",
        "add workers: make run MANIFESTS=2; 5 wait in manifest-done",
    ]


def test_every_trouble_has_its_line() -> None:
    found = Findings(WORKERS, not_ready=["segmenter-2"], missing=["durable manifest-done"], letters=2, quiet=["d1"])
    told = next_steps(found, "/data/logs")
    assert len(told) == 4
    assert told[0].startswith("read /data/logs/segmenter-2.log")
    assert "durable manifest-done" in told[1]
    assert "2 dead letters" in told[2]
    assert "d1" in told[3]
