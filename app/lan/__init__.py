"""Serving the office's own network: names, certificates, and the door for plain HTTP."""
