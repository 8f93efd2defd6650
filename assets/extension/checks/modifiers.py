# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and folders of modifiers that are missing: mesh caches, baked oceans, fluids and simulations."""

import os

from ..finding import Finding, leads_to_object
from ..paths import name_of
from ..runner.caches import folders_of
from ..runner.paths import absolute


def look(scope):
    for item in scope.scene.objects:
        for modifier in item.modifiers:
            if not modifier.show_render:
                continue
            for path, text in _gone(item, modifier):
                yield Finding("ERROR", "missing-file", name_of(path), text, leads_to_object(item, _tab(modifier)))


def _gone(item, modifier):
    """The path that is missing, and the sentence about it."""
    where = f'"{modifier.name}" of the object "{item.name}"'
    if modifier.type == "MESH_CACHE":
        path = absolute(modifier.filepath, library=item.library)
        if not os.path.isfile(path):
            yield path, f'The mesh cache "{name_of(path)}" of {where} is missing: what it moves will stand still.'
        return
    for folder, what in (*folders_of(item, modifier), *_fluids(item, modifier)):
        if not os.path.isdir(folder):
            yield folder, f'The {what} "{name_of(folder)}" of {where} is missing: bake it again.'
            return


def _fluids(item, modifier):
    domain = getattr(modifier, "domain_settings", None)
    # A domain that replays simulates by itself.
    if domain is not None and domain.cache_type != "REPLAY":
        yield absolute(domain.cache_directory, library=item.library), "fluid cache"


def _tab(modifier):
    return "PHYSICS" if modifier.type in ("CLOTH", "SOFT_BODY", "FLUID", "DYNAMIC_PAINT", "PARTICLE_SYSTEM") else "MODIFIER"
