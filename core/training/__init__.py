"""Training: configuration, recipes, the loop, the records of a run, and the diagnosis of failed runs.

May import from ``core.recognition`` and everything below it.
"""
