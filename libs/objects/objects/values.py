"""What listings hand out: plain facts about objects and open uploads, with times in UTC."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One listed object; `modified` is aware, in UTC, and exact to the second at best."""

    key: str
    size_bytes: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class Deleted:
    """How much was deleted: objects, and their bytes as they were listed."""

    objects: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class OpenUpload:
    """A multipart upload neither completed nor aborted; `started` is aware, in UTC."""

    key: str
    upload_id: str
    started: datetime
