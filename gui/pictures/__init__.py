"""Pictures of the window for the pages, taken without a screen.

May import from every part of ``gui`` except ``app``, which calls it.
"""
