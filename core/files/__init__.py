"""Files on disk: atomic writes, bounded reads, strict JSON, tensors, locks, and the program's folders.

May import only the modules directly in ``core``.
"""
