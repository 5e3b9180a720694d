"""Pango and fonts, which WeasyPrint draws with and no wheel brings."""

import ctypes
import json
import os
from pathlib import Path

from .debian import fetch
from .steps import StepFailed, say
from .virtualenv import LOG, VENV

NEEDED = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
)
PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
PRIVATE = VENV / "system" / "libraries"
# Read by pharmacy.local.environment too, so that manage.py by itself finds the libraries.
KEPT = VENV / "system" / "environment.json"


def ensure() -> dict[str, str]:
    """What the environment of a program must hold before it starts; empty where all is there.

    Raises StepFailed when the libraries are missing and cannot be downloaded.
    """
    if KEPT.exists():
        kept: dict[str, str] = json.loads(KEPT.read_text(encoding="utf-8"))
        return kept
    missing = [name for name in NEEDED if not _loads(name)]
    if not missing and _has_fonts():
        return {}
    say(f"  Missing for PDF documents: {', '.join(missing) or 'fonts'}")
    files = fetch(PACKAGES, PRIVATE, LOG)
    found = _environment(files)
    KEPT.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return found


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_fonts() -> bool:
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return any(path.suffix in {".ttf", ".otf"} for folder in folders for path in folder.rglob("*"))


def _environment(files: Path) -> dict[str, str]:
    libraries = sorted({path.parent for path in files.rglob("*.so.*")})
    if not libraries:
        raise StepFailed(f"No libraries were found in {files}.")
    configuration = files / "fonts.conf"
    configuration.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"  <dir>{files / 'usr/share/fonts'}</dir>\n"
        "  <dir>/usr/share/fonts</dir>\n"
        f"  <cachedir>{files / 'font-cache'}</cachedir>\n</fontconfig>\n",
        encoding="utf-8",
    )
    path = [str(folder) for folder in libraries]
    path += [part for part in [os.environ.get("LD_LIBRARY_PATH", "")] if part]
    return {"LD_LIBRARY_PATH": ":".join(path), "FONTCONFIG_FILE": str(configuration)}
