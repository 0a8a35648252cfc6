"""Waiting for what happens to a run, and for what is said to be wrong."""

from gui.style.message import Severity


def happens(qtbot, session, kind, check=lambda event: True, timeout=60_000):
    """Return a context that is left when an event of this kind, for which ``check`` holds, has happened to the run.

    What it gives has the event as ``args[0]``.
    """
    return qtbot.waitSignal(
        session.happened, timeout=timeout, check_params_cb=lambda event: isinstance(event, kind) and check(event)
    )


def complains(qtbot, controller):
    """Return a context that is left when a controller has said that something is wrong, whatever it says before.

    What it gives has the message as ``args[0]``.
    """
    return qtbot.waitSignal(controller.messageReady, check_params_cb=lambda message: message.severity is Severity.BAD)
