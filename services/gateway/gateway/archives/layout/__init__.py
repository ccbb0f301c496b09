"""How an archive's bytes lie: members, records of zip and tar, and any range of the whole. Pure."""
