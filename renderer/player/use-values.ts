import { useEffect, useState } from 'react';
import { type PixelAnswer, unpackedPixels } from '../../shared/picture.ts';
import { type Look, shownPixels, type ValueRange } from './look.ts';

/** Who steps or drags on asks for nothing yet. */
const SETTLE_MS = 60;
/** Answers that are kept, so that one who goes to and fro has them at once. */
const MOST_BYTES = 160 * 2 ** 20;

/** By URL; the longest unused first. */
const kept = new Map<string, PixelAnswer>();

interface Asked {
  readonly about: string;
  readonly url: string | null;
  readonly answer: PixelAnswer | null;
}

/**
 * Values from the main process. While others of the same picture are on their way, those from before stay.
 * @param about names the picture: answers about another one are not given
 * @param url `null`: nothing is asked
 */
export function useValues(about: string, url: string | null): PixelAnswer | null {
  const [asked, setAsked] = useState<Asked>({ about: '', url: null, answer: null });
  useEffect(() => {
    if (url === null) return;
    const known = kept.get(url);
    if (known) {
      keep(url, known);
      setAsked({ about, url, answer: known });
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      read(url, stop.signal).then(
        (answer) => {
          keep(url, answer);
          setAsked({ about, url, answer });
        },
        (error: Error) => {
          if (stop.signal.aborted) return;
          const fault = `The picture can’t be read (${error.message}). Look at the file in its folder.`;
          setAsked({ about, url, answer: { fault, layers: [] } });
        },
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [about, url]);
  const now = url !== null ? kept.get(url) : undefined;
  return now ?? (asked.about === about ? asked.answer : null);
}

async function read(url: string, signal: AbortSignal): Promise<PixelAnswer> {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`answer ${answer.status}`);
  return unpackedPixels(await answer.arrayBuffer());
}

function keep(url: string, answer: PixelAnswer): void {
  kept.delete(url);
  kept.set(url, answer);
  let bytes = 0;
  for (const each of kept.values()) bytes += 'values' in each ? each.values.byteLength : 0;
  for (const [oldest, each] of kept) {
    if (bytes <= MOST_BYTES || oldest === url) return;
    kept.delete(oldest);
    bytes -= 'values' in each ? each.values.byteLength : 0;
  }
}

interface Drawn {
  readonly look: Look;
  readonly range: ValueRange;
  readonly canvas: HTMLCanvasElement;
}

const drawn = new WeakMap<object, Drawn>();

/** Values as a canvas, drawn once for each look. */
export function canvasOf(
  answer: Extract<PixelAnswer, { head: unknown }>,
  look: Look,
  range: ValueRange,
): HTMLCanvasElement {
  const known = drawn.get(answer);
  const { head, values } = answer;
  const isSame =
    known?.look === look &&
    known.range?.least === range?.least &&
    known.range?.most === range?.most;
  if (known && isSame) return known.canvas;
  const canvas = known?.canvas ?? document.createElement('canvas');
  canvas.width = head.columns;
  canvas.height = head.rows;
  const pixels = new ImageData(shownPixels(head, values, look, range), head.columns, head.rows);
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
  drawn.set(answer, { look, range, canvas });
  return canvas;
}
