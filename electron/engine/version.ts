import manifest from '../../package.json' with { type: 'json' };

/** The version of Nightshift, as the report and the window name it. */
export const NIGHTSHIFT_VERSION: string = manifest.version;
