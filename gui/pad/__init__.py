"""The drawing pad: it turns pen events into strokes, with undo and redo.

May import from ``gui.style`` and ``gui.shell``.
"""
