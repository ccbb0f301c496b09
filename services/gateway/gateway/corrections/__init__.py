"""Correcting what was uploaded: another transcript, a corrected list of cues, and reading the one that there is."""
