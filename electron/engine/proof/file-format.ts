import type { OutputFormat } from '../../../shared/shot.ts';

/** What the first bytes say a file is; multilayer OpenEXR counts as OpenEXR. `null`: none of ours. */
export function fileFormat(data: Buffer): Exclude<OutputFormat, 'OPEN_EXR_MULTILAYER'> | null {
  const text = data.toString('latin1', 0, 12);
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG';
  if (text.startsWith('\xff\xd8\xff')) return 'JPEG';
  if (text.startsWith('II*\0') || text.startsWith('MM\0*')) return 'TIFF';
  // BigTIFF, for pictures over 4 GiB.
  if (text.startsWith('II+\0') || text.startsWith('MM\0+')) return 'TIFF';
  if (text.startsWith('RIFF') && text.endsWith('WEBP')) return 'WEBP';
  if (text.startsWith('\x76\x2f\x31\x01')) return 'OPEN_EXR';
  if (text.slice(4) === 'ftypavif') return 'AVIF';
  return null;
}

/** `a PNG`, `an OpenEXR`. */
export function aFormat(format: OutputFormat): string {
  return `${format === 'OPEN_EXR' || format === 'AVIF' ? 'an' : 'a'} ${NAMES[format]}`;
}

const NAMES: Readonly<Record<OutputFormat, string>> = {
  PNG: 'PNG',
  JPEG: 'JPEG',
  TIFF: 'TIFF',
  WEBP: 'WebP',
  AVIF: 'AVIF',
  OPEN_EXR: 'OpenEXR',
  OPEN_EXR_MULTILAYER: 'multilayer OpenEXR',
};
