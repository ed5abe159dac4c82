"""Draw the README's picture: ``python -m model.review.picture FILE.svg``."""

from __future__ import annotations

import sys
from pathlib import Path

from model import load
from model.show import charts, finding, style


def draw(path: Path, scenario: str = "baseline") -> None:
    """Draw every KPI of the shipped plan under a scenario, as a vector picture."""
    style.vector()
    bundle = charts.panels(finding.findings(load(), scenario)).bundle()
    path.write_text(str(bundle["image/svg+xml"]), encoding="utf-8")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
