"""What the pictures of a scene are made from, as far as its data says."""

import bpy

# Chosen for painting: no picture shows them.
_TOOLS = tuple(
    kind for kind in (getattr(bpy.types, name, None) for name in ("Brush", "Palette", "PaintCurve")) if kind
)


class Used:
    """Everything that is reached from a scene. Looked for when it is first asked for: mostly nothing is missing."""

    def __init__(self, scene):
        self._scene = scene
        self._reached = None

    def has(self, item):
        if self._reached is None:
            self._reached = _reached_from(self._scene)
        return item in self._reached


def _reached_from(scene):
    uses = {}
    for item, owners in bpy.data.user_map().items():
        for owner in owners:
            uses.setdefault(owner, []).append(item)
    reached, waiting = {scene}, [scene]
    while waiting:
        owner = waiting.pop()
        for item in uses.get(owner, ()):
            if item not in reached and not isinstance(item, _TOOLS) and not _only_drawn(owner, item):
                reached.add(item)
                waiting.append(item)
    return reached


def _only_drawn(owner, item):
    """Backgrounds of cameras, and empties that are images, are seen in the viewport alone."""
    behind = isinstance(owner, bpy.types.Camera) or getattr(owner, "type", None) == "EMPTY"
    return behind and isinstance(item, (bpy.types.Image, bpy.types.MovieClip))
