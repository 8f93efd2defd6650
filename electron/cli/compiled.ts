import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import nodeModule, { createRequire, wrap } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { isOurs } from '../blender/own-folder.ts';

/** What was compiled for a build that nobody has used since is of no use. */
const UNUSED_MS = 30 * 86_400_000;

/**
 * Loads a CommonJS file of our build, and what it requires of the build, as V8 compiled it the last time: compiling takes a
 * tenth of a second. What is kept is never of another source, nor of another Node, and is left alone where somebody else could
 * have written it. Where nothing can be kept, it is loaded as usual.
 * @param folder where it is kept; made where it is not there
 */
export function loadCompiled(file: string, folder: string): unknown {
  const plain = createRequire(file);
  if (process.env.NODE_DISABLE_COMPILE_CACHE !== undefined || !isOurs(folder)) return plain(file);
  // Node 22.1 and newer do it by themselves.
  if ('enableCompileCache' in nodeModule) {
    (nodeModule.enableCompileCache as (folder: string) => unknown)(folder);
    return plain(file);
  }
  const compiled = new Compiled(folder);
  process.once('exit', () => compiled.keep());
  return compiled.load(file);
}

/** As much of Node's own loading of CommonJS as our build needs, with what V8 has compiled before. */
class Compiled {
  readonly #folder: string;
  readonly #modules = new Map<string, { exports: unknown }>();
  readonly #fresh: { readonly kept: string; readonly source: number; readonly script: Script }[] =
    [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  load(file: string): unknown {
    const known = this.#modules.get(file);
    if (known) return known.exports;
    const module = { exports: {} as unknown };
    this.#modules.set(file, module);
    const own = dirname(file);
    const others = createRequire(file);
    const require = (id: string) => (id.startsWith('./') ? this.load(join(own, id)) : others(id));
    this.#compiled(file).runInThisContext()(module.exports, require, module, file, own);
    return module.exports;
  }

  /** Keeps what was compiled anew, with the functions that this command has used. */
  keep(): void {
    if (this.#fresh.length === 0) return;
    try {
      for (const { kept, source, script } of this.#fresh) {
        const data = script.createCachedData();
        const head = Buffer.alloc(HEAD_BYTES);
        head.writeUInt32LE(source, 0);
        head.writeUInt32LE(crc32(data), 4);
        const fresh = `${kept}.${process.pid}`;
        writeFileSync(fresh, Buffer.concat([head, data]));
        renameSync(fresh, kept);
      }
      removeUnused(this.#folder);
    } catch {
      // The next one compiles it again.
    }
  }

  #compiled(file: string): Script {
    const text = readFileSync(file);
    const source = crc32(text);
    const kept = join(this.#folder, `${basename(file)}.${TAG}`);
    const cachedData = readKept(kept, source);
    const script = new Script(wrap(text.toString()), {
      filename: file,
      ...(cachedData && { cachedData }),
    });
    if (!cachedData || script.cachedDataRejected) this.#fresh.push({ kept, source, script });
    return script;
  }
}

/** Of this Node, on this kind of processor, with these options of V8. */
const TAG = `${process.version}-${process.arch}-${cachedDataVersionTag()}`;
/** The checksums of the source, and of what it was compiled to, which V8 itself does not check. */
const HEAD_BYTES = 8;

/** `null`: nothing is kept, or not of this source, or a crash has cut it off. */
function readKept(kept: string, source: number): Buffer | null {
  try {
    const bytes = readFileSync(kept);
    const data = bytes.subarray(HEAD_BYTES);
    const isSound = bytes.readUInt32LE(0) === source && bytes.readUInt32LE(4) === crc32(data);
    return isSound ? data : null;
  } catch {
    return null;
  }
}

function removeUnused(folder: string): void {
  const oldest = Date.now() - UNUSED_MS;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).mtimeMs < oldest) rmSync(path, { recursive: true, force: true });
  }
}
