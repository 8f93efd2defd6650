# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the video sequencer that are missing, where it takes part in the render."""

import os

from ..paths import name_of
from ..runner import strips
from ..runner.paths import absolute
from .files import missing, missing_series

_THEN = "it will not be in the picture"


def look(scope):
    for strip, frames in strips.in_use(scope.scene, scope.frames):
        if strip.type == "MOVIE":
            path = absolute(strip.filepath)
            if not os.path.isfile(path):
                yield missing(path, f'The movie "{name_of(path)}" of the strip "{strip.name}" is missing: {_THEN}.')
        elif strip.type == "IMAGE":
            yield from _images(scope, strip, frames)


def _images(scope, strip, frames):
    late, files = strips.missing_images(strip, frames, scope.folders)
    if late and len(strip.elements) == 1:
        yield missing(files[0], f'The image "{name_of(files[0])}" of the strip "{strip.name}" is missing: {_THEN}.')
    elif late:
        yield missing_series(strip.name, f'the strip "{strip.name}"', late, files, _THEN)
