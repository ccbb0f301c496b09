"""What a route of datasets works with, as one dependency: the framework resolves several in tasks of their own."""

from msgspec import Struct

from gateway.adapters.auth import Caller
from gateway.adapters.catalog import Catalog
from gateway.adapters.lives import Lives
from gateway.adapters.uploads import Uploads


class Desk(Struct, frozen=True):
    """Who asks, and whom the route may ask in turn."""

    caller: Caller
    lives: Lives
    catalog: Catalog
    uploads: Uploads
