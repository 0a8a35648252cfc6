"""The commands of ``digitpad-lab``, one module each.

May import from all of ``core``.
"""
