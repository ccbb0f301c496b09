"""What can be wrong with a run's facts. Neither is cured by waiting; both end the run after a few tries."""


class ManifestError(Exception):
    """Base of everything this service raises."""


class PlanDamaged(ManifestError):
    """plan.jsonl is not what its event says it is."""


class RowsMissing(ManifestError):
    """Every span says it is done, yet a planned segment has no row."""
