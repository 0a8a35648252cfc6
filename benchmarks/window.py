"""Figures of the real window during a training run at full speed with live curves.

    DIGITPAD_DATA=FOLDER python benchmarks/window.py [--platform xcb] [--cores 1] [--seconds 60] [--threads] [--quick]

Where there is an Xvfb, it is measured on an X server of its own, and offscreen, too. Each part has a process and a home
of its own, and leaves nothing behind. With ``--cores`` the processes are held to so many processors, worker and X
server's share included, as ``taskset`` does; the floors are those of that number.
"""

import argparse
import contextlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from gui.app import hasten_imports

_RARE = ("memory", "cycles")  # parts that do not depend on the platform: measured on the first only


def main() -> int:
    """Measure the requested parts; return the exit code: 1 if a part failed."""
    options = _options()
    if options.part:
        _measure(options)
        return 0
    platforms = (
        [options.platform] if options.platform else ["xcb", "offscreen"] if shutil.which("Xvfb") else ["offscreen"]
    )
    print(f"Python {platform.python_version()}, {platform.machine()}; {', '.join(platforms)}", flush=True)
    failed = 0
    for number, name in enumerate(platforms):
        with _display(name) as environment, tempfile.TemporaryDirectory() as home:
            for part in ("rule",) if options.threads else ("prediction", "opening", "smoothness", *_RARE):
                if not (number and part in _RARE):
                    command = [sys.executable, __file__, *sys.argv[1:], "--platform", name, "--part", part]
                    failed |= subprocess.run(command, env=environment | {"DIGITPAD_HOME": f"{home}/{part}"}).returncode
    return int(failed != 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--platform", choices=("offscreen", "xcb"), help="measure on this one alone")
    parser.add_argument("--cores", type=int, choices=(1, 2), help="hold the processes to so many processors")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the timer is watched")
    parser.add_argument("--cycles", type=int, default=1000, help="how many short runs are started and ended")
    parser.add_argument("--threads", action="store_true", help="measure the rule for the number of threads instead")
    parser.add_argument("--quick", action="store_true", help="see only that all can be measured")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.cycles = 1.0, 10
    return options


@contextlib.contextmanager
def _display(name: str) -> Iterator[dict[str, str]]:
    """Yield the environment for a window on a platform; for xcb, with an X server of its own if Xvfb is installed."""
    environment = os.environ | {"QT_QPA_PLATFORM": name, "QT_LOGGING_RULES": "*=false", "OPENBLAS_NUM_THREADS": "1"}
    if name != "xcb" or not shutil.which("Xvfb"):
        yield environment
        return
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield environment | {"DISPLAY": f":{server.stdout.readline().strip()}"}
        finally:
            server.terminate()


def _measure(options: argparse.Namespace) -> None:
    """Measure one part in this process, which starts as the program does."""
    hasten_imports()
    name, seconds = options.platform, options.seconds
    if options.cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
        name = f"{name}-{options.cores}"
    if options.part == "opening":
        from opening import ROUNDS, opening

        opening(name, 2 if options.quick else ROUNDS)
    elif options.part == "memory":
        from lasting import memory
        from opening import empty_memory

        memory(name, min(seconds, 40.0), empty_memory(), 1 if options.quick else 5)
    elif options.part == "cycles":
        from lasting import cycles

        cycles(name, options.cycles)
    elif options.part == "prediction":
        from answering import prediction

        prediction(name)
    else:
        import smoothness

        if options.part == "rule":
            smoothness.rule(name, min(seconds, 60.0))
        else:
            smoothness.smoothness(name, min(seconds, 60.0), options.cores or 2)


if __name__ == "__main__":
    sys.exit(main())
