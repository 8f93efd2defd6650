"""Paths as Blender itself takes them."""

import os
import re

import bpy

# No path has it. It stands for a `#` that Blender is not to fill in now.
_MARK = "\x1f"
# Long enough to be found again.
_NUMBER = 987654


class BadTemplate(ValueError):
    """What is in braces can't be filled in, so that Blender writes nothing there. The text says which part it is."""


def absolute(path, library=None):
    """Like `bpy.path.abspath`, but on Linux and macOS with `/` for each backslash, as Blender does on every use.

    What a .blend of Windows has saved is turned when it is opened; what a script sets is not.
    """
    start = os.path.dirname(absolute(library.filepath)) if library else None
    return native(bpy.path.abspath(native(path), start=start))


def native(path):
    return path.replace("\\", "/") if os.sep == "/" else path


def has_templates():
    """From 4.5 on `{blend_name}` and the like are filled in when a file is written, and a brace is written twice."""
    return bpy.app.version >= (4, 5, 0)


def filled(scene, raw, node=None):
    """The absolute path that a render writes to, its `#` left. `node`: whose path it is, if not the scene's own.

    Blender itself fills in what is in braces, so that no version's rules are told here a second time.
    """
    if not has_templates() or not ("{" in raw or "}" in raw):
        return absolute(raw)
    render = scene.render
    kept = render.filepath, render.use_file_extension
    parts = r"\{\{|\}\}|\{[^{}]*\}|#"
    render.filepath = re.sub(parts, lambda part: _MARK if part[0] == "#" else _of_node(part[0], node), native(raw))
    render.use_file_extension = False
    try:
        path = render.frame_path(frame=_NUMBER)
    except RuntimeError as error:
        raise BadTemplate(_said_of_template(str(error), raw)) from None
    finally:
        render.filepath, render.use_file_extension = kept
    # Blender puts a number at the end, unless a name that was filled in has a `#` itself.
    before, number, after = path.rpartition(str(_NUMBER))
    return f"{before}{'####' if number and after else ''}{after}".replace(_MARK, "#")


def _of_node(part, node):
    """Of what a node alone knows: its name, and the file that it comes from."""
    if node is None:
        return part
    if part == "{node_name}":
        return _in_a_name(node.name)
    library = node.id_data.library
    if library is not None and part in ("{blend_name_lib}", "{blend_dir_lib}"):
        folder, name = os.path.split(absolute(library.filepath))
        return _braced(os.path.splitext(name)[0] if part == "{blend_name_lib}" else folder)
    return part


def _in_a_name(text):
    """As Blender makes a file's name of any text (BLI_path_make_safe_filename)."""
    safe = re.sub(r'[\x00-\x1f\x7f/\\?*:|"<>]', "_", text)
    return _braced("_" + safe[1:] if safe and not safe.strip(".") else safe)


def _braced(text):
    return text.replace("{", 2 * "{").replace("}", 2 * "}")


def _said_of_template(words, raw):
    """Which part is wrong, from Blender's own words."""
    parts = re.findall(r"^- (.+?)\.?$", words, re.MULTILINE)
    return f'"{raw}" ({"; ".join(parts) or words.strip()})'
