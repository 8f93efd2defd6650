"""Renders one frame to exactly one file."""

import os

import bpy

from . import overrides, simulations
from .paths import has_templates
from .refusal import Refusal


def exactly(path):
    """A path that Blender takes as it stands, whatever braces are in it."""
    if has_templates():
        # Written so that no two braces stand together here: on a farm they would be filled in (openjd-template.ts).
        return path.replace("{", 2 * "{").replace("}", 2 * "}")
    return path


def render_in_turn(shot, frame, threads, file):
    """As `render_frame`, where simulations may have been run up to this frame."""
    if shot.simulation is None or not shot.simulation.stands_at(frame):
        return render_frame(shot, frame, threads, file)
    with simulations.handlers_rest():
        return render_frame(shot, frame, threads, file)


def render_frame(shot, frame, threads, file):
    scene = shot.scene
    render = scene.render
    render.threads_mode = "FIXED"
    render.threads = max(1, min(1024, threads))
    render.use_overwrite = True
    render.use_placeholder = False
    render.filepath = exactly(file)
    # The ending stays as the scene has it, because the compositor's own files follow it too.
    written = _written(render, frame, file)
    if os.path.exists(written):
        os.remove(written)
    # Not frame_set: the scene's handlers would run twice, and Blender itself runs them once a frame.
    if frame < 0:
        # Otherwise frame 0 would be rendered in its place, without a word.
        bpy.context.preferences.edit.use_negative_frames = True
    scene.frame_current = frame
    scene.frame_subframe = 0.0
    _take_marker_camera(scene, frame)
    done = _render(scene, frame)
    if "FINISHED" not in done:
        raise Refusal("nothing-rendered", f"Blender stopped before frame {frame} was rendered.")
    if written != file and os.path.exists(written):
        os.replace(written, file)
    if not os.path.exists(file):
        raise RuntimeError(f"Nothing was written for frame {frame}")


def _numbers_in_animations_only():
    """From 5.0 on a still gives the files of the compositor no number: each frame would take the place of the last."""
    return bpy.app.version >= (5, 0, 0)


def _render(scene, frame):
    if _numbers_in_animations_only():
        return bpy.ops.render.render(animation=True, scene=scene.name, frame_start=frame, frame_end=frame)
    return bpy.ops.render.render(write_still=True, scene=scene.name)


def _written(render, frame, file):
    """Where Blender puts the picture first."""
    if _numbers_in_animations_only():
        return render.frame_path(frame=frame)
    return file + (render.file_extension if render.use_file_extension else "")


def _take_marker_camera(scene, frame):
    """As Blender does at each new frame (BKE_scene_camera_switch_find): the newest bound marker, else the first to come."""
    bound = overrides.bound_cameras(scene)
    if bound:
        past = [camera for at, camera in bound if at <= frame]
        scene.camera = past[-1] if past else bound[0][1]
