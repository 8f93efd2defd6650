/** A made-up part of an OpenEXR file: one half channel, every chunk uncompressed. */
export interface MadePart {
  readonly name: string;
  readonly type: 'scanlineimage' | 'tiledimage' | 'deepscanline';
  readonly width: number;
  readonly height: number;
  readonly tile?: { readonly size: number; readonly mode: 0 | 1 | 2 };
  /** Of each chunk in table order: its place, and how many pixels it holds. */
  readonly chunks: readonly { readonly place: readonly number[]; readonly pixels: number }[];
}

/** Writes forms of OpenEXR that Blender 4.3 does not: tiles, levels and several parts. */
export function exrFile(parts: readonly MadePart[], multipart = parts.length > 1): Buffer {
  const [first] = parts;
  const single = first?.tile ? 0x200 : 0;
  const flags = multipart ? 0x1000 : first?.type === 'deepscanline' ? 0x800 : single;
  const headers = parts.map((part) => header(part, multipart));
  const head = Buffer.concat([
    int(0x01312f76),
    int(2 | flags),
    ...headers,
    ...(multipart ? [NUL] : []),
  ]);
  const count = parts.reduce((sum, part) => sum + part.chunks.length, 0);
  let at = head.length + 8 * count;
  const table: Buffer[] = [];
  const chunks: Buffer[] = [];
  for (const [index, part] of parts.entries()) {
    for (const { place, pixels } of part.chunks) {
      const number = multipart ? [int(index)] : [];
      const chunk = Buffer.concat([
        ...number,
        ...place.map(int),
        int(pixels * 2),
        Buffer.alloc(pixels * 2, 7),
      ]);
      const offset = Buffer.alloc(8);
      offset.writeBigUInt64LE(BigInt(at));
      table.push(offset);
      chunks.push(chunk);
      at += chunk.length;
    }
  }
  return Buffer.concat([head, ...table, ...chunks]);
}

const NUL = Buffer.alloc(1);

function header(part: MadePart, multipart: boolean): Buffer {
  const box = Buffer.concat([int(0), int(0), int(part.width - 1), int(part.height - 1)]);
  const channel = [Buffer.from('Y\0'), int(1), int(0), int(1), int(1), NUL];
  const attributes = [
    attribute('channels', 'chlist', Buffer.concat(channel)),
    attribute('compression', 'compression', Buffer.from([0])),
    attribute('dataWindow', 'box2i', box),
    attribute('displayWindow', 'box2i', box),
  ];
  if (part.tile) {
    const { size, mode } = part.tile;
    const value = Buffer.concat([int(size), int(size), Buffer.from([mode])]);
    attributes.push(attribute('tiles', 'tiledesc', value));
  }
  if (multipart) {
    attributes.push(attribute('name', 'string', Buffer.from(part.name)));
    attributes.push(attribute('type', 'string', Buffer.from(part.type)));
    attributes.push(attribute('chunkCount', 'int', int(part.chunks.length)));
  }
  return Buffer.concat([...attributes, NUL]);
}

function attribute(name: string, type: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${name}\0${type}\0`), int(value.length), value]);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
