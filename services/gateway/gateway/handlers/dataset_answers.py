"""What the routes of datasets share: their paths, the id in them, and a dataset as an answer."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response

from bus.life_log import Appended
from contracts import life, view
from gateway.domain import conditions
from gateway.errors import NotFound
from gateway.http.correlation import set_dataset
from gateway.http.schemas import Dataset, to_api

DATASETS: Final = "/tts/datasets"
# Text, so that an id which is not valid is answered like one that does not exist.
DATASET: Final = "/tts/datasets/{dataset_id:str}"


def id_of(text: str) -> str:
    """Raises: NotFound where no dataset can have this id."""
    try:
        return str(UUID(text))
    except ValueError as exc:
        raise NotFound from exc


def tag_of(state: life.Alive) -> str:
    """What the ETag of a dataset contains: each event of its life has a sequence of its own. Progress is not one."""
    return str(state.seq)


def unchanged(state: life.Alive, at: datetime) -> Dataset:
    """The dataset after its last event, of time `at`."""
    return to_api(view.row_of(state, at=at, created_seq=state.seq))


def dataset_answer(request: Request[Any, Any, Any], appended: Appended, status: int) -> Response[Dataset]:
    """The dataset with the appended event applied. It asks nothing else: an event that is stored must be answered."""
    state = appended.state
    assert not isinstance(state, life.Absent | life.Deleted)
    set_dataset(
        request.scope, state.dataset_id, state.run if isinstance(state, life.Processing) else appended.event.run
    )
    row = view.row_of(state, at=appended.event.at, created_seq=appended.seq)
    headers = {"location": f"{DATASETS}/{row.id}", "etag": conditions.etag(tag_of(state))}
    return Response(to_api(row), status_code=status, headers=headers)
