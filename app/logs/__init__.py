"""The log: a line for each request, files that rotate, and nothing in it about a person."""
