/** How picture files are built: for whoever shows pictures and needs nothing else of the engine. */
export { COMPRESSION, chunkCountOf, chunksOf, SAMPLE, sampleBytes } from './exr-chunks.ts';
export {
  type Box,
  type ExrChannel,
  ExrFault,
  type ExrHeader,
  type ExrPart,
  readExrHeader,
} from './exr-header.ts';
export { fileFormat } from './file-format.ts';
