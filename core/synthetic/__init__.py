"""Synthetic drawings: digits, symbols, scribbles and corrupted digits.

May import from ``core.formats`` and everything below it.
"""
