"""The left half of the window: pad panel, answer, and the network that answers.

May import from ``gui.pad``, ``gui.style`` and ``gui.shell``.
"""
