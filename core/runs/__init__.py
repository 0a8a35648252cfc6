"""Runs on disk: the store, the recorder that follows a run, and checkpoints.

May import from ``core.training`` and everything below it.
"""
