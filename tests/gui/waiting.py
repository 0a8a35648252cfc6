"""Waiting for what happens to a run."""


def happens(qtbot, session, kind, check=lambda event: True, timeout=60_000):
    """Return a context that is left when an event of this kind, for which ``check`` holds, has happened to the run.

    What it gives has the event as ``args[0]``.
    """
    return qtbot.waitSignal(
        session.happened, timeout=timeout, check_params_cb=lambda event: isinstance(event, kind) and check(event)
    )
