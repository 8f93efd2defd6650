import { readFile, writeFile } from 'node:fs/promises';
import type { Random } from '../random.ts';
import { journalFile } from '../world.ts';
import type { Fault, Scene } from './fault.ts';

/** What can happen to a journal that nobody writes. */
export const JOURNAL_FAULTS: readonly Fault<Scene>[] = [
  fault('journal cut', (random) => {
    const place = random.next();
    // Mostly near its end, as a power cut would.
    const near = random.chance(0.7);
    return (bytes) => {
      const length = bytes.length;
      const at = near ? length - Math.floor(place * Math.min(length, 2000)) : place * length;
      return {
        bytes: bytes.subarray(0, Math.floor(at)),
        what: `at ${Math.floor(at)} of ${length}`,
      };
    };
  }),
  fault('journal byte flipped', (random) => {
    const { place, bit } = { place: random.next(), bit: random.whole(0, 7) };
    return (bytes) => {
      const at = Math.floor(place * bytes.length);
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      return { bytes: changed, what: `bit ${bit} of byte ${at}` };
    };
  }),
  fault('journal line doubled', (random) => {
    const { place, atEnd } = { place: random.next(), atEnd: random.chance(0.5) };
    return (bytes) => {
      const lines = linesOf(bytes);
      const at = Math.floor(place * (lines.length - 1));
      const line = lines[at] ?? '';
      if (atEnd && lines.at(-1) === '') lines.splice(lines.length - 1, 0, line);
      else lines.splice(at, 0, line);
      return { bytes: joined(lines), what: `line ${at + 1}${atEnd ? ', at its end' : ''}` };
    };
  }),
  fault('line of garbage in the journal', (random) => {
    const place = random.next();
    const length = random.whole(1, 300);
    const noise = Array.from({ length }, () => String.fromCharCode(random.whole(11, 255))).join('');
    return (bytes) => {
      const lines = linesOf(bytes);
      const at = Math.floor(place * lines.length);
      lines.splice(at, 0, noise);
      return { bytes: joined(lines), what: `before line ${at + 1}` };
    };
  }),
];

type Change = (bytes: Buffer) => { readonly bytes: Buffer; readonly what: string };

function fault(kind: string, draw: (random: Random) => Change): Fault<Scene> {
  return {
    kind,
    weight: 1,
    draw: (random) => {
      const change = draw(random);
      return async ({ world, ledger }) => {
        const file = await journalFile(world.data);
        const before = file === null ? null : await readFile(file).catch(() => null);
        if (file === null || !before || before.length === 0) return null;
        const { bytes, what } = change(before);
        // A bit can make a journal one of a newer version, which is refused, as it must be.
        if (/"version":[3-9]/.test(bytes.toString('latin1', 0, 80))) return null;
        const known = new Set(textLines(before));
        ledger.alter(textLines(bytes).filter((line) => !known.has(line)));
        await writeFile(file, bytes);
        return what;
      };
    },
  };
}

function textLines(bytes: Buffer): string[] {
  return bytes.toString('utf8').split('\n');
}

function linesOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').split('\n');
}

function joined(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\n'), 'latin1');
}
