"""Appearance: colour schemes, icons, colormaps, messages, and small widgets that any view can use.

May import from ``core``, and from no other package of ``gui``.
"""
