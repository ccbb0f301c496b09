"""The manifest's I/O: a run's facts, the catalog's list."""
