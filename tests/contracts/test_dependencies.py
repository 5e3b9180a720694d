"""docs/dependencies.md names every library that the project asks for by name."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9-]*)")


def direct_dependencies() -> list[str]:
    """The names in requirements/*.in, without extras and versions."""
    lines = [
        line.strip().lower()
        for page in sorted((ROOT / "requirements").glob("*.in"))
        for line in page.read_text(encoding="utf-8").splitlines()
    ]
    return [found[1] for line in lines if (found := NAME.match(line))]


@pytest.mark.parametrize("name", direct_dependencies())
def test_every_direct_dependency_is_explained(name: str) -> None:
    assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", PAGE), f"{name} is not explained"


def test_no_requirements_file_names_an_address() -> None:
    for page in (ROOT / "requirements").iterdir():
        assert "://" not in page.read_text(encoding="utf-8"), page.name
