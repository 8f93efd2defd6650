"""One Blender with the extension installed: does what an artist would do, and writes down what came of it.

blender -b --python session.py -- FOLDER, where FOLDER holds the scenes of extension.test.ts; the answers go to FOLDER/answers.json.
Where the extension was not installed but only lies in its place, it is switched on here.
"""

import importlib
import json
import os
import sys
import types

import bpy

FOLDER = sys.argv[-1]
MODULE = "bl_ext.user_default.nightshift"
answers = {}


def part(name):
    return importlib.import_module(f"{MODULE}.{name}")


def opened(*path):
    """Opens a scene; gives what the panel sets."""
    bpy.ops.wm.open_mainfile(filepath=os.path.join(FOLDER, *path), load_ui=False)
    return bpy.context.scene.nightshift


def checked():
    bpy.ops.nightshift.check()
    return [
        {
            "severity": one.severity, "cause": one.cause, "subject": one.subject, "text": one.text,
            "button": one.action.label if one.action else None,
        }
        for one in part("found").last(bpy.context.scene)
    ]


def pressed(label):
    """The button of a finding."""
    for one in part("found").last(bpy.context.scene):
        if one.action is not None and one.action.label == label:
            group, name = one.action.operator.split(".")
            return told(lambda: getattr(getattr(bpy.ops, group), name)(**one.action.properties))
    return f"There is no button {label}."


def told(press):
    """What an operator says where it refuses; None: it did its work."""
    try:
        press()
    except RuntimeError as error:
        return str(error).strip()
    return None


