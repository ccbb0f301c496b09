"""How fast the system is, as ratios: everything of a ratio runs in one session on one machine, round by round."""
