// The executable files that make a Blender in the cache look like any other: same process id from the first
// moment on, so that signals reach it and it is ended with its parent; same working directory; same arguments.

/**
 * Starts the Blender of a Debian root folder with this machine's files in their places: all top folders that
 * are not the system's, the temporary ones, and whatever else it was started with.
 * @param {string} root
 * @returns {string} the text of a shell script
 */
export function launcherOfRoot(root) {
  return `#!/bin/sh
# Runs the Blender of a Debian root folder of its own. Written by build/blenders; changes are lost.
exec unshare --mount --propagation slave /bin/sh -c ${shell(INSIDE)} ${shell(root)} "$@"
`;
}

// Mounts are this process's alone and go with it. What holds the root folder comes before /proc, /sys and
// /dev, which would otherwise be taken along into it.
const INSIDE = `root=$0
bound=:
bring() {
  case "$1" in /*) ;; *) return ;; esac
  [ -d "$1" ] || return
  above=$1
  while [ "$above" != / ]; do
    case "$bound" in *":$above:"*) return ;; esac
    above=$(dirname "$above")
  done
  mkdir -p "$root$1" && mount --rbind "$1" "$root$1" && bound="$bound$1:"
}
for folder in /*; do
  case "$folder" in
    /bin|/sbin|/lib*|/usr|/etc|/var|/boot|/run|/proc|/sys|/dev|/lost+found) ;;
    *) [ -L "$folder" ] || bring "$folder" ;;
  esac
done
for folder in /var/tmp "$TMPDIR" "$HOME" "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME" "$PWD"; do bring "$folder"; done
for folder in /proc /sys /dev; do mkdir -p "$root$folder" && mount --rbind "$folder" "$root$folder"; done
exec chroot "$root" /bin/sh -c 'cd "$0" || exit 1; exec /usr/bin/blender "$@"' "$PWD" "$@"`;

/**
 * Starts the Python package bpy as if it were the program.
 * @param {string} self where this script stands
 * @param {string} python of its environment
 * @param {string} launcher `bpy-launcher.py`, a copy beside it
 * @returns {string} the text of a shell script
 */
export function launcherOfPackage(self, python, launcher) {
  return `#!/bin/sh
# Runs the Python package bpy with Blender's arguments. Written by build/blenders; changes are lost.
NIGHTSHIFT_BPY_NAME=${shell(self)} exec ${shell(python)} ${shell(launcher)} "$@"
`;
}

/**
 * One word of a shell's command line.
 * @param {string} text
 */
export function shell(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
