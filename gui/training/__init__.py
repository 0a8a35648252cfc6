"""The training panel, the session with its worker thread, and what is told of a run.

May import from ``gui.recognition``, ``gui.curves`` and everything below them.
"""
