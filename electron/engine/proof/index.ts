/** How picture files are built, and who decodes them: for whoever shows pictures and needs nothing else of the engine. */
export { decoder } from './decode.ts';
export * from './exr-layout.ts';
