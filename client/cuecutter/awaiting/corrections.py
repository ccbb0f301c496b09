"""Calls that correct a dataset without uploading its recording again."""

from collections.abc import Iterable

from cuecutter.awaiting.connection import Connection
from cuecutter.operations import corrections
from cuecutter.values import Cue, Cues, Dataset


class Corrections(Connection):
    """None is possible while a run is under way: Problem 409 `already-processing`. None is repeated by itself.

    `if_match` is the ETag of what you read; where that has changed since, it is Problem 412 `precondition-failed`.
    """

    async def rename(
        self, dataset_id: str, *, name: str | None = None, description: str | None = None, if_match: str = "*"
    ) -> Dataset:
        """Changes the name, the description or both; what is None stays as it is.

        Raises: Problem 400, 409, 412.

        >>> (await client.rename(pending.id, name="Chapter 2")).name
        'Chapter 2'
        """
        return await self._run(corrections.rename(dataset_id, name, description, if_match))

    async def cues(self, dataset_id: str) -> Cues:
        """Every cue of the transcript in file order, those that make no segment too; none of a plain text.

        Raises: Problem 404.

        >>> found = await client.cues(ready.id)
        >>> len(found.cues), found.cues[0].start
        (10, 0.5)
        """
        return await self._run(corrections.cues(dataset_id))

    async def replace_cues(self, dataset_id: str, cues: Iterable[Cue], if_match: str) -> Dataset:
        """Replaces all cues; `if_match` is the `etag` of `cues`. The answer's `etag` is None: it is about the cues. The
        result stays until a run makes the next one.

        Raises: Problem 400 with the faulty cues in `errors`, 409, 412, 422.

        >>> import msgspec
        >>> found = await client.cues(pending.id)
        >>> first = msgspec.structs.replace(found.cues[0], text="Corrected.")
        >>> (await client.replace_cues(pending.id, [first, *found.cues[1:]], found.etag)).transcript_type
        'cues'
        """
        return await self._run(corrections.replace_cues(dataset_id, cues, if_match))

    async def transcript(self, dataset_id: str) -> bytes:
        """The transcript, byte for byte as it was given last.

        Raises: Problem 404.

        >>> await client.transcript(ready.id) == transcript.read_bytes()
        True
        """
        return await self._run(corrections.transcript(dataset_id))

    async def replace_transcript(
        self,
        dataset_id: str,
        transcript: bytes,
        if_match: str,
        *,
        transcript_type: str | None = None,
        transcript_encoding: str | None = None,
    ) -> Dataset:
        """Takes another transcript for the recording; `if_match` is the dataset's `etag`.

        Raises: Problem 409, 412, 413, 415, 422 as for an upload.

        >>> etag = (await client.dataset(pending.id)).etag
        >>> (await client.replace_transcript(pending.id, b"All of it is one text.", etag)).transcript_type
        'text'
        """
        return await self._run(
            corrections.replace_transcript(dataset_id, transcript, if_match, transcript_type, transcript_encoding)
        )
