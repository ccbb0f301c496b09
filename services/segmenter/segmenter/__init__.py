"""The segmenter: plans a run's segments, cuts and stores them span by span, purges what was deleted."""
