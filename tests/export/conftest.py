"""What several tests of exports stand on."""

import pytest

from model.export import planning
from tests.batches import write


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    folder = tmp_path / "notebooks {of} mine"
    folder.mkdir()
    write(folder / "report.ipynb")
    write(folder / "comparison.ipynb", "scenarios")
    monkeypatch.setattr(planning, "notebook_folder", lambda: folder)
    return folder
