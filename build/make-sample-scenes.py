"""Makes the .blend files of assets/sample-shots.

blender -b --factory-startup -P build/make-sample-scenes.py [-- NAME ...]
"""

import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHOTS = HERE.parent / "assets" / "sample-shots"
sys.path.insert(0, str(HERE / "sample-scenes"))
sys.dont_write_bytecode = True

SCENES = {
    "lanterns": SHOTS / "scenes" / "lanterns.blend",
    "cabin": SHOTS / "scenes" / "cabin.blend",
    "clockwork": SHOTS / "scenes" / "clockwork.blend",
    "stage": SHOTS / "scenes" / "stage.blend",
    "tea": SHOTS / "scenes" / "tea.blend",
    "moonrise": SHOTS / "060_moonrise.blend",
}


def main():
    wanted = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else list(SCENES)
    kit = import_module("kit")
    for name in wanted:
        import_module(name).build()
        SCENES[name].parent.mkdir(parents=True, exist_ok=True)
        kit.save(SCENES[name])
        print(f"{name}: {SCENES[name].stat().st_size / 1024:.0f} KB")


main()
