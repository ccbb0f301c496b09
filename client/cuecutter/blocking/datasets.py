"""Calls about datasets: upload, list, process, wait, rename, delete."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cuecutter.blocking.connection import Connection
from cuecutter.operations import datasets
from cuecutter.values import Dataset


class Datasets(Connection):
    """A dataset is a recording with its transcript. Each call raises Problem when the server refuses, and Unreachable
    when it does not answer; what is listed under "Raises" are the refusals to expect.
    """

    def upload(
        self,
        audio: Path,
        transcript: Path,
        *,
        name: str | None = None,
        description: str | None = None,
        transcript_type: str | None = None,
        transcript_encoding: str | None = None,
        options: Mapping[str, Any] | None = None,
        auto_process: bool = False,
        on_progress: Callable[[int, int], object] | None = None,
    ) -> Dataset:
        """Stores a recording with its transcript as a new dataset; with `auto_process` its first run begins, too.

        `name` is the file's without its suffix, if left out. `on_progress` is called with the bytes that were sent and
        those of all. Any size takes the same memory. It is repeated only where the server took nothing of it; after
        Unreachable, `may_have_happened` says whether there may be a dataset all the same.

        Raises: Problem 400 `invalid-request`, 413, 415, 422 for what can't be used; FileChanged; OSError.

        >>> dataset = client.upload(audio, transcript, name="Chapter 1", options={"sample_rate": 16000})
        >>> dataset.name, dataset.status
        ('Chapter 1', 'pending')
        """
        return self._run(
            datasets.upload(
                audio,
                transcript,
                name=name,
                description=description,
                transcript_type=transcript_type,
                transcript_encoding=transcript_encoding,
                options=options,
                auto_process=auto_process,
                on_progress=on_progress,
            )
        )

    def datasets(self, *, status: str | None = None) -> Iterator[Dataset]:
        """All of yours, newest first, of one `status` if it is given. Pages are fetched as they are needed. The list
        may lag by a second, and its datasets have no `etag`.

        Raises: Problem 400 for a status that there is not.

        >>> [dataset.name for dataset in client.datasets(status="ready")]
        ['sample']
        """
        return self._values(datasets.first_page(status), datasets.page)

    def dataset(self, dataset_id: str) -> Dataset:
        """One dataset as it is now.

        Raises: Problem 404.

        >>> client.dataset(ready.id).segment_count
        10
        """
        return self._run(datasets.one(dataset_id))

    def process(self, dataset_id: str, options: Mapping[str, Any] | None = None) -> Dataset:
        """Begins a run. Without `options` those apply that the dataset shows. It is not repeated by itself.

        Raises: Problem 409 `already-processing`, 400 for an option that can't be.

        >>> run = client.process(pending.id, {"sample_rate": 16000})
        >>> run.status, run.options["sample_rate"]
        ('processing', 16000)
        """
        return self._run(datasets.process(dataset_id, options))

    def wait(
        self,
        dataset_id: str,
        *,
        on_change: Callable[[Dataset], object] | None = None,
        timeout_seconds: float | None = None,
    ) -> Dataset:
        """Waits until no run is under way: then the dataset is ready or failed, or pending where none was begun.

        `on_change` is called with the dataset when it is first seen, and whenever it has changed. A server that is away
        is waited for during the client's `retry_seconds`.

        Raises: StillProcessing after `timeout_seconds`; the run goes on. Problem 404.

        >>> run = client.process(pending.id)
        >>> counted = []
        >>> done = client.wait(pending.id, on_change=lambda dataset: counted.append(dataset.progress))
        >>> done.is_settled, len(counted) > 0
        (True, True)
        """
        return self._run(datasets.wait(dataset_id, on_change, timeout_seconds))

    def cancel(self, dataset_id: str) -> Dataset:
        """Ends the run that is under way; an earlier result stays.

        Raises: Problem 409 `not-processing`.

        >>> from cuecutter import Problem
        >>> try:
        ...     client.cancel(ready.id)
        ... except Problem as problem:
        ...     print(problem.status, problem.code)
        409 not-processing
        """
        return self._run(datasets.cancel(dataset_id))

    def delete(self, dataset_id: str) -> None:
        """Deletes a dataset for good; its recording and clips are removed within a minute.

        Raises: Problem 404.

        >>> client.delete(pending.id)
        """
        self._run(datasets.delete(dataset_id))
