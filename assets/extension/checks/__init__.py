# SPDX-License-Identifier: GPL-3.0-or-later
"""What would spoil the shot that is open, found before it renders. Changes nothing."""

import traceback

from ..finding import Finding
from . import files, modifiers, output, render, sequences, shot, simulations
from .scope import Scope

_CHECKS = (
    shot.look, render.look, output.look, files.look, sequences.look, modifiers.look, simulations.look,
)
_ORDER = ("ERROR", "WARNING", "INFO")
_MOST = 100


def look(scene):
    """The findings of a scene, the worst first, at most 100."""
    scope = Scope(scene)
    found = []
    for check in _CHECKS:
        try:
            found += check(scope)
        except Exception:  # noqa: BLE001 - one check that fails must not hide what the others find
            traceback.print_exc()
            what = check.__module__.rpartition(".")[2]
            text = f"The check of {what} did not come to its end. What it met is in Blender's console."
            found.append(Finding("INFO", "check-failed", what, text))
    found.sort(key=lambda one: _ORDER.index(one.severity))
    if len(found) > _MOST:
        found[_MOST - 1 :] = [Finding("WARNING", "more", "", f"There are {len(found) - _MOST + 1} more findings.")]
    return found
