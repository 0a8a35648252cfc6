"""The look: palettes, icons, colormaps, and small widgets without a subject of their own.

May import from ``core`` only, as every package of ``gui`` may.
"""
