"""The commands of ``digitpad-lab``: ``main``, one module a command, and what they share.

May import from all of ``core``. ``gui`` imports ``arguments`` and ``termination`` from here.
"""
