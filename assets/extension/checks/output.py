# SPDX-License-Identifier: GPL-3.0-or-later
"""Where frames go: files that write over each other, folders that can't be written, formats that Nightshift can't prove."""

import os
import re
import tempfile

import bpy

from .. import shot
from ..finding import Action, Finding, leads_to_tab
from ..paths import name_of
from ..runner.overrides import compositor
from ..runner.paths import absolute
from ..settings import FORMATS

# More are not looked for one by one.
_MOST_FRAMES = 10_000
_NUMBER = 987654
_USE_OWN = Action("Use Nightshift's", "nightshift.use_own_folder")


def look(scope):
    yield from _format(scope)
    if scope.settings.output == "SCENE":
        yield from _saved_path(scope)
    elif scope.settings.output == "FOLDER" and scope.settings.folder.strip():
        yield from _folder(scope)
    elif scope.settings.output == "FOLDER":
        yield Finding("WARNING", "output", "", "No folder is chosen for the frames: they go into Nightshift's.", _USE_OWN)
    yield from _nodes(scope)


def _format(scope):
    render, chosen = scope.scene.render, scope.settings.image_format
    action = Action("Use PNG", "nightshift.use_png")
    saved = render.image_settings.file_format
    if chosen == "SAVED" and saved not in FORMATS and not render.is_movie_format:
        text = f"The scene is saved as {saved}, which Nightshift can't prove whole. Choose another format for the shot."
        yield Finding("ERROR", "format-not-supported", saved, text, action)
    if chosen == "AVIF" and bpy.app.version < (5, 0, 0):
        yield Finding("ERROR", "format-not-supported", chosen, "Only Blender 5 and newer write AVIF.", action)


def _saved_path(scope):
    scene, render = scope.scene, scope.scene.render
    show = leads_to_tab("OUTPUT")
    try:
        files = [render.frame_path(frame=frame) for frame in scope.frames[:_MOST_FRAMES] or [scene.frame_start]]
    except RuntimeError as error:
        text = f"Blender can't fill in the output path {render.filepath}: {_template_words(error)}. No frame would be written."
        yield Finding("ERROR", "output-not-writable", render.filepath, text, show)
        return
    folder = os.path.dirname(absolute(files[0]))
    yield from _place(folder, show)
    if not render.is_movie_format:
        yield from _there_already(folder, [os.path.basename(file) for file in files], show)
    others = sorted(each.name for each in bpy.data.scenes if each != scene and each.render.filepath == render.filepath)
    if others and "{scene_name}" not in render.filepath:
        names = " and ".join(f'"{name}"' for name in others[:3])
        text = f"The scene {names} of this file is saved to the same path: rendered both, one writes over the other."
        yield Finding("WARNING", "same-output", others[0], text, show)


def _folder(scope):
    folder = os.path.abspath(bpy.path.abspath(scope.settings.folder))
    yield from _place(folder, _USE_OWN)
    pattern = scope.settings.file_name.strip() or f"{shot.name_of(scope.scene)}_####"
    ending = scope.scene.render.file_extension
    pattern = pattern if "#" in pattern else f"{pattern}####"
    yield from _there_already(folder, [_numbered(pattern, frame) + ending for frame in scope.frames[:_MOST_FRAMES]], _USE_OWN)


def _numbered(pattern, frame):
    return re.sub("#+", lambda signs: f"{frame:0{len(signs[0])}d}", pattern, count=1)


def _place(folder, action):
    """Whether something can be written there, now and in the morning."""
    wrong = unwritable(folder)
    if wrong is not None:
        yield Finding("ERROR", "output-not-writable", name_of(folder), f"Frames would go nowhere: {wrong}.", action)
    elif _is_temporary(folder):
        text = f"Frames would go to {folder}, a temporary folder: your system may empty it. Choose one of your own."
        yield Finding("WARNING", "output-temporary", name_of(folder), text, action)


def unwritable(folder):
    """Why nothing can be written to a folder, there or to be made; None: it can."""
    there = folder
    while not os.path.lexists(there) and os.path.dirname(there) != there:
        there = os.path.dirname(there)
    if not os.path.isdir(there):
        return f"{there} is no folder"
    if not os.access(there, os.W_OK):
        return f"nothing may be written to {there}"
    return None


