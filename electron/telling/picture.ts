import { decoder } from '../engine/proof/index.ts';
import type { Picture } from './services.ts';

/** Pixels of the longer side: enough for a phone, and small on its network. */
const LONGEST = 640;

/**
 * A small JPEG, which every service shows, of a picture that sharp reads. `null`: it can't be made one. Never rejects.
 * @param name of what it shows
 */
export async function smallJpeg(picture: Uint8Array, name: string): Promise<Picture | null> {
  try {
    const sharp = await decoder();
    const data = await sharp(picture)
      .resize(LONGEST, LONGEST, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#000000' })
      .jpeg({ quality: 82 })
      .toBuffer();
    return { data: new Uint8Array(data), name: `${fileName(name)}.jpg` };
  } catch {
    return null;
  }
}

/** What may stand in a form's file name everywhere. */
function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 80) || 'frame';
}

/** A moon at night, where no frame of the artist's stands for one. */
export function samplePicture(): Promise<Picture | null> {
  sample ??= smallJpeg(Buffer.from(MOON), 'sh0040_lighting_v012_0096');
  return sample;
}

let sample: Promise<Picture | null> | null = null;

const MOON = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#0c1020"/><stop offset="1" stop-color="#31406b"/></linearGradient></defs>
<rect width="640" height="360" fill="url(#sky)"/>
<circle cx="430" cy="120" r="56" fill="#f2ead2"/><circle cx="406" cy="106" r="50" fill="#161d38"/>
<path d="M0 300 Q160 220 320 292 T640 270 V360 H0Z" fill="#0b0f1c"/></svg>`;
