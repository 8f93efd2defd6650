"""What a scene of a folder that is not trusted may not do. Blender's own switch for Python, `-Y`, covers only a part."""

import os
import sys

import bpy

from . import overrides
from .paths import absolute, native
from .refusal import Refusal, listed

# Asked once: a shot's script gets arguments of its own.
TRUSTED = "-y" in sys.argv[: sys.argv.index("--")]


def refuse_programs():
    """Line styles, shaders and cameras that are programs run while a frame renders, whatever `-Y` says.

    Whether they are switched on is not asked: a switch can be animated. Every scene of the file counts,
    since the compositor and the sequencer can render them all.
    """
    if TRUSTED:
        return
    styled = [scene.name for scene in bpy.data.scenes if _has_line_scripts(scene)]
    if styled:
        raise _not_trusted(f"The scene {listed(styled)} draws its lines with Python (Freestyle)")
    if not any(scene.render.engine == "CYCLES" for scene in bpy.data.scenes):
        return
    shaders = [name for name, tree in _shader_trees() if _has_script_node(tree)]
    if shaders:
        raise _not_trusted(f"{listed(shaders)} has a shader that is a program (OSL)")
    cameras = [camera.name for camera in bpy.data.cameras if camera.type == "CUSTOM"]
    if cameras:
        raise _not_trusted(f"The camera {listed(cameras)} is a program (OSL)")


def other_outputs(scene):
    """Absolute folders that the scene writes to besides its frames."""
    # The number of the frame is put behind each.
    folders = {os.path.dirname(os.path.abspath(f"{path}0001")) for node in _writers(scene) for path in _paths_of(node)}
    return sorted(folders | set(_fluid_caches()))


def other_files(scene):
    """Absolute paths, without the number and the ending, of the files that the compositor writes."""
    return sorted({os.path.normpath(path) for node in _writers(scene) for path in _files_of(node)})


def replays_fluids():
    """Whether rendering writes caches."""
    return any(True for _ in _fluid_caches())


def _not_trusted(what):
    return Refusal("not-trusted", f"{what}, which was not run, because this folder is not trusted.")


def _has_line_scripts(scene):
    layers = scene.view_layers
    return any(module.script for layer in layers for module in layer.freestyle_settings.modules)


def _shader_trees():
    for owners in (bpy.data.materials, bpy.data.worlds, bpy.data.lights):
        yield from ((owner.name, owner.node_tree) for owner in owners if owner.node_tree)
    yield from ((tree.name, tree) for tree in bpy.data.node_groups)


def _has_script_node(tree):
    nodes = (node for node in tree.nodes if node.bl_idname == "ShaderNodeScript")
    return any(node.script or node.filepath or node.bytecode for node in nodes)


def _writers(scene):
    """The nodes that write files of their own."""
    # What is cut into the sequencer is rendered with its own compositor.
    scenes = [scene] if scene.sequence_editor is None else bpy.data.scenes
    seen = set()
    for each in scenes:
        yield from _writers_in(overrides.compositor(each), seen)


def _writers_in(tree, seen):
    if tree is None or tree in seen:
        return
    seen.add(tree)
    # A switch that is animated may be on at another frame.
    animated = tree.animation_data is not None
    for node in tree.nodes:
        if getattr(node, "node_tree", None):
            yield from _writers_in(node.node_tree, seen)
        if node.bl_idname == "CompositorNodeOutputFile" and (animated or not node.mute):
            yield node


def _paths_of(node):
    """From 5.0 on the parts of a path are called `directory`, `file_name` and `file_output_items`."""
    base = absolute(getattr(node, "base_path", None) or getattr(node, "directory", ""))
    names = [slot.path for slot in getattr(node, "file_slots", ())]
    names += [item.name for item in getattr(node, "file_output_items", ())]
    names.append(getattr(node, "file_name", ""))
    paths = [base + os.sep + native(name) for name in names]
    if hasattr(node, "base_path") and node.format.file_format == "OPEN_EXR_MULTILAYER":
        # All layers go into one file, and this is its path.
        paths.append(base)
    return paths


def _files_of(node):
    """Those of `_paths_of` that become files."""
    base = absolute(getattr(node, "base_path", None) or getattr(node, "directory", ""))
    layers = node.format.file_format == "OPEN_EXR_MULTILAYER"
    if hasattr(node, "base_path"):
        names = [native(slot.path) for slot in node.file_slots]
        return [base] if layers else [base + os.sep + name for name in names]
    names = [""] if layers else [item.name for item in node.file_output_items]
    return [base + os.sep + native(node.file_name) + native(name) for name in names]


def _fluid_caches():
    """A domain that replays writes as the frames go by; the other kinds only read what was baked."""
    for item in bpy.data.objects:
        for modifier in item.modifiers:
            domain = modifier.domain_settings if modifier.type == "FLUID" else None
            if domain is not None and domain.cache_type == "REPLAY":
                yield os.path.abspath(absolute(domain.cache_directory))
