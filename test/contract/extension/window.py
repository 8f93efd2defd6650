"""Blender with its window: draws the panel in both of its places, and does what a file without changes can't show.

blender --python window.py -- FOLDER; the answers go to FOLDER/window.json.
"""

import importlib
import json
import os
import sys
import threading
import traceback

import bpy

FOLDER = sys.argv[-1]
MODULE = "bl_ext.user_default.nightshift"
answers = {"drawn": {}, "errors": []}


def noted(each):
    """A panel's `draw` that counts, and keeps what goes wrong."""
    draw = each.draw

    def counted(self, context):
        try:
            draw(self, context)
            answers["drawn"][each.__name__] = answers["drawn"].get(each.__name__, 0) + 1
        except Exception:
            answers["errors"].append(traceback.format_exc())

    return counted


def told(press):
    try:
        press()
    except RuntimeError as error:
        return str(error).strip()
    return None


def open_file():
    bpy.context.preferences.view.show_splash = False
    for each in importlib.import_module(f"{MODULE}.panel").CLASSES:
        bpy.utils.unregister_class(each)
        each.draw = noted(each)
        # Closed ones, too.
        each.bl_options = set()
        bpy.utils.register_class(each)
    bpy.ops.wm.open_mainfile(filepath=os.path.join(FOLDER, "check", "lacking.blend"), load_ui=False)
    bpy.app.timers.register(guarded(look), first_interval=0.1)


def redraw():
    for _ in range(2):
        bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=1)


def look():
    window = bpy.context.window_manager.windows[0]
    with bpy.context.temp_override(window=window):
        settings = window.scene.nightshift
        for area in window.screen.areas:
            if area.type == "PROPERTIES":
                area.spaces.active.context = "OUTPUT"
            if area.type == "VIEW_3D":
                area.spaces.active.show_region_ui = True
        redraw()
        for area in window.screen.areas:
            for region in area.regions:
                if area.type == "VIEW_3D" and region.type == "UI":
                    region.active_panel_category = "Nightshift"
        settings.frames, settings.use_samples = "1-48, 60", True
        bpy.ops.nightshift.check()
        settings.output, settings.folder = "FOLDER", "//frames"
        redraw()
        answers["dirty"] = [bpy.data.is_dirty]
        bpy.ops.ed.undo_push(message="Frames")
        answers["dirty"].append(bpy.data.is_dirty)
        answers["unsaved"] = told(lambda: bpy.ops.nightshift.send())
        bpy.ops.nightshift.check()
        found = importlib.import_module(f"{MODULE}.found")
        answers["found"] = [one.cause for one in found.last(window.scene)]
        bpy.ops.nightshift.show_object(name="Cube", tab="MODIFIER")
        answers["shown"] = next(area.spaces.active.context for area in window.screen.areas if area.type == "PROPERTIES")
        bpy.ops.nightshift.show_tab(tab="OUTPUT")
        redraw()
        answers["asked"] = list(bpy.ops.nightshift.send("INVOKE_DEFAULT"))
    with open(os.path.join(FOLDER, "window.json"), "w", encoding="utf-8") as file:
        json.dump(answers, file)
    bpy.ops.wm.quit_blender()


def guarded(step):
    """What goes wrong in a timer is told to nobody, and Blender would stay."""
    def go():
        try:
            step()
        except Exception:
            traceback.print_exc()
            os._exit(1)
    return go


# One that hangs must not stay either.
limit = threading.Timer(150, lambda: os._exit(1))
limit.daemon = True
limit.start()
bpy.app.timers.register(guarded(open_file), first_interval=0.1)
