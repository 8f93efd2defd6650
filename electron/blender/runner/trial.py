"""Renders a frame with fewer pixels, to find out what a whole one costs, and leaves the scene as it was."""

import bpy

from . import guard, output, stereo
from .refusal import Refusal


def render_frame(shot, frame, threads, file, share):
    """`share` of the width and of the height. Returns how many pixels the picture has; writes nothing but the file."""
    scene = shot.scene
    if guard.replays_fluids():
        raise Refusal(
            "render-error",
            "The scene writes caches of a simulation while its frames are rendered, so no frame can be tried.",
            "Bake the simulation, then its frames can be tried and rendered in any order.",
        )
    render = scene.render
    kept = render.resolution_percentage, render.use_compositing
    muted = _muted_outputs(scene)
    try:
        render.resolution_percentage = max(1, round(render.resolution_percentage * share))
        if muted is None:
            render.use_compositing = False
        width, height = stereo.picture_size(scene)
        output.render_frame(shot, frame, threads, file)
        return width * height
    finally:
        render.resolution_percentage, render.use_compositing = kept
        for node in muted or ():
            node.mute = False


def _muted_outputs(scene):
    """The nodes that write files of their own, muted now; None where something else decides whether they are."""
    nodes = [node for _, node in guard.writers(scene)]
    if any(node.id_data.animation_data is not None for node in nodes):
        return None
    for node in nodes:
        node.mute = True
    return nodes
