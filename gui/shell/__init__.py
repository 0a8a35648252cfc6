"""What surrounds any window: command line, error reporting, signals, preferences, menus.

May import from ``gui.style``.
"""
