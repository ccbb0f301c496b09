"""Revisions in order; each one leaves what the release before it uses."""