def _is_temporary(folder):
    roots = {os.path.realpath(path) for path in (tempfile.gettempdir(), bpy.context.preferences.filepaths.temporary_directory) if path}
    # A .blend that lies there itself is at home there.
    home = os.path.realpath(os.path.dirname(bpy.data.filepath))
    return any(_is_in(os.path.realpath(folder), root) and not _is_in(home, root) for root in roots)


def _is_in(path, folder):
    return path == folder or path.startswith(os.path.join(folder, ""))


def _there_already(folder, names, action):
    # Whatever the ending: the shot may have another format than the scene.
    stems = {os.path.splitext(name)[0] for name in names}
    try:
        there = [name for name in os.listdir(folder) if os.path.splitext(name)[0] in stems]
    except OSError:
        return
    if there:
        frames = f"{len(there)} of these frames are" if len(there) > 1 else "One of these frames is"
        text = f"{frames} in {folder} already: rendered anew, they are written over."
        yield Finding("WARNING", "output-exists", name_of(folder), text, action)


def _nodes(scope):
    """File Output nodes of the compositor."""
    render = scope.scene.render
    if not render.use_compositing:
        return
    writers = {}
    for scene, node in _writers(scope):
        show = Action("Show", "nightshift.show_node", {"tree": node.id_data.name, "node": node.name})
        try:
            paths = [_filled(scene, path, node) for path in _paths(node)]
        except RuntimeError as error:
            text = f'The node "{node.name}" will write nothing: Blender can\'t fill in its path, {_template_words(error)}.'
            yield Finding("WARNING", "output-not-writable", node.name, text, show)
            continue
        wrong = next((why for why in (unwritable(os.path.dirname(path)) for path in paths) if why is not None), None)
        first = writers.setdefault(tuple(sorted(paths)), node)
        if wrong is not None:
            text = f'The files of the node "{node.name}" go nowhere: {wrong}.'
        elif first != node:
            text = f'The nodes "{first.name}" and "{node.name}" write the same files: one is lost.'
        else:
            text = f'The node "{node.name}" writes files of its own, which Nightshift can\'t prove.'
        severity = "INFO" if wrong is None and first == node else "WARNING"
        yield Finding(severity, "output-not-writable", node.name, text, show)


def _writers(scope):
    """What is cut into the sequencer is rendered with its own compositor."""
    scenes = [scope.scene] if scope.scene.sequence_editor is None else bpy.data.scenes
    seen = set()
    for scene in scenes:
        for node in _writers_in(compositor(scene), seen):
            yield scene, node


def _writers_in(tree, seen):
    if tree is None or tree in seen:
        return
    seen.add(tree)
    for node in tree.nodes:
        yield from _writers_in(getattr(node, "node_tree", None), seen)
        # A switch that is animated may be on at another frame.
        if node.bl_idname == "CompositorNodeOutputFile" and (not node.mute or tree.animation_data is not None):
            yield node


def _paths(node):
    """The files of a node without number and ending, as they are written in it."""
    layered = node.format.file_format == "OPEN_EXR_MULTILAYER"
    if hasattr(node, "base_path"):
        if layered:
            return [node.base_path]
        return [os.path.join(node.base_path, slot.path.lstrip("/\\")) for slot in node.file_slots]
    # From 5.0 on, where an empty folder is the root of the disk.
    items = [""] if layered else [item.name for item in node.file_output_items]
    folder = node.directory if node.directory.endswith(("/", "\\")) else f"{node.directory}/"
    return [f"{folder}{node.file_name}{item}" for item in items]


def _filled(scene, path, node):
    """Absolute, and from 4.5 on with what stands in braces. Raises `RuntimeError` with Blender's words."""
    if bpy.app.version < (4, 5, 0) or not ("{" in path or "}" in path):
        return os.path.abspath(absolute(path))
    render = scene.render
    kept = render.filepath, render.use_file_extension
    # Blender fills in nothing but the output path when it is asked, and its rules differ by version.
    render.filepath = path.replace("{node_name}", re.sub(r'[\x00-\x1f\x7f/\\?*:|"<>{}]', "_", node.name))
    render.use_file_extension = False
    try:
        return os.path.abspath(absolute(render.frame_path(frame=_NUMBER)).replace(str(_NUMBER), ""))
    finally:
        render.filepath, render.use_file_extension = kept


def _template_words(error):
    parts = re.findall(r"^- (.+?)\.?$", str(error), re.MULTILINE)
    return "; ".join(parts) or str(error).strip()
