"""Makes a command line of the Python module `bpy`, which is Blender's own build without a program of its own.

python bpy-launcher.py [Blender's arguments …]

Takes the arguments that Nightshift and its tests use, left to right as Blender does, and ends as Blender would.
What differs from the program: there is no window, SIGINT ends it at once, a crash writes no crash file, and
that of 4.2 leaves the user's preferences unread.
"""

import os
import signal
import sys
import time

# Before `import bpy`, whose Cycles reads what stands behind `--`.
SELF = os.environ.pop("NIGHTSHIFT_BPY_NAME", None) or os.path.abspath(__file__)
GIVEN = sys.argv[1:]
sys.argv = [SELF, *GIVEN]
STARTED = time.monotonic()

# Names of an argument, and how many words it takes. Those of the first group count wherever they stand.
FIRST = {
    "background": (("-b", "--background"), 0),
    "trusted": (("-y", "--enable-autoexec"), 0),
    "untrusted": (("-Y", "--disable-autoexec"), 0),
    "factory": (("--factory-startup",), 0),
    "log": (("--log",), 1),
    "silent": (("-noaudio", "--offline-mode", "--quiet", "-q"), 0),
    "exit_code": (("--python-exit-code",), 1),
    "version": (("-v", "--version"), 0),
}
IN_TURN = {
    "python": (("-P", "--python"), 1),
    "expression": (("--python-expr",), 1),
    "addons": (("--addons",), 1),
    "output": (("-o", "--render-output"), 1),
    "first_frame": (("-s", "--frame-start"), 1),
    "last_frame": (("-e", "--frame-end"), 1),
    "frame_step": (("-j", "--frame-jump"), 1),
    "format": (("-F", "--render-format"), 1),
    "extension": (("-x", "--use-extension"), 1),
    "engine": (("-E", "--engine"), 1),
    "scene": (("-S", "--scene"), 1),
    "threads": (("-t", "--threads"), 1),
    "animation": (("-a", "--render-anim"), 0),
    "frames": (("-f", "--render-frame"), 1),
}
NAMES = {name: (what, words) for group in (FIRST, IN_TURN) for what, (names, words) in group.items() for name in names}


class Ended(Exception):
    """This process is to end with a code, as Blender's `exit()` would."""


def parse(arguments):
    """What is set for the whole run, and what is to be done in turn: pairs of a name and its word."""
    settings, steps, rest = {}, [], list(arguments)
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            break
        if argument not in NAMES:
            if argument.startswith("-"):
                raise ValueError(f"This launcher of the module bpy does not know the argument {argument}")
            steps.append(("open", argument))
            continue
        what, words = NAMES[argument]
        if words > len(rest):
            raise ValueError(f"{argument} needs a word behind it")
        word = rest.pop(0) if words else None
        if what in FIRST:
            settings[what] = True if word is None else word
            if what in ("trusted", "untrusted"):
                settings["scripts"] = what == "trusted"
        else:
            steps.append((what, word))
    return settings, steps


def frames_of(text, first, last):
    """`1,3,5..7`, with `+N` and `-N` counted from the scene's first and last frame: pairs of first and last."""

    def number(word):
        if word.startswith("+"):
            return first + int(word[1:])
        if word.startswith("-"):
            return last - int(word[1:])
        return int(word)

    ends = [part.split("..") for part in text.split(",")]
    return [(number(pair[0]), number(pair[-1])) for pair in ends]


