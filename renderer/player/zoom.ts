import type { Region } from '../../shared/picture.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * How a picture lies on a canvas: pixels of the screen for each of the picture, and the point of the picture in the
 * middle of the canvas. `null`: all of it, as large as it goes.
 */
export interface Zoom {
  readonly scale: number;
  readonly centre: Point;
}

/** One pixel as large as a stamp; a whole mural as large as a fingernail. */
const MOST = 64;
const LEAST = 1 / 64;

/** All of the picture, as large as it goes. */
export function fitted(picture: Size, canvas: Size): Zoom {
  return {
    scale: Math.min(canvas.width / picture.width, canvas.height / picture.height),
    centre: { x: picture.width / 2, y: picture.height / 2 },
  };
}

/** Larger or smaller, with the point of the picture that is under `at`, in pixels of the canvas, staying there. */
export function zoomed(zoom: Zoom, by: number, at: Point, picture: Size, canvas: Size): Zoom {
  const least = Math.min(LEAST, fitted(picture, canvas).scale);
  const scale = Math.min(MOST, Math.max(least, zoom.scale * by));
  const under = pointAt(zoom, at, canvas);
  const centre = {
    x: under.x - (at.x - canvas.width / 2) / scale,
    y: under.y - (at.y - canvas.height / 2) / scale,
  };
  return kept({ scale, centre }, picture);
}

/** Moved by pixels of the canvas. */
export function panned({ scale, centre }: Zoom, by: Point, picture: Size): Zoom {
  return kept(
    { scale, centre: { x: centre.x - by.x / scale, y: centre.y - by.y / scale } },
    picture,
  );
}

/** The middle of the canvas never leaves the picture: a pixel is under it. */
function kept({ scale, centre }: Zoom, { width, height }: Size): Zoom {
  const within = (value: number, most: number) => Math.min(most - 0.5, Math.max(0.5, value));
  return { scale, centre: { x: within(centre.x, width), y: within(centre.y, height) } };
}

/** The point of the picture under a point of the canvas. */
export function pointAt({ scale, centre }: Zoom, at: Point, canvas: Size): Point {
  return {
    x: centre.x + (at.x - canvas.width / 2) / scale,
    y: centre.y + (at.y - canvas.height / 2) / scale,
  };
}

/** Where a region of the picture lies on the canvas; on whole pixels, so that 1:1 is sharp. */
export function placeOf({ scale, centre }: Zoom, region: Region, canvas: Size): Region {
  const x = Math.round((region.x - centre.x) * scale + canvas.width / 2);
  const y = Math.round((region.y - centre.y) * scale + canvas.height / 2);
  const right = Math.round((region.x + region.width - centre.x) * scale + canvas.width / 2);
  const bottom = Math.round((region.y + region.height - centre.y) * scale + canvas.height / 2);
  return { x, y, width: right - x, height: bottom - y };
}

/** What of the picture is on the canvas, in whole pixels; `null`: nothing. */
export function visible(zoom: Zoom, picture: Size, canvas: Size): Region | null {
  const from = pointAt(zoom, { x: 0, y: 0 }, canvas);
  const to = pointAt(zoom, { x: canvas.width, y: canvas.height }, canvas);
  const x = Math.max(0, Math.floor(from.x));
  const y = Math.max(0, Math.floor(from.y));
  const width = Math.min(picture.width, Math.ceil(to.x)) - x;
  const height = Math.min(picture.height, Math.ceil(to.y)) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

/** `50 %`, `1:1` for 100 %. */
export function zoomText(scale: number): string {
  if (Math.abs(scale - 1) < 0.0005) return '1:1';
  const percent = 100 * scale;
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
