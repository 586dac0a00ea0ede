"""What `tamu doctor` looks at: one small module a group of checks, each of which only reads."""
