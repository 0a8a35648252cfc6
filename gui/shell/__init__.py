"""The application shell: command line, display check, error reporting, termination, preferences, menus.

May import from ``gui.style``.
"""
