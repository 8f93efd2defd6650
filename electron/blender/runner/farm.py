"""Renders frames of one shot on a farm, where no Nightshift asks for them: opened and rendered as a worker does it.

blender -b -Y --python farm.py -- SHOT.json FRAMES PROJECT OUTPUT

SHOT.json: the request to open it, its paths relative to PROJECT, and `name`, `pattern`. FRAMES: a range expression of
Open Job Description, such as `1-5:2,9`. The frames go to OUTPUT/name.
"""

import json
import os
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
PARENT = os.path.dirname(FOLDER)
sys.path.insert(0, PARENT)

from nightshift_runner import output, scene, simulations  # noqa: E402
from nightshift_runner.refusal import Refusal  # noqa: E402

sys.path.remove(PARENT)


def main(shot_file, frames, project, target):
    with open(shot_file, encoding="utf-8") as file:
        request = json.load(file)
    for key in ("blend", "script"):
        if request[key] is not None:
            request[key] = os.path.abspath(os.path.join(project, request[key]))
    numbers = _numbers(frames)
    shot = scene.open_shot(request)
    folder = os.path.join(os.path.abspath(target), request["name"])
    os.makedirs(folder, exist_ok=True)
    for done, frame in enumerate(numbers):
        print(f"openjd_status: Rendering frame {frame}", flush=True)
        _render(shot, frame, os.path.join(folder, _file_name(request["pattern"], frame, shot.scene)))
        print(f"openjd_progress: {100 * (done + 1) / len(numbers)}", flush=True)


def _render(shot, frame, file):
    """Under another name first: a file in its place is one that Blender has written to its end."""
    before, ending = os.path.splitext(file)
    part = f"{before}.part{ending}"
    if shot.simulation is not None:
        shot.simulation.run_up(shot.scene, frame)
    output.render_in_turn(shot, frame, os.cpu_count() or 1, part)
    if os.path.getsize(part) == 0:
        raise Refusal("frame-incomplete", f"Blender left an empty file for frame {frame}.")
    os.replace(part, file)


def _file_name(pattern, frame, shown):
    """As shared/frame-file.ts has it: the last `#`s are the number; without any, four digits at the end."""
    before, marks, after = _parts(pattern)
    sign = "-" if frame < 0 else ""
    return f"{before}{sign}{abs(frame):0{marks}d}{after}{shown.render.file_extension}"


def _parts(pattern):
    end = pattern.rfind("#") + 1
    if end == 0:
        return pattern, 4, ""
    start = len(pattern[:end].rstrip("#"))
    return pattern[:start], end - start, pattern[end:]


def _numbers(expression):
    numbers = []
    for part in expression.split(","):
        span, _, step = part.strip().partition(":")
        # The minus of a negative number is no dash.
        dash = span.find("-", 1)
        first, last = (span, span) if dash == -1 else (span[:dash], span[dash + 1 :])
        numbers.extend(range(int(first), int(last) + 1, int(step or 1)))
    return numbers


# What a script of the shot reads there is set by `open_shot`.
words = sys.argv[sys.argv.index("--") + 1 :]
try:
    main(*words)
except Refusal as refusal:
    print(f"openjd_fail: {refusal.message} {refusal.next_step or ''}".rstrip(), flush=True)
    raise SystemExit(1) from None
