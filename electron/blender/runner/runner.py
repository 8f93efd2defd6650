"""Runs inside Blender: opens scenes and renders frames as Nightshift asks, one request at a time.

blender -b -Y --python runner.py -- nightshift TOKEN

Each request is a line of JSON with `id` and `do`; each answer carries the same `id`.
"""

import gc
import importlib.util
import os
import shutil
import sys
import time
import traceback

# What Blender and we load stays: to look through it again and again, while it is loaded and at each opening, finds nothing.
gc.disable()

FOLDER = os.path.dirname(os.path.abspath(__file__))
PARENT = os.path.dirname(FOLDER)
# For what a shot's own Python may leave behind. What they load of Python's library takes as long as all others together.
SELDOM = ("interpreter.py", "leaks.py")
sys.path.insert(0, PARENT)

import bpy  # noqa: E402

try:
    for file in sorted(os.listdir(FOLDER)):
        name = "nightshift_runner." + file[:-3]
        if file in SELDOM:
            # It is seen whether it is whole.
            importlib.util.find_spec(name).loader.get_code(name)
        elif file.endswith(".py") and file != "runner.py":
            importlib.import_module(name)
except (EOFError, ImportError, TypeError, ValueError):
    # A power cut has spoilt what Python had compiled: it is compiled anew.
    shutil.rmtree(os.path.join(FOLDER, "__pycache__"), ignore_errors=True)

from nightshift_runner import channel, devices, findings, guard, kept, looking, memory, movie, output, scene, trial  # noqa: E402
from nightshift_runner.baseline import Baseline  # noqa: E402
from nightshift_runner.refusal import Refusal  # noqa: E402

sys.path.remove(PARENT)


class Runner:
    def __init__(self):
        self.baseline = Baseline()
        self.shot = None
        # Nothing was asked of it yet, so that there is nothing to bring back.
        self.fresh = True
        gc.freeze()
        gc.enable()

    def open(self, request):
        self.shot = None
        if not self.fresh:
            self.baseline.restore()
        self.shot = scene.open_shot(request)
        return scene.facts(self.shot)

    def run_up(self, request):
        """Goes through the frames of an unbaked simulation up to the one that is rendered next."""
        began = time.monotonic()
        shot = self._open_shot()
        if shot.simulation is not None:
            shot.simulation.run_up(shot.scene, request["frame"])
        return {"seconds": time.monotonic() - began}

    def bake(self, request):
        began = time.monotonic()
        shot = self._open_shot()
        if shot.simulation is not None:
            shot.simulation.bake(shot.scene, request["folder"], request["last"])
        return {"seconds": time.monotonic() - began}

    def render(self, request):
        shot, share = self._open_shot(), request.get("share")
        order = shot, request["frame"], request["threads"], request["file"]
        # Of all threads of the process, those of Cycles too.
        began, cpu = time.monotonic(), time.process_time()
        kept.prepare(shot.scene, request.get("keep"), shot.keeps)
        pixels = output.render_in_turn(*order) if share is None else trial.render_frame(*order, share)
        took = {"seconds": time.monotonic() - began, "cpuSeconds": time.process_time() - cpu}
        return {**took, "memoryMb": memory.peak_mb(), "pixels": pixels}

    def encode(self, request):
        began = time.monotonic()
        movie.encode(self._open_shot(), request["frames"], request["file"])
        return {"seconds": time.monotonic() - began}

    def movie(self, request):
        began = time.monotonic()
        looking.encode(request)
        return {"seconds": time.monotonic() - began}

    def inspect(self, request):
        return findings.inspect(self._open_shot(), request["frames"])

    def devices(self, _request):
        return devices.listing()

    def answer(self, request):
        try:
            work = {
                "open": self.open,
                "run-up": self.run_up,
                "bake": self.bake,
                "render": self.render,
                "encode": self.encode,
                "movie": self.movie,
                "inspect": self.inspect,
                "devices": self.devices,
            }[request["do"]]
            return {"id": request["id"], "ok": True, "value": work(request)}
        except Refusal as refusal:
            return {"id": request["id"], "ok": False, **refusal.as_message()}
        except MemoryError:
            return _unexplained(request, "MemoryError: out of memory")
        except RuntimeError as error:
            # Blender's operators fail like this; the text is all that there is to know.
            return _unexplained(request, str(error))
        except BaseException as error:  # noqa: BLE001 - whatever it was, the next request may still go well
            traceback.print_exc()
            return _unexplained(request, str(error) or type(error).__name__)
        finally:
            self.fresh = False

    def _open_shot(self):
        if self.shot is None:
            raise Refusal("render-error", "Blender was asked to render, but no scene is open.")
        return self.shot


def _unexplained(request, text):
    """Blender's own report. What it means is decided on the other side, where the log is."""
    return {"id": request["id"], "ok": False, "report": text[:4000]}


def main():
    token = sys.argv[sys.argv.index("--") + 2]
    pipe = channel.Channel()
    pipe.send(
        {
            "hello": token,
            "version": ".".join(str(part) for part in bpy.app.version),
            "pid": os.getpid(),
        }
    )
    # While the first request is on its way.
    runner = Runner()
    # Nothing of an untrusted shot is run as Python.
    left = importlib.import_module("nightshift_runner.leaks").watch() if guard.TRUSTED else None
    while True:
        request = pipe.next_command()
        if request["do"] == "quit":
            break
        answer = runner.answer(request)
        if left is not None and (found := left(request["do"] == "open")) is not None:
            answer["left"] = found
        pipe.send(answer)


main()
# Blender would stay to run its own arguments' end; a warm one has nothing to save.
bpy.ops.wm.quit_blender()
