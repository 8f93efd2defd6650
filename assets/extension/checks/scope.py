# SPDX-License-Identifier: GPL-3.0-or-later
"""What is looked at: a scene, its frames, and all that its pictures are made from."""

from .. import frames, shot
from ..runner.overrides import usable_camera
from ..runner.series import Folders
from ..runner.used import Used


class Scope:
    def __init__(self, scene):
        self.scene = scene
        self.settings = scene.nightshift
        self.folders = Folders()
        # Everything that is reached from the scene.
        self.used = Used(scene)
        self.bad_frames = None
        try:
            self.frames = shot.frames_of(scene)
        except frames.BadFrames as why:
            self.bad_frames = str(why)
            self.frames = list(range(scene.frame_start, scene.frame_end + 1, scene.frame_step))

    @property
    def camera(self):
        """What the shot, the scene or a marker names."""
        return self.settings.camera or usable_camera(self.scene)
