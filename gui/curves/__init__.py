"""The curves of a run, live and overlaid.

May import from ``gui.style``.
"""
