"""What a route of datasets works with, as one dependency: the framework resolves several in tasks of their own."""

from msgspec import Struct

from gateway.datasets.catalog_client import CatalogClient
from gateway.datasets.lives import Lives
from gateway.http.auth import Caller
from gateway.uploads.receiving import Uploads


class Desk(Struct, frozen=True):
    """Who asks, and whom the route may ask in turn."""

    caller: Caller
    lives: Lives
    catalog: CatalogClient
    uploads: Uploads
