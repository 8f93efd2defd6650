# A Blender that makes scenes of tests for as long as somebody writes orders to it: a line each, the path of a JSON file.
# An order that fails ends it, with what Python says of it.
import bpy, json, os, sys

for line in sys.stdin:
    with open(line.strip(), encoding='utf-8') as file:
        orders = json.load(file)
    for order in orders:
        # With the preferences, which a new scene alone would leave as the last one has set them.
        bpy.ops.wm.read_factory_settings(use_empty=True)
        sys.argv[-1] = order['target']
        exec(compile(order['code'], order['target'], 'exec'), {'__name__': '__main__'})
        bpy.ops.wm.save_as_mainfile(filepath=order['made'], compress=False, relative_remap=False)
    print('made: ' + line.strip(), flush=True)
