"""The pipe to Nightshift: JSON lines in on standard input, JSON lines out on what was standard output.

Touches no bpy, so its thread may run while Blender renders.
"""

import ctypes
import json
import os
import queue
import signal
import sys
import threading


class Channel:
    """Owns the original standard streams. Everything that Blender or a script prints goes to stderr, the log."""

    def __init__(self):
        self._out = os.dup(1)
        os.dup2(2, 1)
        self._in = os.dup(0)
        silence = os.open(os.devnull, os.O_RDONLY)
        os.dup2(silence, 0)
        os.close(silence)
        self._commands = queue.SimpleQueue()
        _print_at_once()
        _die_with_the_parent()
        threading.Thread(target=self._listen, name="nightshift", daemon=True).start()

    def send(self, message):
        """One message is one line and, unless the pipe is full, one write."""
        data = (json.dumps(message, ensure_ascii=True) + "\n").encode("ascii")
        while data:
            data = data[os.write(self._out, data) :]

    def next_command(self):
        """Waits for the next request: a dict with `id` and `do`."""
        return self._commands.get()

    def _listen(self):
        try:
            for line in self._lines():
                self._commands.put(json.loads(line))
        except (OSError, ValueError):
            # A script closed the pipe, or took its place. What was ordered is still done; the rest gets a new Blender.
            self._commands.put({"do": "quit"})
            return
        _end_everything()

    def _lines(self):
        rest = b""
        while data := os.read(self._in, 65536):
            *lines, rest = (rest + data).split(b"\n")
            yield from (line for line in lines if line.strip())


def _print_at_once():
    """The last words before a crash must not stay in a buffer."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.reconfigure(line_buffering=True, errors="backslashreplace")
        except (AttributeError, ValueError):
            pass
    if sys.platform.startswith("linux"):
        try:
            libc = ctypes.CDLL(None)
            line_buffered = 1
            libc.setvbuf(ctypes.c_void_p.in_dll(libc, "stdout"), None, line_buffered, 0)
        except (OSError, ValueError, AttributeError):
            pass


def _die_with_the_parent():
    """Linux only, and at once even if Python is stuck; elsewhere the end of standard input has to do.

    A parent that died before this line can't be told from a wrapper (snap, flatpak, a shell script) by
    its id; it has closed our standard input, which the listening thread sees.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)
    except (OSError, AttributeError):
        pass


def _end_everything():
    """Nightshift is gone: so are we and whatever a script started, at once and without Blender's own goodbye."""
    try:
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
    except (AttributeError, OSError):
        pass
    os._exit(0)
