"""Training: configuration, the loop, what is recorded of it, and the diagnosis of a run that failed.

May import from ``core.recognition`` and everything below it.
"""
