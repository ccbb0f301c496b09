"""Cuecutter's way onto NATS JetStream: append, fence, batch, settle, topology.

Rules 1 to 3 of the design live here and nowhere else: life is compare-and-set, runs are fenced, facts are written once.
"""
