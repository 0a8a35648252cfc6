"""The list of kept runs, and what can be done with them.

May import from ``gui.recognition``, ``gui.curves`` and everything below them.
"""
