"""Files of pictures and drawings: from bytes to pixels or strokes, and back; what a file is that cannot be read.

May import from ``core.preprocessing``, ``core.files`` and the modules directly in ``core``.
"""
