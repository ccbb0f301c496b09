"""Samples: from a stored recording to stored slices."""
