# SPDX-License-Identifier: GPL-3.0-or-later
"""What the buttons do: check, write, send, mend, and lead there."""

import os
import traceback

import bpy
from bpy.props import BoolProperty, StringProperty

from . import app, found, frames, settings, shot, shot_file


class _Told:
    """An operator whose errors are sentences: what it does is `run`."""

    def execute(self, context):
        try:
            return self.run(context) or {"FINISHED"}
        except (shot_file.Refused, app.NotStarted, frames.BadFrames) as why:
            self.report({"ERROR"}, str(why))
        except OSError as error:
            self.report({"ERROR"}, f"{error.filename or 'The shot file'}: {error.strerror}.")
        except Exception as error:  # noqa: BLE001 - the artist gets a sentence, the console the rest
            traceback.print_exc()
            what = " ".join(str(error).split())[:200]
            self.report({"ERROR"}, f"Nightshift for Blender could not go on: {what} (more in Blender's console)")
        return {"CANCELLED"}


class NIGHTSHIFT_OT_check(_Told, bpy.types.Operator):
    bl_idname = "nightshift.check"
    bl_label = "Check"
    bl_description = "Look for what would spoil the shot: camera, files, simulations, outputs"

    def run(self, context):
        count = len(found.look(context.scene))
        self.report({"INFO"}, "Nothing was found." if count == 0 else f"{count} finding{'s' if count > 1 else ''}.")


class NIGHTSHIFT_OT_write(_Told, bpy.types.Operator):
    bl_idname = "nightshift.write"
    bl_label = "Write Shot File"
    bl_description = "Write what is set here into the shot file beside the .blend. What else stands in the file stays"

    @classmethod
    def poll(cls, _context):
        cls.poll_message_set("Save the file first: the shot file goes beside it")
        return bool(bpy.data.filepath)

    def run(self, context):
        path, kept = write(context.scene)
        told = f"{os.path.basename(path)} is written"
        if kept:
            told += f"; it says by itself: {', '.join(kept)}"
        self.report({"INFO"}, f"{told}.")


class _HandedOver(_Told):
    """Saves the file, writes its shot file and hands its folder over: to whom says `hand_over`."""

    save: BoolProperty(name="Save", description="Save changes of the file first", options={"SKIP_SAVE"})

    def invoke(self, context, event):
        if not bpy.data.filepath:
            self.report({"WARNING"}, "Save the file first, then send it.")
            return bpy.ops.wm.save_as_mainfile("INVOKE_DEFAULT")
        if not shot.is_unsaved():
            return self.execute(context)
        self.save = True
        return context.window_manager.invoke_confirm(
            self, event, title="Save and send?", confirm_text="Save and Send",
            message="The file has changes that are not saved. Nightshift renders what is saved.",
        )

    def run(self, context):
        if not bpy.data.filepath:
            raise app.NotStarted("The file was never saved. Save it first, then send it.")
        if shot.is_unsaved() and not self.save:
            raise app.NotStarted("The file has changes that are not saved. Save it first, then send it.")
        chosen = bpy.path.abspath(settings.preferences().place)
        # Before anything is written: whether there is somebody to send it to.
        app.command(chosen)
        before = context.scene.nightshift.written
        path, _ = write(context.scene)
        if self.save or context.scene.nightshift.written != before:
            bpy.ops.wm.save_mainfile()
        worst = [one for one in found.look(context.scene) if one.severity == "ERROR"]
        self.hand_over(os.path.dirname(path), chosen)
        told = f"{os.path.basename(path)} is {self.done}"
        if worst:
            count = f"{len(worst)} error{'s' if len(worst) > 1 else ''}"
            self.report({"WARNING"}, f"{told}, with {count}: {worst[0].text}")
        else:
            self.report({"INFO"}, f"{told}.")


class NIGHTSHIFT_OT_send(_HandedOver, bpy.types.Operator):
    bl_idname = "nightshift.send"
    bl_label = "Send to Nightshift"
    bl_description = "Save the file, write its shot file and open its folder in Nightshift, which is started if it does not run"

    done = "sent to Nightshift"
    hand_over = staticmethod(app.send)


