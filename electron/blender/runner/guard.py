"""What a scene of a folder that is not trusted may not do. Blender's own switch for Python, `-Y`, covers only a part."""

import os
import sys

import bpy

from . import overrides
from .paths import BadTemplate, absolute, filled, native
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
    shaders = [name for name, tree in shader_trees() if _has_script_node(tree)]
    if shaders:
        raise _not_trusted(f"{listed(shaders)} has a shader that is a program (OSL)")
    cameras = [camera.name for camera in bpy.data.cameras if camera.type == "CUSTOM"]
    if cameras:
        raise _not_trusted(f"The camera {listed(cameras)} is a program (OSL)")


def other_outputs(scene):
    """Absolute folders that the scene writes to besides its frames."""
    # The number of the frame is put behind each.
    paths = [path for place in writers(scene) for path in _filled(place, _paths_of)]
    folders = {os.path.dirname(os.path.abspath(f"{path}0001")) for path in paths}
    return sorted(folders | set(_fluid_caches()) | set(_texture_caches()))


def other_files(scene):
    """Absolute paths, without the number and the ending, of the files that the compositor writes."""
    return sorted({os.path.abspath(path) for place in writers(scene) for path in _filled(place, _files_of)})


def leave_out_writers(scene):
    """No node of the compositor writes files of its own: they have nothing behind them, so no picture is another one without."""
    for _, node in list(writers(scene)):
        node.id_data.nodes.remove(node)


def refuse_caches():
    """Pictures are the same without these; they would write beside textures, wherever those lie, and into a folder of all."""
    if TRUSTED:
        return
    for scene in bpy.data.scenes:
        for name in ("use_auto_generate_texture_cache", "use_render_cache"):
            if getattr(scene.render, name, False):
                setattr(scene.render, name, False)


def replays_fluids():
    """Whether rendering writes caches."""
    return any(True for _ in _fluid_caches())


def _not_trusted(what):
    return Refusal("not-trusted", f"{what}, which was not run, because this folder is not trusted.")


def _has_line_scripts(scene):
    layers = scene.view_layers
    return any(module.script for layer in layers for module in layer.freestyle_settings.modules)


def shader_trees():
    """The node trees of all shaders of the file, each with the name of what has it."""
    for owners in (bpy.data.materials, bpy.data.worlds, bpy.data.lights):
        yield from ((owner.name, owner.node_tree) for owner in owners if owner.node_tree)
    yield from ((tree.name, tree) for tree in bpy.data.node_groups)


def _has_script_node(tree):
    nodes = (node for node in tree.nodes if node.bl_idname == "ShaderNodeScript")
    return any(node.script or node.filepath or node.bytecode for node in nodes)


def writers(scene):
    """The nodes that write files of their own, each with the scene that it writes for."""
    # What is cut into the sequencer is rendered with its own compositor.
    scenes = [scene] if scene.sequence_editor is None else bpy.data.scenes
    for each, tree in overrides.compositor_trees(scenes):
        # A switch that is animated may be on at another frame.
        animated = tree.animation_data is not None
        for node in tree.nodes:
            if node.bl_idname == "CompositorNodeOutputFile" and (animated or not node.mute):
                yield each, node


def unfilled(scene, node):
    """What is wrong with the paths that a node writes to; None: nothing."""
    try:
        for raw in _files_of(node):
            filled(scene, raw, node)
    except BadTemplate as wrong:
        return str(wrong)
    return None


def _filled(place, paths_of):
    scene, node = place
    for raw in paths_of(node):
        try:
            yield filled(scene, raw, node)
        except BadTemplate as wrong:
            if not TRUSTED:
                raise Refusal(
                    "not-trusted",
                    f'The compositor node "{node.name}" writes to {wrong}. Where that is can\'t be told before, '
                    "which only a trusted folder may do.",
                    "Correct the path in the node, or trust the folder if you know where its files come from: "
                    "in the window, or with --trust.",
                ) from None
            # Blender skips such a file; see `unfilled`.


def _paths_of(node):
    """All that a node may write to, and the folder: as they stand, with what is in braces."""
    paths = _files_of(node)
    if hasattr(node, "base_path"):
        base = absolute(node.base_path)
        return [*paths, *_slots(base, node), f"{base}{os.sep}", base] if _is_layered(node) else [*paths, f"{base}{os.sep}"]
    return [*paths, _appended(node.directory, node.file_name)]


def _files_of(node):
    """Those of `_paths_of` that become files. From 5.0 on they have a folder, a name, and an item's name each."""
    if hasattr(node, "base_path"):
        base = absolute(node.base_path)
        # All layers go into one file, and this is its path.
        return [base] if _is_layered(node) else _slots(base, node)
    names = [""] if _is_layered(node) else [item.name for item in node.file_output_items]
    return [_appended(node.directory, f"{node.file_name}{name}") for name in names]


def _is_layered(node):
    return node.format.file_format == "OPEN_EXR_MULTILAYER"


def _slots(base, node):
    """As Blender joins them up to 4.5 (BLI_path_join)."""
    return [os.path.join(base, native(slot.path).lstrip(os.sep)) for slot in node.file_slots]


def _appended(folder, name):
    """As Blender joins them from 5.0 on (BLI_path_append): without a folder it is the root of the disk."""
    folder, name = native(folder), native(name)
    return f"{folder}{name}" if folder.endswith(os.sep) else f"{folder}{os.sep}{name}"


def _texture_caches():
    """5.2: tiled copies of textures lie beside them, unless the preferences name a folder for all."""
    if not any(getattr(scene.render, "use_auto_generate_texture_cache", False) for scene in bpy.data.scenes):
        return
    chosen = getattr(bpy.context.preferences.filepaths, "texture_cache_directory", "")
    if chosen:
        yield os.path.abspath(absolute(chosen))
        return
    for image in bpy.data.images:
        if image.source in ("FILE", "SEQUENCE", "TILED") and image.filepath:
            folder = os.path.dirname(absolute(image.filepath, library=image.library))
            yield os.path.abspath(os.path.join(folder, "blender_tx"))


def _fluid_caches():
    """A domain that replays writes as the frames go by; the other kinds only read what was baked."""
    for item in bpy.data.objects:
        for modifier in item.modifiers:
            domain = modifier.domain_settings if modifier.type == "FLUID" else None
            if domain is not None and domain.cache_type == "REPLAY":
                yield os.path.abspath(absolute(domain.cache_directory))
