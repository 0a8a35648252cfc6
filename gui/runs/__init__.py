"""The list of stored runs: rename, annotate, delete, restore, export, overlay.

May import from ``gui.recognition``, ``gui.curves`` and everything below them.
"""
