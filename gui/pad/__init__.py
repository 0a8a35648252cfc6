"""The drawing pad: from pen events to strokes, with undo.

May import from ``gui.style`` and ``gui.shell``.
"""
