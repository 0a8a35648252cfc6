"""Several recipes with the same seeds: jobs, the processes or clusters that do them, tables and reports.

May import from ``core.training`` and everything below it, and from ``core.runs``.
"""
