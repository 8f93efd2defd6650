# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulations that are not baked for all frames: right only where one Blender goes through the frames in order."""

from ..finding import Finding, leads_to_object, leads_to_tab
from ..runner import simulations

_THEN = "frames are rendered in order, by one worker. Bake to use all of them."
_KINDS = {
    "zone": "The simulation {} is",
    "cloth": "The cloth {} is",
    "soft-body": "The soft body {} is",
    "particles": "The particles {} are",
    "paint": "The dynamic paint {} is",
    "fluid": "The fluid {} is",
    "rigid-body": "{} are",
}


def look(scope):
    last = max(scope.frames, default=scope.scene.frame_end)
    # A modifier may have several.
    for one in {(each.kind, each.name): each for each in simulations.unbaked(scope.scene, last)}.values():
        text = f"{_KINDS[one.kind].format(one.name)} not baked: {_THEN}"
        if one.modifier is None:
            subject, action = one.owner.name, leads_to_tab("SCENE")
        else:
            subject, action = one.modifier.name, leads_to_object(one.owner, "MODIFIER" if one.kind == "zone" else "PHYSICS")
        yield Finding("WARNING", "simulation-not-baked", subject, text, action)
