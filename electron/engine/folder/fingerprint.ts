import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { ShotConfig } from '../../../shared/shot.ts';

/** A file whose size or times have changed is hashed again. */
const known = new Map<string, string>();
const MOST_KNOWN = 10_000;

/**
 * 32 hex digits of everything that decides the pixels of a shot: the contents of .blend and script,
 * and the settings that change the picture; not frames, limits, priority and names.
 * @param hashOf of a file, where many shots are looked at together
 */
export async function fingerprint(
  config: ShotConfig,
  hashOf: (path: string) => Promise<string> = contentHash,
): Promise<string> {
  const { params, scene, camera, viewLayers, render, output } = config;
  const pixels = {
    version: 1,
    blend: config.blend && (await hashOf(config.blend)),
    script: config.script && (await hashOf(config.script)),
    params,
    scene,
    camera,
    viewLayers,
    render,
    format: output.format,
    colorDepth: output.colorDepth,
  };
  return createHash('sha256').update(canonical(pixels)).digest('hex').slice(0, 32);
}

/** SHA-256 of a file, read as a stream; remembered while the file stays the same. */
export async function contentHash(path: string): Promise<string> {
  const found = await stat(path, { bigint: true });
  // Reading a pipe would wait for ever.
  if (!found.isFile()) throw new Error(`${path} is no file.`);
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  const key = [path, dev, ino, size, mtimeNs, ctimeNs].join('|');
  const old = known.get(key);
  if (old !== undefined) return old;
  const digest = await fileHash(path);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, digest);
  return digest;
}

/** JSON with the keys in order, so that moving a line in a shot file makes no frame stale. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** SHA-256 of a file of any size, in hex. Throws what the file system says. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
