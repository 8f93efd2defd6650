import { FORMATS } from '../../../shared/formats.ts';
import { patternParts } from '../../../shared/frame-file.ts';
import { MAX_FRAME } from '../../../shared/frames.ts';
import { grouped } from '../../../shared/grouped.ts';
import type { ShotConfig } from '../../../shared/shot.ts';
import { folded } from './names.ts';

/** A shot that would write over the files of another one, which comes before it. */
export interface Clash {
  readonly index: number;
  readonly with: number;
}

/** Finds the shots that would write the same files. Where frames or formats are unknown, they could. */
export function clashes(shots: readonly (ShotConfig | null)[]): readonly Clash[] {
  const known = shots.flatMap((shot, index) => (shot === null ? [] : [{ shot, index }]));
  const found: Clash[] = [];
  for (const group of grouped(known, ({ shot }) => placeOf(shot)).values()) {
    if (group.length === 1) continue;
    const place = new Place();
    for (const { shot, index } of group) {
      const rival = place.rivalOf(shot);
      if (rival === null) place.take(shot, index);
      else found.push({ index, with: rival });
    }
  }
  return found;
}

/** Who writes which files of one place. The work is that of the frames, however many shots share it. */
class Place {
  /** By extension, `null` for an unknown one, and then by the name's number. */
  readonly #files = new Map<string | null, Map<number, number>>();
  /** Shots whose frames are not known before their scene is opened. */
  readonly #open: { readonly index: number; readonly kind: string | null }[] = [];
  readonly #first = new Map<string | null, number>();

  rivalOf(shot: ShotConfig): number | null {
    const kind = kindOf(shot);
    const open = this.#open.find((one) => one.kind === null || kind === null || one.kind === kind);
    if (open) return open.index;
    const kinds = kind === null ? [...this.#files.keys()] : [kind, null];
    for (const each of kinds) {
      const rival = shot.frames === null ? this.#first.get(each) : this.#owner(each, shot);
      if (rival !== undefined) return rival;
    }
    return null;
  }

  take(shot: ShotConfig, index: number): void {
    const kind = kindOf(shot);
    if (shot.frames === null) this.#open.push({ index, kind });
    const files = this.#files.get(kind) ?? new Map<number, number>();
    this.#files.set(kind, files);
    if (!this.#first.has(kind)) this.#first.set(kind, index);
    for (const name of numbersOf(shot)) files.set(name, index);
  }

  #owner(kind: string | null, shot: ShotConfig): number | undefined {
    const files = this.#files.get(kind);
    if (!files) return undefined;
    for (const name of numbersOf(shot)) {
      const owner = files.get(name);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }
}

/** What tells the names of a shot's frames apart: a number that outgrows its `#` looks the same for all. */
function numbersOf({ frames, output }: ShotConfig): readonly number[] {
  const { width } = patternParts(output.pattern);
  const outgrown = 10 ** (width - 1);
  const padded = 4 * MAX_FRAME * width;
  return (frames ?? []).map((frame) => (Math.abs(frame) >= outgrown ? frame : frame + padded));
}

function kindOf({ output: { format } }: ShotConfig): string | null {
  return format && FORMATS[format].file;
}

/** Where a shot writes, but for frame numbers; the scene's own path is the same for the same scene. */
function placeOf({ output, blend, scene, script }: ShotConfig): string {
  if (output.directory === null) return JSON.stringify(['scene', blend ?? script, scene]);
  const { before, after } = patternParts(output.pattern);
  return JSON.stringify([folded(output.directory), folded(before), folded(after)]);
}
