"""Synthetic drawings: digits, symbols, scribbles and corrupted digits.

May import from ``core.preprocessing`` and everything below it.
"""
