/** How picture files are built: for whoever shows pictures and needs nothing else of the engine. */
export {
  type Box,
  COMPRESSION,
  chunkCountOf,
  chunksOf,
  type ExrChannel,
  ExrFault,
  type ExrHeader,
  type ExrPart,
  readExrHeader,
  SAMPLE,
  sampleBytes,
} from './exr-layout.ts';
