/** The front of a .blend, put together by hand: Blender keeps a picture of its window only where it has one. */
export function blendFront(
  header: string,
  blocks: readonly (readonly [code: string, data: Buffer])[],
): Buffer {
  return Buffer.concat([
    Buffer.from(header, 'latin1'),
    ...blocks.map(([code, data]) => block(header, code, data)),
  ]);
}

/**
 * A .blend with a picture in it: four patches, red and green above, blue and white below.
 * @param plain a .blend of 64 bits that is not compressed
 */
export function withPicture(plain: Buffer, width: number, height: number): Buffer {
  const data = Buffer.alloc(8 + 4 * width * height);
  data.writeInt32LE(width, 0);
  data.writeInt32LE(height, 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const above = y >= height / 2;
      const right = x >= width / 2;
      const colour = above
        ? right
          ? [40, 200, 60]
          : [220, 40, 40]
        : right
          ? WHITE
          : [40, 60, 220];
      data.set([...colour, 255], 8 + 4 * (y * width + x));
    }
  }
  // Behind the ranges of the scenes, as Blender writes it.
  const at = plain.indexOf('GLOB');
  return Buffer.concat([
    plain.subarray(0, at),
    block('BLENDER-', 'TEST', data),
    plain.subarray(at),
  ]);
}

const WHITE = [250, 250, 250];

function block(header: string, code: string, data: Buffer): Buffer {
  const isLarge = /^BLENDER\d/.test(header);
  const head = Buffer.alloc(isLarge ? 32 : header.startsWith('BLENDER_') ? 20 : 24);
  head.write(code, 0, 'latin1');
  if (isLarge) head.writeBigInt64LE(BigInt(data.length), 16);
  else head.writeInt32LE(data.length, 4);
  return Buffer.concat([head, data]);
}