class Launcher:
    def __init__(self, settings):
        import bpy

        self.bpy = bpy
        self.settings = settings
        bpy.app.binary_path = SELF
        bpy.ops.wm.quit_blender = lambda *_, **__: end(0)
        # Python would wait for the end of a render before it looks at it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if not settings.get("factory"):
            self._read_the_users_own()
        if "scripts" in settings:
            bpy.context.preferences.filepaths.use_scripts_auto_execute = settings["scripts"]
        if "log" in settings and bpy.app.version >= (5, 0, 0):
            self._log_render()
        self.scene = bpy.context.scene

    def do(self, what, word):
        getattr(self, what)(*([] if word is None else [word]))

    def open(self, path):
        file = os.path.abspath(path)
        try:
            scripts = {"use_scripts": self.settings["scripts"]} if "scripts" in self.settings else {}
            self.bpy.ops.wm.open_mainfile(filepath=file, **scripts)
        except RuntimeError as error:
            print(str(error).strip(), file=sys.stderr)
            if not os.path.exists(file):
                print(f"Error: Cannot read file '{file}': No such file or directory", file=sys.stderr)
            raise Ended(1) from None
        self.scene = self.bpy.context.scene

    def python(self, path):
        try:
            with open(path, "rb") as file:
                source = file.read()
        except OSError as error:
            print(f"Error: Cannot read file '{path}': {error.strerror}", file=sys.stderr)
            raise Ended(self._exit_code() or 0) from None
        self._execute(source, path)

    def expression(self, source):
        self._execute(source, "<string>")

    def addons(self, names):
        import addon_utils

        for name in names.split(","):
            addon_utils.enable(name, default_set=False)

    def output(self, path):
        self.scene.render.filepath = path

    def first_frame(self, word):
        self.scene.frame_start = frames_of(word, self.scene.frame_start, self.scene.frame_end)[0][0]

    def last_frame(self, word):
        self.scene.frame_end = frames_of(word, self.scene.frame_start, self.scene.frame_end)[0][0]

    def frame_step(self, word):
        self.scene.frame_step = int(word)

    def format(self, word):
        settings = self.scene.render.image_settings
        if hasattr(settings, "media_type"):
            multilayer, movie = word == "OPEN_EXR_MULTILAYER", word in ("FFMPEG", "AVI_JPEG", "AVI_RAW")
            settings.media_type = "MULTI_LAYER_IMAGE" if multilayer else "VIDEO" if movie else "IMAGE"
        settings.file_format = word

    def extension(self, word):
        self.scene.render.use_file_extension = word == "1"

    def engine(self, word):
        try:
            self.scene.render.engine = word
        except TypeError:
            print(f"Error: Engine '{word}' not found", file=sys.stderr)
            raise Ended(1) from None

    def scene_named(self, word):
        found = self.bpy.data.scenes.get(word)
        # Blender goes on with the scene that it has when there is none of that name.
        if found is not None:
            self.scene = found
            self.bpy.context.window.scene = found

    def threads(self, word):
        render = self.scene.render
        render.threads_mode = "AUTO" if word == "0" else "FIXED"
        if word != "0":
            render.threads = int(word)

    def animation(self):
        self._render(self.scene.frame_start, self.scene.frame_end)

    def frames(self, word):
        for first, last in frames_of(word, self.scene.frame_start, self.scene.frame_end):
            self._render(first, last, step=1)

    def _render(self, first, last, step=None):
        scene = self.scene
        before = scene.frame_start, scene.frame_end, scene.frame_step
        # In this order, since a start behind the end would move it.
        scene.frame_end, scene.frame_start, scene.frame_step = last, first, step or scene.frame_step
        try:
            self.bpy.ops.render.render(animation=True, scene=scene.name)
        except RuntimeError as error:
            print(str(error).strip(), file=sys.stderr)
            raise Ended(1) from None
        finally:
            scene.frame_end, scene.frame_start, scene.frame_step = before[1], before[0], before[2]

    def _execute(self, source, name):
        """As Blender does it: in a `__main__` of its own, and a traceback ends the process only if that was asked for."""
        import traceback
        import types

        ours = sys.modules["__main__"]
        module = sys.modules["__main__"] = types.ModuleType("__main__")
        module.__dict__.update(__file__=name, __builtins__=__builtins__)
        try:
            exec(compile(source, name, "exec"), module.__dict__)
        except SystemExit as leaving:
            code = leaving.code
            if code is not None and not isinstance(code, int):
                print(code, file=sys.stderr)
                code = 1
            raise Ended(code or 0) from None
        except BaseException:  # noqa: BLE001 - Blender shows whatever it was and goes on
            traceback.print_exc()
            if self._exit_code() is not None:
                raise Ended(self._exit_code()) from None
        finally:
            sys.modules["__main__"] = ours

    def _read_the_users_own(self):
        """A module starts as `--factory-startup` does, and that of 4.2 crashes when it is asked for more."""
        if self.bpy.app.version < (4, 5, 0):
            return
        folder = self.bpy.utils.user_resource("CONFIG")
        if os.path.exists(os.path.join(folder, "userpref.blend")):
            self.bpy.ops.wm.read_userpref()
        if os.path.exists(os.path.join(folder, "startup.blend")):
            self.bpy.ops.wm.read_homefile()

    def _exit_code(self):
        code = self.settings.get("exit_code")
        return None if code is None else int(code)

    def _log_render(self):
        """Blender hands each line of `--log render` to these handlers as well; a module takes no `--log` itself."""

        @self.bpy.app.handlers.persistent
        def say(words, *_):
            passed = time.monotonic() - STARTED
            line = f"{int(passed // 60):02d}:{passed % 60:06.3f}  render           | {words}\n"
            os.write(1, line.encode("utf-8", "backslashreplace"))

        self.bpy.app.handlers.render_stats.append(say)


IN_TURN_DOES = {"scene": "scene_named"}


def end(code):
    """At once: taking the module apart crashes in some builds, which would hide how it went."""
    import ctypes
    import shutil

    bpy = sys.modules.get("bpy")
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
    try:
        ctypes.CDLL(None).fflush(None)
    except (OSError, TypeError, AttributeError):
        pass
    temporary = bpy.app.tempdir if bpy else ""
    if os.path.basename(os.path.normpath(temporary)).startswith("blender_"):
        shutil.rmtree(temporary, ignore_errors=True)
    os._exit(code)


def main():
    try:
        settings, steps = parse(GIVEN)
    except ValueError as problem:
        print(f"Error: {problem}", file=sys.stderr)
        end(2)
    if "version" in settings:
        from importlib.metadata import version

        print(f"Blender {version('bpy')}")
        print("\tbuild: the official Python module bpy")
        end(0)
    if "background" not in settings:
        print("Error: the module bpy has no window: start it with -b", file=sys.stderr)
        end(2)
    try:
        launcher = Launcher(settings)
        for what, word in steps:
            launcher.do(IN_TURN_DOES.get(what, what), word)
    except Ended as ended:
        end(ended.args[0])
    print("\nBlender quit")
    end(0)


if __name__ == "__main__":
    main()
