"""Backups of the office's database: made, sealed, kept, looked through and restored."""
