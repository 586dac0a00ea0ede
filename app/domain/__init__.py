"""The SOP and its rules: pure values and functions of the standard library."""
