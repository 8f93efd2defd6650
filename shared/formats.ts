/**
 * The image formats that Nightshift renders, shows and can prove whole: a row each, and all that is plain data about it.
 * To add one: a row here and its prover in `electron/engine/proof/prove-image.ts`.
 */

interface Format {
  /** In a sentence, after `a` or `an`: see `aFormat`. */
  readonly label: string;
  readonly article: 'a' | 'an';
  /** What a shot file may call it besides Blender's own identifier; capitals, `_` between words. */
  readonly aliases: readonly string[];
  /** Formats of the same value have the same kind of file: from outside nobody tells them apart. */
  readonly file: string;
  /** Endings of its files, small letters, without the dot. */
  readonly endings: readonly string[];
  /** How its files begin, each of several ways; a letter a byte, `?` for any, no more than `HEAD_BYTES`. */
  readonly begins: readonly string[];
  /** Bits of a channel. Source: what Blender 4.3 and 5.2 offer. */
  readonly depths: readonly (8 | 10 | 12 | 16 | 32)[];
  /** Who makes its thumbnails: sharp, or our own reader of blocks whose tones are mapped. */
  readonly thumbnail: 'sharp' | 'exr';
  /** Whether the window can show its files as they are. */
  readonly inBrowsers: boolean;
  /** The first Blender that has it, where one that we render with may be older. */
  readonly since?: number;
  /** A build of Blender may list it without what writes it (Debian's 5.2): the runner tries it first. */
  readonly mayBeLeftOut?: true;
}

const EXR = {
  file: 'OPEN_EXR',
  endings: ['exr'],
  begins: ['\x76\x2f\x31\x01'],
  depths: [16, 32],
  thumbnail: 'exr',
  inBrowsers: false,
} as const;

/** By Blender's own identifiers, in the order in which artists are told of them. */
export const FORMATS = {
  PNG: {
    label: 'PNG',
    article: 'a',
    aliases: [],
    file: 'PNG',
    endings: ['png'],
    begins: ['\x89PNG\r\n\x1a\n'],
    depths: [8, 16],
    thumbnail: 'sharp',
    inBrowsers: true,
  },
  OPEN_EXR: { label: 'OpenEXR', article: 'an', aliases: ['EXR', 'OPENEXR'], ...EXR },
  OPEN_EXR_MULTILAYER: {
    label: 'multilayer OpenEXR',
    article: 'a',
    aliases: ['EXR_MULTILAYER', 'MULTILAYER_EXR'],
    ...EXR,
  },
  JPEG: {
    label: 'JPEG',
    article: 'a',
    aliases: ['JPG'],
    file: 'JPEG',
    endings: ['jpg', 'jpeg'],
    begins: ['\xff\xd8\xff'],
    depths: [8],
    thumbnail: 'sharp',
    inBrowsers: true,
  },
  TIFF: {
    label: 'TIFF',
    article: 'a',
    aliases: ['TIF'],
    file: 'TIFF',
    endings: ['tif', 'tiff'],
    // With `+`: BigTIFF, for pictures over 4 GiB.
    begins: ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'],
    depths: [8, 16],
    thumbnail: 'sharp',
    inBrowsers: false,
  },
  WEBP: {
    label: 'WebP',
    article: 'a',
    aliases: [],
    file: 'WEBP',
    endings: ['webp'],
    begins: ['RIFF????WEBP'],
    depths: [8],
    thumbnail: 'sharp',
    inBrowsers: true,
  },
  AVIF: {
    label: 'AVIF',
    article: 'an',
    aliases: [],
    file: 'AVIF',
    endings: ['avif'],
    begins: ['????ftypavif'],
    depths: [8, 10, 12],
    thumbnail: 'sharp',
    inBrowsers: true,
    since: 5,
    mayBeLeftOut: true,
  },
} as const satisfies Readonly<Record<string, Format>>;

export type OutputFormat = keyof typeof FORMATS;
export const OUTPUT_FORMATS = Object.keys(FORMATS) as readonly OutputFormat[];

const ROWS: readonly (readonly [OutputFormat, Format])[] = OUTPUT_FORMATS.map((name) => [
  name,
  FORMATS[name],
]);

/** Bits of a channel that some format has. */
export type ColorDepth = Format['depths'][number];
export const COLOR_DEPTHS: readonly ColorDepth[] = [
  ...new Set(ROWS.flatMap(([, { depths }]) => depths)),
].sort((a, b) => a - b);

/** As many bytes of a file tell its format. */
export const HEAD_BYTES = 12;

/** What the first bytes say a file is: of formats with the same kind of file the first. `null`: none of ours. */
export function formatOfFile(head: Uint8Array): OutputFormat | null {
  const beginsWith = (letters: string) =>
    [...letters].every((letter, at) => letter === '?' || letter.charCodeAt(0) === head[at]);
  return ROWS.find(([, { begins }]) => begins.some(beginsWith))?.[0] ?? null;
}

/** The format that a shot file names, by Blender's identifier or an alias, however it is written. */
export function formatNamed(name: string): string {
  const plain = name
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, '_');
  return ROWS.find(([, { aliases }]) => aliases.includes(plain))?.[0] ?? plain;
}

/** A file name without the ending of one of our formats. */
export function withoutEnding(name: string): string {
  return name.replace(ENDING, '');
}

const ENDING = new RegExp(`\\.(?:${ROWS.flatMap(([, row]) => row.endings).join('|')})$`, 'i');

/** `a PNG`, `an OpenEXR`. */
export function aFormat(format: OutputFormat): string {
  return `${FORMATS[format].article} ${FORMATS[format].label}`;
}
