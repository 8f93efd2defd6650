// Before version 24 Node reads all of the certificates that NODE_EXTRA_CA_CERTS adds at each start, which takes longer
// (0.055 s of a core) than all else of it (0.03 s). Tests start Node some two thousand times and talk to nobody; who
// does, such as npm, is given the file by `withCertificates`.
const KEPT = 'NIGHTSHIFT_TESTS_CA_CERTS';

/** Takes the variable out of what this process hands on to those that it starts. */
export function leanEnvironment() {
  const { NODE_EXTRA_CA_CERTS: file } = process.env;
  if (file === undefined) return;
  process.env[KEPT] = file;
  delete process.env.NODE_EXTRA_CA_CERTS;
}

/**
 * What a program of Node needs that downloads something.
 * @returns {{ NODE_EXTRA_CA_CERTS?: string }}
 */
export function withCertificates() {
  const file = process.env[KEPT];
  return file === undefined ? {} : { NODE_EXTRA_CA_CERTS: file };
}
