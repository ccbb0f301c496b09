"""A transcript that replaces another: stored under a key of its own before a life names it.

It is never removed when the life refuses it: somebody else may have stored the same content, whose key is the same.
What no life names goes with the dataset.
"""

from hashlib import sha256

from contracts import keys
from contracts.dataset import TranscriptFile
from gateway.domain.transcript import TranscriptInfo
from objects import ObjectStore

_MEDIA_TYPES = {"json": "application/json", "vtt": "text/vtt"}


async def store_transcript(store: ObjectStore, prefix: str, body: bytes, info: TranscriptInfo) -> TranscriptFile:
    """`prefix` is the dataset's.

    Raises: StoreError.
    """
    digest = sha256(body).hexdigest()
    key = keys.replaced_transcript(prefix, digest, info.extension)
    await store.put(key, body, _MEDIA_TYPES.get(info.extension, "text/plain"))
    return TranscriptFile(key=key, size_bytes=len(body), sha256=digest, type=info.kind, encoding=info.encoding)
