"""Why a run failed, in one form: the same in a life event, a catalog row and an API response."""

from msgspec import Struct


class RunFailure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a run failed. `code` is stable and public; `remedy` tells the person what to do next."""

    code: str
    title: str
    detail: str
    stage: str
    remedy: str = ""
    retryable: bool = False
