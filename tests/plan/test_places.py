"""The folders of plan packs and notebooks are found in a checkout and in an installed wheel."""

from pathlib import Path

import pytest

from model.errors import ModelError
from model.plan import load as places

FINDERS = pytest.mark.parametrize(
    ("find", "name"),
    [
        pytest.param(places.data_folder, "data", id="data"),
        pytest.param(places.notebook_folder, "notebooks", id="notebooks"),
    ],
)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package that is otherwise empty."""
    folder = tmp_path / "model"
    folder.mkdir()
    monkeypatch.setattr(places, "_PACKAGE", folder)
    return folder


@FINDERS
def test_in_a_checkout_the_folder_beside_the_package_is_used(find, name):
    assert find() == Path(__file__).resolve().parents[2] / name


@FINDERS
def test_the_mapped_folder_wins_over_one_that_lies_beside_the_package(find, name, package):
    mapped = package / "shipped" / name
    mapped.mkdir(parents=True)
    (package.parent / name).mkdir()
    assert find() == mapped


@FINDERS
def test_without_a_mapped_folder_the_one_beside_the_package_is_found(find, name, package):
    (package.parent / name).mkdir()
    assert find() == package.parent / name


@FINDERS
def test_a_file_of_that_name_is_not_taken_for_the_folder(find, name, package):
    (package.parent / name).write_text("no folder", encoding="utf-8")
    with pytest.raises(ModelError, match=f"the folder {name}/ is missing"):
        find()


@FINDERS
def test_a_missing_folder_is_one_clear_error_that_says_where_it_looked(find, name, package):
    with pytest.raises(ModelError) as caught:
        find()
    (problem,) = caught.value.problems
    assert str(package / "shipped" / name) in problem
    assert str(package.parent / name) in problem


def test_the_shipped_plan_pack_is_in_the_data_folder():
    assert list(places.data_folder().glob("*/plan.yaml"))
