/** How picture files are built: for whoever shows pictures and needs nothing else of the engine. */
export * from './exr-layout.ts';