class NIGHTSHIFT_OT_tonight(_HandedOver, bpy.types.Operator):
    bl_idname = "nightshift.tonight"
    bl_label = "Add to Tonight"
    bl_description = "Save the file, write its shot file and put its folder behind what Nightshift renders tonight"

    done = "in tonight's queue"
    hand_over = staticmethod(app.add_to_tonight)


def write(scene):
    """Writes the shot file of a scene. Returns its path, and the keys that it says by itself."""
    name = shot.name_of(scene)
    if shot_file.tidy_name(name) != name:
        raise shot_file.Refused(f'"{name}" can\'t be the name of a shot file on every system. Choose another name.')
    path = shot.file_of(scene)
    known = scene.nightshift
    file = os.path.basename(path)
    texts, kept = shot_file.write(path, os.path.basename(bpy.data.filepath), shot.keys_of(scene), known.remembered(file))
    known.remember(file, texts)
    return path, kept


class _Mends(_Told):
    bl_options = {"REGISTER", "UNDO"}

    def run(self, context):
        self.mend(context)
        found.look(context.scene)


class NIGHTSHIFT_OT_use_camera(_Mends, bpy.types.Operator):
    bl_idname = "nightshift.use_camera"
    bl_label = "Use Camera"
    bl_description = "Make this the camera of the scene"

    name: StringProperty(name="Camera")

    def mend(self, context):
        context.scene.camera = context.scene.objects[self.name]


class NIGHTSHIFT_OT_add_camera(_Mends, bpy.types.Operator):
    bl_idname = "nightshift.add_camera"
    bl_label = "Add Camera"
    bl_description = "Add a camera to the scene, where the 3D viewport looks from"

    def mend(self, context):
        scene = context.scene
        camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
        scene.collection.objects.link(camera)
        # Else as in Blender's own start-up file.
        camera.location, camera.rotation_euler = (7.36, -6.93, 4.96), (1.11, 0.0, 0.81)
        view = _area(context, "VIEW_3D")
        if view is not None:
            camera.matrix_world = view.spaces.active.region_3d.view_matrix.inverted()
        scene.camera = camera


class NIGHTSHIFT_OT_use_png(_Mends, bpy.types.Operator):
    bl_idname = "nightshift.use_png"
    bl_label = "Use PNG"
    bl_description = "Let the shot render PNG. The scene's own format stays as it is saved"

    def mend(self, context):
        context.scene.nightshift.image_format = "PNG"


class NIGHTSHIFT_OT_use_own_folder(_Mends, bpy.types.Operator):
    bl_idname = "nightshift.use_own_folder"
    bl_label = "Use Nightshift's Folder"
    bl_description = "Let the frames go where Nightshift is told to put them"

    def mend(self, context):
        context.scene.nightshift.output = "NIGHTSHIFT"


class NIGHTSHIFT_OT_tidy_name(_Mends, bpy.types.Operator):
    bl_idname = "nightshift.tidy_name"
    bl_label = "Tidy Up the Name"
    bl_description = "Take the nearest name that a file can have on every system"

    def mend(self, context):
        context.scene.nightshift.name = shot_file.tidy_name(shot.name_of(context.scene))


class NIGHTSHIFT_OT_clear_frames(_Mends, bpy.types.Operator):
    bl_idname = "nightshift.clear_frames"
    bl_label = "Clear the Frames"
    bl_description = "Render the range of the scene"

    def mend(self, context):
        context.scene.nightshift.frames = ""


class NIGHTSHIFT_OT_clear_camera(_Mends, bpy.types.Operator):
    bl_idname = "nightshift.clear_camera"
    bl_label = "Clear the Camera"
    bl_description = "Render with the camera of the scene"

    def mend(self, context):
        context.scene.nightshift.camera = None


class NIGHTSHIFT_OT_show_tab(_Told, bpy.types.Operator):
    bl_idname = "nightshift.show_tab"
    bl_label = "Show"
    bl_description = "Show where this is set"

    tab: StringProperty(name="Tab")

    def run(self, context):
        _show_tab(context, self.tab)


