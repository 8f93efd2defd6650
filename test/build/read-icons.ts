import sharp from 'sharp';

/** One picture of an icon file: `size` × `size` pixels of four bytes, the upper row first. */
export interface IconPicture {
  readonly size: number;
  readonly rgba: Buffer;
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
/** Pixels of each type of an ICNS: https://en.wikipedia.org/wiki/Apple_Icon_Image_format */
const ICNS_SIZES: Readonly<Record<string, number>> = {
  ic04: 16,
  ic05: 32,
  ic07: 128,
  ic08: 256,
  ic09: 512,
  ic10: 1024,
  ic11: 32,
  ic12: 64,
  ic13: 256,
  ic14: 512,
};

/** All pictures of an ICO. Throws where its head or one of them is not what it claims. */
export async function icoPictures(file: Buffer): Promise<IconPicture[]> {
  if (file.readUInt32LE(0) !== 0x00010000) throw new Error('no ICO');
  const entries = Array.from({ length: file.readUInt16LE(4) }, (_, n) => 6 + n * 16);
  return Promise.all(
    entries.map((at) => {
      const size = file[at] || 256;
      const offset = file.readUInt32LE(at + 12);
      const data = file.subarray(offset, offset + file.readUInt32LE(at + 8));
      return data.subarray(0, 4).equals(PNG) ? png(data, size) : bitmap(data, size);
    }),
  );
}

/** All pictures of an ICNS. Throws where its head or one of them is not what it claims. */
export async function icnsPictures(file: Buffer): Promise<IconPicture[]> {
  if (file.toString('latin1', 0, 4) !== 'icns' || file.readUInt32BE(4) !== file.length) {
    throw new Error('no ICNS');
  }
  const pictures: IconPicture[] = [];
  for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4)) {
    const size = ICNS_SIZES[file.toString('latin1', at, at + 4)];
    if (size === undefined) throw new Error(`an unknown type at ${at}`);
    const data = file.subarray(at + 8, at + file.readUInt32BE(at + 4));
    pictures.push(
      data.toString('latin1', 0, 4) === 'ARGB' ? argb(data, size) : await png(data, size),
    );
  }
  return pictures;
}

async function png(data: Buffer, size: number): Promise<IconPicture> {
  const { data: rgba, info } = await sharp(data)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.width !== size || info.height !== size) throw new Error(`${info.width} is not ${size}`);
  return { size, rgba };
}

/** A BMP without its file head: BGRA from the lowest row up, then a mask that alpha makes needless. */
function bitmap(data: Buffer, size: number): IconPicture {
  const head = data.readUInt32LE(0);
  if (data.readInt32LE(4) !== size || data.readInt32LE(8) !== size * 2)
    throw new Error('wrong size');
  if (data.readUInt16LE(14) !== 32) throw new Error('not 32 bits a pixel');
  const rgba = Buffer.alloc(size * size * 4);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const from = head + ((size - 1 - y) * size + x) * 4;
      const to = (y * size + x) * 4;
      rgba.writeUInt32LE(data.readUInt32LE(from), to);
      rgba[to] = data[from + 2] ?? 0;
      rgba[to + 2] = data[from] ?? 0;
    }
  }
  return { size, rgba };
}

/** Four planes, alpha first; a byte below 128 is followed by one more byte than it says, another one by a byte to repeat. */
function argb(data: Buffer, size: number): IconPicture {
  const plain: number[] = [];
  for (let at = 4; at < data.length; ) {
    const lead = data[at] ?? 0;
    const run = lead < 128;
    if (run) plain.push(...data.subarray(at + 1, at + 2 + lead));
    else plain.push(...new Array<number>(lead - 125).fill(data[at + 1] ?? 0));
    at += run ? lead + 2 : 2;
  }
  const pixels = size * size;
  if (plain.length !== pixels * 4) throw new Error('wrong size');
  const rgba = Buffer.alloc(pixels * 4);
  for (let at = 0; at < pixels; at += 1) {
    for (const [to, plane] of [1, 2, 3, 0].entries())
      rgba[at * 4 + to] = plain[plane * pixels + at] ?? 0;
  }
  return { size, rgba };
}