def text(*path):
    try:
        with open(os.path.join(FOLDER, *path), encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None


def put(words, *path):
    with open(os.path.join(FOLDER, *path), "w", encoding="utf-8", newline="") as file:
        file.write(words)


def check_scenes():
    found = {}
    for name in sorted(os.listdir(os.path.join(FOLDER, "check"))):
        if name.endswith(".blend"):
            opened("check", name)
            found[name.removesuffix(".blend")] = checked()
    return found


def never_saved():
    bpy.ops.wm.read_homefile(use_empty=True)
    return {
        "causes": [one["cause"] for one in checked()],
        "write": bpy.ops.nightshift.write.poll(),
        "send": told(lambda: bpy.ops.nightshift.send()),
    }


def saved_path():
    """The same scene, when its frames go where the scene itself is saved to; and into a folder that can't be made."""
    settings = opened("check", "outputs.blend")
    settings.output = "SCENE"
    settings.image_format = "PNG"
    there = checked()
    settings.output, settings.folder = "FOLDER", "//a file/frames"
    nowhere = checked()
    bpy.context.scene.render.filepath = "/tmp/"
    settings.output = "SCENE"
    return [there, nowhere, checked()]


def mend():
    said = {}
    opened("check", "blind.blend")
    checked()
    said["use"] = [pressed("Use Camera"), bpy.context.scene.camera.name, [one["cause"] for one in checked()]]
    bpy.data.objects.remove(bpy.data.objects["Camera"])
    checked()
    said["add"] = [pressed("Add Camera"), bpy.context.scene.camera is not None]
    settings = opened("check", "good.blend")
    settings.name, settings.frames = "a/b: c. ", "5-1"
    said["wrong"] = [[one["cause"], one["text"]] for one in checked()]
    said["refused"] = told(lambda: bpy.ops.nightshift.write())
    pressed("Tidy Up")
    pressed("Clear")
    said["mended"] = [settings.name, settings.frames, [one["cause"] for one in checked()]]
    return said


def write_all():
    """Everything that the panel can set, in a file with two scenes."""
    settings = opened("set", "hero.blend")
    other = bpy.data.objects["Cam: other"]
    bpy.data.scenes.new("Elsewhere")
    settings.name, settings.frames, settings.camera = "night hero", " 3, 1-2,  10-30x10 ", other
    settings.use_samples, settings.samples = True, 7
    settings.use_percentage, settings.percentage = True, 50
    settings.device, settings.simulations = "GPU_OR_CPU", "BAKE"
    settings.output, settings.folder = "FOLDER", "//frames: all"
    settings.file_name, settings.image_format = "hero_###", "OPEN_EXR"
    bpy.ops.nightshift.write()
    settings.name, settings.output = "as saved", "SCENE"
    settings.frames, settings.use_samples, settings.use_percentage = "-3", False, False
    settings.camera, settings.device, settings.simulations, settings.image_format = None, "SAVED", "IN_ORDER", "SAVED"
    settings.file_name = ""
    bpy.ops.nightshift.write()
    bpy.ops.wm.save_mainfile()


def edit():
    settings = opened("edit", "shot.blend")
    settings.frames = "1-12"
    settings.use_samples, settings.samples = True, 64
    said = {"before": text("edit", "shot.yaml")}
    said["write"] = told(lambda: bpy.ops.nightshift.write())
    said["after"] = text("edit", "shot.yaml")
    # What the panel wrote it takes back, also after the file was closed; what somebody else did not.
    bpy.ops.wm.save_mainfile()
    settings = opened("edit", "shot.blend")
    settings.frames, settings.use_samples = "", False
    bpy.ops.nightshift.write()
    said["back"] = text("edit", "shot.yaml")
    return said


def refuse():
    said = {}
    for name in sorted(os.listdir(os.path.join(FOLDER, "refuse"))):
        stem, ending = os.path.splitext(name)
        if ending not in (".yaml", ".yml"):
            continue
        settings = opened("refuse", "shot.blend")
        settings.name, settings.use_samples = stem, True
        before = text("refuse", name)
        said[stem] = [told(lambda: bpy.ops.nightshift.write()), text("refuse", name) == before]
    return said


def send():
    """`place` is a program that notes what it is given."""
    settings = opened("send", "shot.blend")
    preferences = bpy.context.preferences.addons[MODULE].preferences
    said = {}
    preferences.place = os.path.join(FOLDER, "not there")
    said["nobody"] = [told(lambda: bpy.ops.nightshift.send()), text("send", "shot.yaml")]
    preferences.place = os.path.join(FOLDER, "angry")
    said["angry"] = told(lambda: bpy.ops.nightshift.send())
    preferences.place = os.path.join(FOLDER, "takes")
    settings.frames = "1-2"
    said["sent"] = told(lambda: bpy.ops.nightshift.send(save=True))
    said["saved"] = opened("send", "shot.blend").frames
    preferences.place = os.path.join(FOLDER, "angry")
    said["no night"] = told(lambda: bpy.ops.nightshift.tonight())
    preferences.place = os.path.join(FOLDER, "queues")
    said["queued"] = told(lambda: bpy.ops.nightshift.tonight())
    said["clone"] = part("app").without_window(["node", os.path.join("clone", "build", "start.mjs")])
    return said


def frame_lists():
    frames = part("frames")
    said = {}
    for words in json.loads(text("frames.json")):
        try:
            list_ = frames.parsed(words)
            said[words] = [list_, frames.written(list_)]
        except frames.BadFrames:
            said[words] = None
    return said


def names():
    return {name: part("shot_file").tidy_name(name) for name in json.loads(text("names.json"))}


def formats():
    return list(part("settings").FORMATS)


def program(*path):
    path = os.path.join(FOLDER, *path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    put("", path)
    os.chmod(path, 0o755)
    return path


def places():
    """Where Nightshift is looked for, on each system; and whose command line the PATH may lead to."""
    app = part("app")
    environment = {"PATH": "", "LOCALAPPDATA": "L", "ProgramFiles": "P"}
    said = {system: list(app.places(system, environment, FOLDER)) for system in ("linux", "darwin", "win32")}
    window = program("opt", "nightshift")
    command = program("opt", "resources", "bin", "nightshift")
    program("opt", "resources", "app.asar")
    os.mkdir(os.path.join(FOLDER, "bin"))
    os.symlink(command, os.path.join(FOLDER, "bin", "nightshift"))
    environment["PATH"] = os.path.join(FOLDER, "bin")
    said["installed"] = app.command("", "linux", environment, FOLDER) == [window]
    said["unpacked"] = app.command(os.path.join(FOLDER, "opt"), "linux", environment, FOLDER) == [window]
    environment["PATH"] = os.path.dirname(program("other", "nightshift"))
    # A command line alone has no window.
    try:
        said["alone"] = app.command("", "win32", {"PATH": environment["PATH"]}, FOLDER)
    except app.NotStarted as why:
        said["alone"] = str(why)
    bundle = program("Nightshift.app", "Contents", "MacOS", "Nightshift")
    said["macOS"] = app.command(os.path.join(FOLDER, "Nightshift.app"), "darwin", environment, FOLDER) == [bundle]
    return said


class Layout:
    """Takes what a panel draws, if this Blender's own layout would take it."""

    functions = bpy.types.UILayout.bl_rna.functions

    def __getattr__(self, name):
        if name in bpy.types.UILayout.bl_rna.properties:
            return None
        known = self.functions[name].parameters
        def call(*args, **options):
            assert set(options) <= set(known.keys()), f"{name} does not know {set(options) - set(known.keys())}"
            if name == "prop":
                assert args[1] in args[0].bl_rna.properties, f"There is no {args[1]}"
            return Button(args[0]) if name == "operator" else self
        return call


class Button:
    def __init__(self, operator):
        group, name = operator.split(".")
        kind = getattr(bpy.ops, group)
        self.__dict__["known"] = getattr(kind, name).get_rna_type().properties

    def __setattr__(self, name, _value):
        assert name in self.known, f"The operator has no {name}"


def draw():
    """Every panel, with every finding of every scene."""
    panel = part("panel")
    drawn, itself = [], types.SimpleNamespace(layout=Layout())
    for name in ("good", "lacking", "moving", "outputs"):
        opened("check", f"{name}.blend")
        # What a window has.
        preferences = types.SimpleNamespace(system=types.SimpleNamespace(ui_scale=1.0))
        region = types.SimpleNamespace(width=300)
        context = types.SimpleNamespace(scene=bpy.context.scene, preferences=preferences, region=region)
        for is_checked in (False, True):
            if is_checked:
                checked()
            for each in panel.CLASSES:
                each.draw(itself, context)
                if hasattr(each, "draw_header_preset"):
                    each.draw_header_preset(itself, context)
                drawn.append(each.__name__)
    confirm = bpy.types.WindowManager.bl_rna.functions["invoke_confirm"].parameters.keys()
    assert {"title", "message", "confirm_text"} <= set(confirm)
    return sorted(set(drawn))


def without_cycles():
    bpy.ops.preferences.addon_disable(module="cycles")
    opened("check", "good.blend")
    return checked()


def left_behind():
    """What is still there when the extension has been switched off."""
    bpy.ops.preferences.addon_disable(module=MODULE)
    handlers = [
        f"{name}: {handler.__name__}"
        for name in dir(bpy.app.handlers) if isinstance(getattr(bpy.app.handlers, name), list)
        for handler in getattr(bpy.app.handlers, name) if handler.__module__.startswith(MODULE)
    ]
    return {
        "types": [name for name in dir(bpy.types) if "nightshift" in name.lower()],
        "operators": dir(bpy.ops.nightshift) if "nightshift" in dir(bpy.ops) else [],
        "scene": hasattr(bpy.types.Scene, "nightshift"),
        "handlers": handlers,
    }


if MODULE not in bpy.context.preferences.addons:
    bpy.ops.preferences.addon_enable(module=MODULE)
for step in (check_scenes, never_saved, saved_path, mend, write_all, edit, refuse, send, frame_lists, names, formats, places, draw, without_cycles, left_behind):
    answers[step.__name__] = step()
with open(os.path.join(FOLDER, "answers.json"), "w", encoding="utf-8") as file:
    json.dump(answers, file)
