"""Since when nothing needs the objects of earlier runs, by the life of their dataset. Pure.

A run's own folder is written by that run alone. Once the run is over without a result, or another result has taken its
place, no later event can make the folder needed again. The root folder may serve several runs, all of its owner's plan:
it is left when a result elsewhere becomes the current one, and needed again if its plan is processed again.
"""

from dataclasses import dataclass, field
from datetime import datetime

from contracts import events
from contracts.dataset import Result


@dataclass(slots=True)
class Supersession:
    """Folds a life, event by event, in its order. `root` is the dataset's prefix.

    `over` maps runs that nothing needs any more to the time since when. `root_left_at` is the time at which the current
    result came to be elsewhere than in the root; None while it is there, or while there is none.
    """

    root: str
    over: dict[int, datetime] = field(default_factory=dict)
    root_left_at: datetime | None = None
    _result: Result | None = None

    def fold(self, event: events.Life) -> None:
        match event:
            case events.DatasetReady():
                self._replace_result(event.result, event.at)
            case events.ProcessCancelled() | events.DatasetFailed():
                self.over[event.run] = event.at

    def _replace_result(self, result: Result, at: datetime) -> None:
        if self._result is not None:
            self.over[self._result.run] = at
        self._result = result
        self.root_left_at = None if result.prefix == self.root else self.root_left_at or at