class NIGHTSHIFT_OT_show_object(_Told, bpy.types.Operator):
    bl_idname = "nightshift.show_object"
    bl_label = "Show"
    bl_description = "Select the object and show where this is set"
    bl_options = {"REGISTER", "UNDO"}

    name: StringProperty(name="Object")
    tab: StringProperty(name="Tab")

    def run(self, context):
        item = context.scene.objects.get(self.name)
        if item is None or item.name not in context.view_layer.objects:
            raise shot_file.Refused(f'The object "{self.name}" is in no collection that is shown here.')
        for other in context.selected_objects:
            other.select_set(False)
        item.select_set(True)
        context.view_layer.objects.active = item
        _show_tab(context, self.tab)


class NIGHTSHIFT_OT_show_node(_Told, bpy.types.Operator):
    bl_idname = "nightshift.show_node"
    bl_label = "Show"
    bl_description = "Select the node in the compositor"

    tree: StringProperty(name="Tree")
    node: StringProperty(name="Node")

    def run(self, context):
        trees = [*bpy.data.node_groups, *(getattr(scene, "node_tree", None) for scene in bpy.data.scenes)]
        tree = next((each for each in trees if each is not None and each.name == self.tree and self.node in each.nodes), None)
        if tree is None:
            raise shot_file.Refused(f'The node "{self.node}" is not there any more.')
        for node in tree.nodes:
            node.select = node.name == self.node
        tree.nodes.active = tree.nodes[self.node]
        workspace = bpy.data.workspaces.get("Compositing")
        if workspace is not None and context.window is not None:
            context.window.workspace = workspace
        else:
            self.report({"INFO"}, f'The node "{self.node}" is selected in the compositor.')


class NIGHTSHIFT_OT_show_text(_Told, bpy.types.Operator):
    bl_idname = "nightshift.show_text"
    bl_label = "Show"
    bl_description = "Show the text"

    name: StringProperty(name="Text")

    def run(self, context):
        workspace = bpy.data.workspaces.get("Scripting")
        if workspace is None or context.window is None:
            raise shot_file.Refused(f'Open a Text editor and choose "{self.name}".')
        context.window.workspace = workspace
        for screen in workspace.screens:
            for area in screen.areas:
                if area.type == "TEXT_EDITOR":
                    area.spaces.active.text = bpy.data.texts.get(self.name)


class NIGHTSHIFT_OT_show_preferences(_Told, bpy.types.Operator):
    bl_idname = "nightshift.show_preferences"
    bl_label = "Show"
    bl_description = "Show where this is set in Blender's preferences"

    section: StringProperty(name="Section")

    def run(self, context):
        context.preferences.active_section = self.section
        bpy.ops.screen.userpref_show("INVOKE_DEFAULT")


def _show_tab(context, tab):
    area = _area(context, "PROPERTIES")
    if area is None:
        raise shot_file.Refused(f"Open a Properties editor and choose its tab {tab.replace('_', ' ').title()}.")
    try:
        area.spaces.active.context = tab
    except TypeError:
        # An object without such a tab, or another one that is pinned there.
        area.spaces.active.context = "OBJECT"


def _area(context, kind):
    areas = context.screen.areas if context.screen is not None else ()
    return next((area for area in areas if area.type == kind), None)


CLASSES = (
    NIGHTSHIFT_OT_check,
    NIGHTSHIFT_OT_write,
    NIGHTSHIFT_OT_send,
    NIGHTSHIFT_OT_tonight,
    NIGHTSHIFT_OT_use_camera,
    NIGHTSHIFT_OT_add_camera,
    NIGHTSHIFT_OT_use_png,
    NIGHTSHIFT_OT_use_own_folder,
    NIGHTSHIFT_OT_tidy_name,
    NIGHTSHIFT_OT_clear_frames,
    NIGHTSHIFT_OT_clear_camera,
    NIGHTSHIFT_OT_show_tab,
    NIGHTSHIFT_OT_show_object,
    NIGHTSHIFT_OT_show_node,
    NIGHTSHIFT_OT_show_text,
    NIGHTSHIFT_OT_show_preferences,
)
