import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { provePng } from '../../electron/engine/proof/png.ts';

const [WIDTH, HEIGHT] = [40, 30];
/** A row of RGB, 8 bits: its filter and its pixels. */
const ROW = 1 + WIDTH * 3;

test('pixels that do not unpack to exactly the rows of the picture are found out, also what a decoder passes over', async () => {
  const rows = Buffer.alloc(ROW * HEIGHT, 1);
  expect(await provePng(png({ packed: deflateSync(rows) }))).toEqual({
    width: WIDTH,
    height: HEIGHT,
  });
  const packed = deflateSync(rows);
  const broken = {
    'a row too few': deflateSync(rows.subarray(ROW)),
    'a byte too few': deflateSync(rows.subarray(1)),
    'a row too many': deflateSync(Buffer.concat([rows, rows.subarray(0, ROW)])),
    'a filter that there is not': deflateSync(Buffer.from(rows).fill(5, ROW * 7, ROW * 7 + 1)),
    'another checksum of the pixels': Buffer.from(packed).fill(0, packed.length - 4),
    'something after them': Buffer.concat([packed, Buffer.from('more')]),
    'no pixels': Buffer.alloc(0),
  };
  for (const [name, packed] of Object.entries(broken)) {
    expect(await provePng(png({ packed })), name).toEqual({ fault: 'does not decode to its end' });
  }
});

test('a large picture is unpacked piece by piece, and a wrong filter is seen in any of them', async () => {
  const size = { width: 1500, height: 2000 };
  const row = 1 + size.width * 3;
  const rows = Buffer.alloc(row * size.height, 2);
  expect(await provePng(png({ ...size, packed: deflateSync(rows) }))).toEqual(size);
  rows[row * (size.height - 1)] = 9;
  const wrong = await provePng(png({ ...size, packed: deflateSync(rows) }));
  expect(wrong).toEqual({ fault: 'does not decode to its end' });
});

test('what the specification does not have is refused', async () => {
  const packed = deflateSync(Buffer.alloc(ROW * HEIGHT));
  const header = { fault: 'has a broken header' };
  expect(await provePng(png({ packed, depth: 4 }))).toEqual(header);
  expect(await provePng(png({ packed, colour: 5 }))).toEqual(header);
  expect(await provePng(png({ packed, compression: 1 }))).toEqual(header);
  expect(await provePng(png({ packed, width: 0 }))).toEqual(header);
  const broken = { fault: 'has broken data in it' };
  expect(await provePng(png({ packed, more: [['ABCD', '']] }))).toEqual(broken);
  const apart: Chunks = [
    ['tEXt', 'a\0b'],
    ['IDAT', packed.subarray(4)],
  ];
  expect(await provePng(png({ packed: packed.subarray(0, 4), more: apart }))).toEqual(broken);
  expect(await provePng(png({ packed, more: [['tEXt', 'a\0b']] }))).toEqual({
    width: WIDTH,
    height: HEIGHT,
  });
});

test('palettes and interlaced pictures, which Blender does not write, are the decoder’s', async () => {
  const input = {
    create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#642' },
  } as const;
  for (const options of [{ palette: true }, { progressive: true }]) {
    const data = await sharp(input).png(options).toBuffer();
    expect(await provePng(data)).toEqual({ width: WIDTH, height: HEIGHT });
  }
});

type Chunks = readonly (readonly [type: string, body: string | Buffer])[];

/** A PNG of such a header, with these packed pixels and, before its end, these other chunks. */
function png({
  packed,
  width = WIDTH,
  height = HEIGHT,
  depth = 8,
  colour = 2,
  compression = 0,
  more = [],
}: {
  readonly packed: Buffer;
  readonly width?: number;
  readonly height?: number;
  readonly depth?: number;
  readonly colour?: number;
  readonly compression?: number;
  readonly more?: Chunks;
}): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, depth, colour, compression, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const chunks: Chunks = [['IHDR', header], ['IDAT', packed], ...more, ['IEND', '']];
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, ...chunks.map(([type, body]) => chunk(type, body))]);
}

function chunk(type: string, body: string | Buffer): Buffer {
  const data = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.from(body)]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length - 4, 0);
  frame.writeUInt32BE(crc32(data), 4);
  return Buffer.concat([frame.subarray(0, 4), data, frame.subarray(4)]);
}
