"""Curation over shards: the same functions inline, in processes, or on a Ray cluster."""
