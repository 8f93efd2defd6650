import { COMPRESSION, type ExrChannel, SAMPLE, sampleBytes } from '../engine/proof/index.ts';

/** One block of pixels with what is needed to expand it. */
export interface Block {
  readonly width: number;
  readonly height: number;
  readonly compression: number;
  readonly channels: readonly ExrChannel[];
  /** Places in `channels` of those to read, by the name that they get. */
  readonly places: Readonly<Partial<Record<string, number>>>;
  readonly data: Buffer;
}

type Named = Pick<ExrChannel, 'name' | 'type'>;

const TILED = 0x200;

/**
 * A block of an OpenEXR as a file of its own: one tile, whose wanted channels have the plain names that
 * readers look for. So any layer of any kind of file can be read, block by block, and never more of it is in
 * memory. `null` where the block can't be read alone. Source: "OpenEXR File Layout", openexr.com.
 */
export function chunkFile(block: Block): ArrayBuffer | null {
  const { width, height, compression, data } = block;
  const isRaw = data.length === width * height * bytesOf(block.channels);
  const packed = isRaw ? { channels: renamed(block), data } : unmixed(block);
  if (!packed) return null;
  const box = ints(0, 0, width - 1, height - 1);
  const header = Buffer.concat([
    ints(20_000_630, 2 | TILED),
    attribute('channels', 'chlist', channelList(packed.channels)),
    attribute('compression', 'compression', Buffer.of(compression)),
    attribute('dataWindow', 'box2i', box),
    attribute('displayWindow', 'box2i', box),
    attribute('lineOrder', 'lineOrder', Buffer.of(0)),
    attribute('tiles', 'tiledesc', Buffer.concat([ints(width, height), Buffer.of(0)])),
    Buffer.of(0),
  ]);
  const table = Buffer.alloc(8);
  table.writeBigUInt64LE(BigInt(header.length + 8));
  const head = ints(0, 0, 0, 0, packed.data.length);
  return new Uint8Array(Buffer.concat([header, table, head, packed.data])).buffer;
}

/** Bytes of one pixel. */
function bytesOf(channels: readonly Named[]): number {
  return channels.reduce((sum, channel) => sum + sampleBytes(channel), 0);
}

/** The channels in their order; those that aren't wanted get names that nobody looks for. */
function renamed({ channels, places }: Block): Named[] {
  const names = new Map(Object.entries(places).map(([name, place]) => [place, name]));
  return channels.map(({ type }, place) => ({
    name: names.get(place) ?? `other${place}`,
    // Whole numbers are as wide, and nobody reads them.
    type: type === SAMPLE.whole ? SAMPLE.float : type,
  }));
}

/** A packed block in a form in which channels of other types don't disturb those that are wanted. */
function unmixed(block: Block): { channels: Named[]; data: Buffer } | null {
  const { compression, data } = block;
  const channels = renamed(block);
  const wanted = channels.filter(({ name }) => name in block.places);
  const type = wanted[0]?.type;
  if (wanted.some((channel) => channel.type !== type)) return null;
  switch (compression) {
    case COMPRESSION.piz:
      if (channels.every((channel) => channel.type === type)) return { channels, data };
      if (type !== SAMPLE.half) return null;
      // Its planes lie one after the other: a float takes as much as two halves.
      return {
        channels: channels.flatMap((one) => (one.type === SAMPLE.half ? [one] : halves(one))),
        data,
      };
    case COMPRESSION.pxr24:
      return block.channels.some((channel) => channel.type === SAMPLE.whole)
        ? null
        : { channels, data };
    case COMPRESSION.dwaa:
    case COMPRESSION.dwab:
      return firstColours(block, wanted);
    default:
      return { channels, data };
  }
}

function halves({ name }: Named): Named[] {
  return [
    { name: `${name}a`, type: SAMPLE.half },
    { name: `${name}b`, type: SAMPLE.half },
  ];
}

/**
 * A DWA block without the channels that it packs in their own section. Its colours share one stream, so only
 * the first layer of it can be read. Source: OpenEXR's ImfDwaCompressor.
 */
function firstColours(block: Block, wanted: Named[]): { channels: Named[]; data: Buffer } | null {
  const { data, channels, places, width, height } = block;
  for (const name of ['R', 'G', 'B', 'A']) {
    const first = channels.findIndex((channel) => channel.name.split('.').at(-1) === name);
    if (places[name] === undefined ? first >= 0 && name !== 'A' : places[name] !== first)
      return null;
  }
  if (data.length < DWA_HEAD + 2) return null;
  const rules = DWA_HEAD + data.readUInt16LE(DWA_HEAD);
  const head = Buffer.from(data.subarray(0, rules));
  const unknown = Number(head.readBigUInt64LE(16));
  head.fill(0, 8, 24);
  const short = Buffer.concat([head, data.subarray(rules + unknown)]);
  const list = [...wanted];
  // What is as long as its pixels would be taken for unpacked ones.
  while (short.length >= width * height * bytesOf(list)) {
    if (places.A === undefined) return null;
    list.push({ name: `other${list.length}.A`, type: wanted[0]?.type ?? SAMPLE.half });
  }
  return { channels: list, data: short };
}

/** Eleven numbers of eight bytes. */
const DWA_HEAD = 88;

function channelList(channels: readonly Named[]): Buffer {
  const entries = channels.map(({ name, type }) =>
    Buffer.concat([Buffer.from(`${name}\0`), ints(type, 0, 1, 1)]),
  );
  return Buffer.concat([...entries, Buffer.of(0)]);
}

function attribute(name: string, type: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${name}\0${type}\0`), ints(value.length), value]);
}

function ints(...values: number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) buffer.writeInt32LE(value, 4 * index);
  return buffer;
}
