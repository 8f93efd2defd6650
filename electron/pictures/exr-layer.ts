import type { ExrChannel, ExrHeader, ExrPart } from '../batch/proof/index.ts';

/** The channels of a file that make its picture. */
export interface ExrLayer {
  /** Which part of the file. */
  readonly part: number;
  /** Places in the part's channel list. */
  readonly places: Readonly<Partial<Record<'R' | 'G' | 'B' | 'A' | 'Y', number>>>;
}

/**
 * The layer that a person would call the picture: the composite, else the first `Combined`, else channels
 * without a layer, else the first with colours; a file of one grey channel is its own picture. `null`: none.
 * Names as Blender writes them: `ViewLayer.Combined.R`; in a file of many parts the part may carry the layer.
 */
export function pictureLayer({ parts }: ExrHeader): ExrLayer | null {
  const layers = parts.flatMap((part, index) => layersOf(part, index));
  layers.sort((a, b) => b.rank - a.rank);
  return layers[0] ?? null;
}

type Ranked = ExrLayer & { readonly rank: number };

function layersOf(part: ExrPart, index: number): Ranked[] {
  const groups = new Map<string, Record<string, number>>();
  for (const [place, channel] of part.channels.entries()) {
    if (channel.xSampling !== 1 || channel.ySampling !== 1) continue;
    const [layer, last] = split(channel);
    const group = groups.get(layer) ?? {};
    group[last] = place;
    groups.set(layer, group);
  }
  return [...groups].flatMap(([layer, { R, G, B, A, Y, V }]): Ranked[] => {
    const alpha = A === undefined ? {} : { A };
    const grey = Y ?? V;
    if (R !== undefined && G !== undefined && B !== undefined) {
      return [{ part: index, places: { R, G, B, ...alpha }, rank: rankOf(layer || part.name) }];
    }
    return grey === undefined ? [] : [{ part: index, places: { Y: grey, ...alpha }, rank: 0 }];
  });
}

function split({ name }: ExrChannel): [string, string] {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
}

function rankOf(layer: string): number {
  const words = layer.split('.');
  if (words[0] === 'Composite') return 4;
  if (words.includes('Combined')) return 3;
  return layer === '' ? 2 : 1;
}
