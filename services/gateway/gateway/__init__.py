"""Cuecutter's REST API: takes recordings with their transcripts, and answers for what becomes of them.

It stores source objects and appends to lives; rows come from the catalog by request/reply. It keeps no state itself.
"""

from typing import Final

SERVICE: Final = "gateway"  # its name in NATS, in logs and in traces
