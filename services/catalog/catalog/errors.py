"""What can go wrong in the catalog, as far as another module may have to act on it."""


class CatalogError(Exception):
    """Base of everything this package raises."""


class DatabaseUnavailable(CatalogError):
    """Postgres does not answer, or not in time; nothing is known about the statement."""


class DatabaseRefuses(CatalogError):
    """Postgres answers, but not to this user, or has no such database: waiting does not help."""


class SchemaMissing(CatalogError):
    """Postgres answers, but the tables of this version are not there."""


class Unstorable(CatalogError):
    """Postgres refuses a value for good: trying again would fail again."""


class Unreadable(CatalogError):
    """A stored row does not have the shape this version knows."""


class PositionMoved(CatalogError):
    """Another projector has moved the position, so the rows read may be stale; begin again from the stored position."""


class FeedLost(CatalogError):
    """The consumer is gone, or a message of it was lost on the way; a new one begins at the stored position."""


class RebuildRefused(CatalogError):
    """A rebuild makes no sense now; the text says why and what to do."""
