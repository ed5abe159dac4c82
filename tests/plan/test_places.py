"""The folders of plan packs and notebooks are found in a checkout and in an installed wheel."""

import pytest

from model.errors import ModelError
from model.plan import load as places

FINDERS = pytest.mark.parametrize(
    ("find", "name"),
    [(places.data_folder, "data"), (places.notebook_folder, "notebooks")],
    ids=["data", "notebooks"],
)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed package that is otherwise empty."""
    folder = tmp_path / "model"
    folder.mkdir()
    monkeypatch.setattr(places, "_PACKAGE", folder)
    return folder


@FINDERS
def test_the_mapped_folder_wins_over_one_beside_the_package_which_is_found_without_it(find, name, package):
    (package.parent / name).mkdir()
    assert find() == package.parent / name
    mapped = package / "shipped" / name
    mapped.mkdir(parents=True)
    assert find() == mapped


@FINDERS
@pytest.mark.parametrize("file", [False, True], ids=["missing", "a file"])
def test_a_missing_folder_is_one_clear_error_that_says_where_it_looked(find, name, package, file):
    if file:
        (package.parent / name).write_text("no folder", encoding="utf-8")
    with pytest.raises(ModelError, match=f"the folder {name}/ is missing") as caught:
        find()
    (problem,) = caught.value.problems
    assert str(package / "shipped" / name) in problem
    assert str(package.parent / name) in problem
