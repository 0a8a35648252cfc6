"""Print line and branch coverage by package, from coverage's JSON: python tests/coverage_figures.py FILE"""

import json
import sys
from collections import defaultdict
from pathlib import Path

COUNTED = ("covered_lines", "num_statements", "covered_branches", "num_branches")


def table(files: dict) -> str:
    """Return a row a package, and one each for core, gui and both."""
    totals = defaultdict(lambda: [0, 0, 0, 0])
    for name, file in files.items():
        top, *inner = Path(name).parent.parts
        for group in {"/".join((top, *inner)), f"all of {top}", "both"}:
            for i, count in enumerate(COUNTED):
                totals[group][i] += file["summary"][count]
    order = sorted(totals, key=lambda group: (group == "both", group.startswith("all of"), group))
    rows = [(group, *map(share, totals[group][::2], totals[group][1::2])) for group in order]
    return "\n".join(f"{group:20}{lines:>10}{branches:>10}" for group, lines, branches in (HEADER, *rows))


HEADER = ("package", "lines", "branches")


def share(covered: int, total: int) -> str:
    """Return a share in per cent; a dash of nothing."""
    return f"{100 * covered / total:.1f} %" if total else "–"


if __name__ == "__main__":
    print(table(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["files"]))
