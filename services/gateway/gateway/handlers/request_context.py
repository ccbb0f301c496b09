"""What a route of datasets works with, as one dependency: the framework resolves several in tasks of their own."""

from msgspec import Struct

from contracts.identity import Identity
from gateway.datasets.catalog_client import CatalogClient
from gateway.datasets.lives import Lives
from gateway.http.auth import Caller
from gateway.uploads.receiving import Uploads


class RequestContext(Struct, frozen=True):
    """Who asks, and what the route needs to answer."""

    caller: Caller
    lives: Lives
    catalog: CatalogClient
    uploads: Uploads

    def identity(self, dataset_id: str) -> Identity:
        """Of a command: the request is what everything goes back to that follows from it."""
        return Identity(
            dataset_id=dataset_id,
            user_id=self.caller.user_id,
            correlation_id=self.caller.request_id,
            cause=self.caller.request_id,
        )
