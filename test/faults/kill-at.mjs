/**
 * For `node --import`: kills the process with SIGKILL at the moment that KILL_AT names, which is JSON:
 *   point   'before-write' | 'mid-write' | 'after-write' | 'before-sync' | 'after-sync' of the journal,
 *           'before-rename' | 'after-rename' of a frame
 *   kind    the type of the event that has to be in what is written, or has just been written
 *   nth     which of them; 1 if missing
 * The window's tests call `killAt` in the main process, so it stands on nothing but its arguments.
 */
if (process.env.KILL_AT) await killAt(null, JSON.parse(process.env.KILL_AT));

export async function killAt(_electron, { point, kind, nth = 1 }) {
  const fs = process.getBuiltinModule('node:fs');
  const { syncBuiltinESMExports } = process.getBuiltinModule('node:module');
  const die = () => process.kill(process.pid, 'SIGKILL');
  const some = await fs.promises.open(process.execPath, 'r');
  const file = Object.getPrototypeOf(some);
  await some.close();
  const { write, datasync } = file;
  const { rename } = fs.promises;
  let seen = 0;
  let isWritten = false;

  const holds = (bytes) =>
    Buffer.isBuffer(bytes) && bytes.includes(`{"type":"${kind}",`) && ++seen === nth;

  file.write = async function (bytes, offset, length, position) {
    if (!holds(bytes)) return write.call(this, bytes, offset, length, position);
    if (point === 'before-write') die();
    if (point === 'mid-write') {
      await write.call(this, bytes, offset, Math.floor(length / 2), position);
      die();
    }
    const written = await write.call(this, bytes, offset, length, position);
    isWritten = true;
    if (point === 'after-write') die();
    return written;
  };

  file.datasync = async function () {
    if (isWritten && point === 'before-sync') die();
    await datasync.call(this);
    if (isWritten && point === 'after-sync') die();
  };

  // The frame whose event was written is the next one to get its name.
  fs.promises.rename = async (from, to) => {
    const isFrame = isWritten && String(from).endsWith('.part');
    if (isFrame && point === 'before-rename') die();
    await rename(from, to);
    if (isFrame && point === 'after-rename') die();
  };
  syncBuiltinESMExports();
}
