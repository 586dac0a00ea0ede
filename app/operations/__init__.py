"""Verbs that write; each owns one transaction."""
