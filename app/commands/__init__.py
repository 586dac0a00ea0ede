"""The commands of `tamu`, one a module."""
