"""A small neural-network library: layers, losses, optimizers, schedules, initializers.

May import nothing else from ``core``.
"""
