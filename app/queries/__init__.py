"""Reads: what a desk, a list or a page shows. Nothing here writes."""
