"""Comparisons of recipes over the same seeds: jobs, the processes or clusters that run them, tables and reports.

May import from ``core.training`` and everything below it, and from ``core.runs``.
"""
