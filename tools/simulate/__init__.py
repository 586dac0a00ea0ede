"""A working year of an office through the operations, kept in books of its own, and compared."""
