"""An empty photo stage with two cameras: what a shot's script puts on it is the picture."""

import kit

FRAMES = 12


def build():
    kit.new_scene(FRAMES, samples=16, exposure=0.1)
    world = kit.sky([(0.0, "#ffb98a"), (0.3, "#7a4a52"), (0.5, "#20264a"), (0.75, "#3f5fae"), (1.0, "#86b0ff")], 0.5, seen=0.1)
    kit.turn_sky(world, "X")
    floor = kit.material("Stage", "#141a30", 0.55)
    kit.lathe("Stage", [(0, 0), (9, 0), (11, 0.4), (13, 2.2), (14, 6)], floor, 96)
    plinth = kit.material("Plinth", "#1d2542", 0.7)
    kit.lathe("Plinth", [(0, 0.12), (1.95, 0.12), (2.02, 0.09), (2.04, 0.0)], plinth, 96, False)
    kit.light("Key", (-3.4, -1.6, 4.6), (0, 0, 0.4), 3.0, 420, "#ffd9b8")
    kit.light("Rim", (3.6, 2.8, 2.4), (0, 0, 0.4), 2.2, 230, "#7ea2ff")
    target = (0, 0, 0.5)
    path = {1: kit.orbit(target, 5.3, 3.1, -14), FRAMES: kit.orbit(target, 5.0, 3.4, 26)}
    kit.camera("Cam_Close", {1: kit.orbit(target, 2.7, 1.75, 8), FRAMES: kit.orbit(target, 2.6, 1.6, 30)}, (0.08, 0.0, 0.68), 46, fstop=0.6, focus=2.75)
    kit.camera("Cam_Stage", path, target, 58)
