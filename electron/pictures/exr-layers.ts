import type { PictureLayer } from '../../shared/picture.ts';
import type { ExrChannel, ExrHeader, ExrPart } from '../engine/proof/index.ts';

/** Channels of one part that belong together, by the names under which a reader finds them. */
export interface ExrLayer {
  /** Which part of the file. */
  readonly part: number;
  /** Places in the part's channel list. */
  readonly places: Readonly<Partial<Record<'R' | 'G' | 'B' | 'A' | 'Y', number>>>;
}

/** A layer with what a person is told of it. */
export type NamedLayer = ExrLayer & PictureLayer & { readonly rank: number };

/** Parts of a layer's name, and beside them the name of its part where the file has several. */
const SEPARATOR = ' · ';

/**
 * The layer that a person would call the picture: the composite, else the first `Combined`, else channels
 * without a layer, else the first with colours; a file of one grey channel is its own picture. `null`: none.
 */
export function pictureLayer(header: ExrHeader): NamedLayer | null {
  const layers = exrLayers(header).filter(({ rank }) => rank >= 0);
  return layers.sort((a, b) => b.rank - a.rank)[0] ?? null;
}

/**
 * All layers and passes, in the order of the file. Names as Blender writes them: `ViewLayer.Combined.R`; in a file of
 * many parts the part may carry the layer. Channels that are not colours together stand together as long as they are
 * the three of a vector; any other is a layer of its own.
 */
export function exrLayers({ parts }: ExrHeader): readonly NamedLayer[] {
  return parts.flatMap((part, index) => layersOf(part, index, parts.length > 1));
}

function layersOf(part: ExrPart, index: number, many: boolean): NamedLayer[] {
  const groups = new Map<string, Map<string, number>>();
  for (const [place, channel] of part.channels.entries()) {
    if (channel.xSampling !== 1 || channel.ySampling !== 1) continue;
    const [layer, last] = split(channel);
    const group = groups.get(layer) ?? new Map<string, number>();
    group.set(last, place);
    groups.set(layer, group);
  }
  return [...groups].flatMap(([layer, group]) => {
    const words = [many && part.name !== layer ? part.name : '', ...layer.split('.')];
    const title = words.filter(Boolean).join(SEPARATOR);
    const named = (made: Omit<NamedLayer, 'id' | 'name' | 'part'>, name = title): NamedLayer => ({
      id: `${index}/${layer}/${made.channels.join('')}`,
      name: name || (made.colour ? 'Picture' : made.channels.join('')),
      part: index,
      ...made,
    });
    const { taken, layers } = together(group, rankOf(layer || part.name));
    const rest = [...group].filter(([name]) => !taken.has(name));
    return [
      ...layers.map((made) => named(made)),
      ...rest.map(([name, place]) =>
        named(
          {
            channels: [name],
            places: { Y: place },
            colour: isGrey(name),
            rank: isGrey(name) ? 0 : -1,
          },
          rest.length === 1 && layers.length === 0 ? title : `${title}${SEPARATOR}${name}`,
        ),
      ),
    ];
  });
}

type Made = Omit<NamedLayer, 'id' | 'name' | 'part'>;

/** Colours with their alpha, or the channels of a vector. */
function together(
  group: ReadonlyMap<string, number>,
  rank: number,
): { readonly layers: Made[]; readonly taken: ReadonlySet<string> } {
  const at = (...names: string[]) => names.map((name) => group.get(name));
  const [R, G, B, A] = at('R', 'G', 'B', 'A');
  if (R !== undefined && G !== undefined && B !== undefined) {
    const channels = A === undefined ? ['R', 'G', 'B'] : ['R', 'G', 'B', 'A'];
    const places = { R, G, B, ...(A === undefined ? {} : { A }) };
    return { layers: [{ channels, places, colour: true, rank }], taken: new Set(channels) };
  }
  for (const channels of VECTORS) {
    const [first, second, third] = at(...channels);
    if (first === undefined || second === undefined || third === undefined) continue;
    const places = { R: first, G: second, B: third };
    return { layers: [{ channels, places, colour: false, rank: -1 }], taken: new Set(channels) };
  }
  return { layers: [], taken: new Set() };
}

/** Normals, positions and motion; texture coordinates. */
const VECTORS = [
  ['X', 'Y', 'Z'],
  ['U', 'V', 'A'],
];

/** Of a picture without colours: Blender calls it V or Y. */
function isGrey(channel: string): boolean {
  return channel === 'Y' || channel === 'V';
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
