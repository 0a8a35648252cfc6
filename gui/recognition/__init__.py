"""The left half of the window: the pad panel, the recognised digits, and the models.

May import from ``gui.pad``, ``gui.style`` and ``gui.shell``.
"""
