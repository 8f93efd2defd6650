// Debian's Blender stands on 370 shared libraries, and at each of its starts the loader looks in one after the other for
// 190,000 names: half of the time that such a start takes, and tests start it hundreds of times. Where the libraries that
// have most of the names are looked in first, it is the same program with the same libraries, up a third of a second of
// processor time earlier (1.0 to 0.7 s; measured with `LD_DEBUG=bindings` and `perf`). What it answers to `--version` is
// kept beside that: every test folder asks anew, and to load all libraries for it takes 0.4 s. A Blender of blender.org
// brings its libraries linked in, and needs none of this.
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { findBlender } from '../setup/blender.mjs';
import { cloneCache } from '../setup/paths.mjs';

/** Who allocates memory stays first; then those with most names. Of what one Blender does not have, nothing is loaded. */
const FIRST = `
  jemalloc stdc++ m c openvdb xerces-c-3.2 gdal geos shaderc crypto epoxy osdGPU proj dcmdata poppler gdcmMSFF kmldom
  sqlite3 netcdf glib-2.0 opencv_core OpenEXR-3_1 lapack hdf5_serial OpenColorIO log4cplus-2.0 cfitsio gstreamer-1.0
  Iex-3_1 yuv spatialite avutil fftw3f fftw3 osdCPU srt-gnutls geos_c OpenImageIO icuuc nettle
`
  .trim()
  .split(/\s+/);

/**
 * A program in this clone's cache that starts this machine's Blender so; made once for each Blender.
 * @returns {string | undefined} none where Blender has few libraries, or can't be started so
 */
export function quickBlender() {
  if (process.platform !== 'linux' || process.env.NIGHTSHIFT_BLENDER) return undefined;
  const found = findBlender();
  if (found === undefined) return undefined;
  const program = join(cloneCache, 'quick-blender', 'blender');
  const blender = realpathSync(found);
  const { size, mtimeMs } = statSync(blender);
  const stamp = `# ${blender} ${size} ${mtimeMs}, and its version`;
  const made = read(program) ?? '';
  if (!made.includes(stamp)) make(program, stamp, blender);
  return read(program)?.includes('exec') ? program : undefined;
}

/** Leaves a file with the stamp alone where there is nothing to gain, so that nobody asks again. */
function make(program, stamp, blender) {
  const needed = said('ldd', [blender]).match(/\/\S+/g) ?? [];
  const loader = needed.find((file) => /\/ld-linux[^/]*$/.test(file));
  const first = FIRST.flatMap((name) => {
    const file = needed.find((path) => path.includes(`/lib${name}.so`));
    return file === undefined ? [] : [file];
  });
  const version = said(blender, ['--version']);
  const answer = `if [ "$*" = --version ]; then printf %s '${version.replaceAll("'", "'\\''")}'; exit; fi\n`;
  const start = `exec '${loader}' --preload '${first.join(':')}' --argv0 '${blender}' '${blender}' "$@"\n`;
  // Others may start it meanwhile: it is tried, and whole, before it has its name.
  const beside = `${program}.${process.pid}`;
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(beside, `#!/bin/sh\n${stamp}\n${answer}${start}`, { mode: 0o755 });
  const isGood = loader !== undefined && needed.length > 150 && version !== '';
  // The libraries are loaded for the second question alone.
  const isSame = [['--version'], ['-b', '--version']].every(
    (asked) => said(beside, asked) === said(blender, asked),
  );
  if (!isGood || !isSame) writeFileSync(beside, `${stamp}\n`);
  renameSync(beside, program);
}

function said(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
