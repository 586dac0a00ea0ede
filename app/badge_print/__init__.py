"""Badges on paper: one layout in millimetres, drawn as PDF to print and as SVG to look at."""
