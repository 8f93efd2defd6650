import { useEffect, useReducer, useState } from 'react';
import { PictureShelf, type PictureState } from './picture-shelf.ts';

/**
 * Loads pictures ahead. The caller is drawn again when one has come.
 * @param wanted URLs in the order of need
 * @returns how far each picture is
 */
export function usePictures(wanted: readonly string[]): (url: string) => PictureState {
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0);
  const [shelf] = useState(() => new PictureShelf(loadImage, draw));
  useEffect(() => shelf.want(wanted));
  // What is still to come is of no use to anybody.
  useEffect(() => () => shelf.want([]), [shelf]);
  return (url) => shelf.stateOf(url);
}

async function loadImage(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}
