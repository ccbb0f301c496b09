"""Objects read for their owner: pages of a manifest's rows, and downloads in bounded memory that can be resumed."""
