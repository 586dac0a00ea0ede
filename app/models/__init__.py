"""The tables: typed, constrained, and the only place that knows the database's dialect."""
