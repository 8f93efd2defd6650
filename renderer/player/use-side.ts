import {
  MOST_PIXELS,
  type PictureLayer,
  type PixelAnswer,
  type PixelHead,
  pixelsUrl,
  type Region,
} from '../../shared/picture.ts';
import type { FilmFrame, FilmPicture } from './film-buffer.ts';
import { isColour, type Look, pixelAt, rangeOf, shownPixels, type ValueRange } from './look.ts';
import { useFilm } from './use-film.ts';
import { canvasOf, useValues } from './use-values.ts';
import { placeOf, type Size, visible, type Zoom } from './zoom.ts';

/** A frame of a shot that is looked at. */
export interface Shown {
  readonly jobId: string;
  readonly frame: FilmFrame;
  /** When a newer picture replaced this one; `null`: the one that counts. */
  readonly replacedAt: number | null;
}

/** What of a picture is asked for. */
export interface Sight {
  /** Id of the layer; empty: the picture. */
  readonly layer: string;
  readonly zoom: Zoom;
  /** Of the picture. */
  readonly size: Size;
  /** Pixels of the screen. */
  readonly canvas: Size;
  /** Only the small pictures: a film plays. */
  readonly small: boolean;
}

/** A picture in all the sharpness that has come so far. */
export interface Side {
  /** `null`: it is not there yet, or another layer is looked at. */
  readonly film: FilmPicture | null;
  readonly parts: readonly Values[];
  readonly range: ValueRange;
  readonly head: PixelHead | null;
  readonly layers: readonly PictureLayer[];
  readonly fault: string | null;
  /** All of it that can be seen is there as sharp as the screen shows it. */
  readonly sharp: boolean;
}

type Values = Extract<PixelAnswer, { head: unknown }>;

/** All of a picture comes in no more than this, however large the screen is. */
const MOST_OVERVIEW = 2560;

/** The best picture that there is at once, and sharper ones as they come: small, all of it, then what is zoomed in on. */
export function useSide(batchId: string, shown: Shown | null, sight: Sight, spare: string): Side {
  const { layer, zoom, size, canvas, small } = sight;
  const film = useFilm(batchId, shown?.jobId ?? spare);
  const about = shown ? `${nameOf(shown)} ${layer}` : '';
  const url = (region: Region | null, columns: number, rows: number) =>
    shown && (!small || shown.replacedAt !== null)
      ? pixelsUrl(
          {
            ...{ batchId, jobId: shown.jobId, frame: shown.frame.frame },
            ...{ replacedAt: shown.replacedAt, layer, region, columns, rows },
          },
          shown.frame.at,
        )
      : null;
  const within = (length: number) => Math.min(MOST_OVERVIEW, Math.max(256, length));
  const overview = useValues(about, url(null, within(canvas.width), within(canvas.height)));
  const whole = overview && 'head' in overview ? overview : null;
  const seen = whole && visible(zoom, size, canvas);
  const coarse = whole !== null && whole.head.columns < Math.min(1, zoom.scale) * size.width * 0.95;
  const scale = Math.min(1, zoom.scale);
  const columns = (length: number) => Math.min(MOST_PIXELS, Math.ceil(length * scale));
  const detailUrl = coarse && seen ? url(seen, columns(seen.width), columns(seen.height)) : null;
  const close = useValues(about, detailUrl);
  const detail = close && 'head' in close && coarse ? close : null;
  const fault = [overview, close].find((answer) => answer && 'fault' in answer);
  const isPicture = layer === '';
  return {
    film:
      shown && shown.replacedAt === null && (isPicture || small) ? film.picture(shown.frame) : null,
    parts:
      small && shown?.replacedAt === null ? [] : [whole, detail].filter((each) => each !== null),
    range: whole && rangeFor(whole),
    head: whole?.head ?? null,
    layers: whole?.head.layers ?? (fault && 'fault' in fault ? fault.layers : []),
    fault: fault && 'fault' in fault ? fault.fault : null,
    sharp: whole !== null && (!coarse || (detail !== null && covers(detail.head.region, seen))),
  };
}

/** Names one picture of all of a batch. */
export function nameOf({ jobId, frame, replacedAt }: Shown): string {
  return `${jobId} ${frame.frame}@${frame.at} ${replacedAt ?? ''}`;
}

/** Of data the range of all of it, so that a part of it is shown alike. */
function rangeFor(values: Values): ValueRange {
  if (isColour(values.head)) return null;
  const known = ranges.get(values) ?? rangeOf(values.head, values.values);
  ranges.set(values, known);
  return known;
}

const ranges = new WeakMap<Values, ValueRange>();

function covers(region: Region, seen: Region | null): boolean {
  return (
    seen !== null &&
    region.x <= seen.x &&
    region.y <= seen.y &&
    region.x + region.width >= seen.x + seen.width &&
    region.y + region.height >= seen.y + seen.height
  );
}

/** Larger than this the single pixels are shown. */
const PIXELS_FROM = 3;

/** Draws a side where its picture lies on the canvas. @param ground under what is see-through */
export function drawSide(
  context: CanvasRenderingContext2D,
  { film, parts, range }: Side,
  { zoom, size, canvas }: Sight,
  look: Look,
  ground: string,
): void {
  const all = placeOf(zoom, { x: 0, y: 0, ...size }, canvas);
  context.fillStyle = ground;
  if (film || parts.length > 0) context.fillRect(all.x, all.y, all.width, all.height);
  const put = (picture: CanvasImageSource, from: Size, to: Region) => {
    context.imageSmoothingEnabled = to.width < PIXELS_FROM * from.width;
    context.imageSmoothingQuality = 'high';
    context.drawImage(picture, to.x, to.y, to.width, to.height);
  };
  // Under what is sharp, nothing but what is sharp: two see-through pictures would be one that nobody rendered.
  const [whole] = parts;
  if (!whole && film && film.width > 0) put(filmInLook(film, look), film, all);
  for (const part of parts) {
    const { columns, rows, region } = part.head;
    const place = placeOf(zoom, region, canvas);
    if (part !== whole) {
      context.fillStyle = ground;
      context.fillRect(place.x, place.y, place.width, place.height);
    }
    put(canvasOf(part, look, range), { width: columns, height: rows }, place);
  }
}

interface InLook {
  readonly look: Look;
  readonly canvas: HTMLCanvasElement;
}

const looked = new WeakMap<FilmPicture, InLook>();

/** A small picture, which was made for a screen, with exposure and false colour. */
function filmInLook(film: FilmPicture, look: Look): CanvasImageSource {
  const bitmap = film as ImageBitmap;
  if (look.exposure === 0 && look.view !== 'false') return bitmap;
  const known = looked.get(film);
  if (known?.look === look) return known.canvas;
  const canvas = known?.canvas ?? document.createElement('canvas');
  const { width, height } = film;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return bitmap;
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const head = { kind: 'u8', layers: [], layer: '' } as unknown as PixelHead;
  const pixels = shownPixels(head, new Uint8Array(data.buffer), look, null);
  context.putImageData(new ImageData(pixels, width, height), 0, 0);
  looked.set(film, { look, canvas });
  return canvas;
}

/** The values of one pixel, where an answer has them as they are. */
export function exactPixel({ parts }: Side, x: number, y: number): readonly number[] | null {
  for (const { head, values } of parts) {
    const { region, columns, rows } = head;
    const isExact = columns === region.width && rows === region.height;
    const isInside =
      x >= region.x && y >= region.y && x < region.x + region.width && y < region.y + region.height;
    if (isExact && isInside) return pixelAt(head, values, x - region.x, y - region.y);
  }
  return null;
}
