"""A made-up office at work: guests, their visits, and filling a database with them.

For the demo and the benchmarks; nobody in it exists.
"""
