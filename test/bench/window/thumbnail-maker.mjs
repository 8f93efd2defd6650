// The process that makes thumbnails, as it is built, in plain Node instead of Electron: its port is ours.
import { pathToFileURL } from 'node:url';

const [, , worker] = process.argv;
process.argv.splice(2, 1);
process.parentPort = {
  postMessage: (answer) => process.send(answer),
  on: (_event, hear) => process.on('message', (data) => hear({ data })),
};
await import(pathToFileURL(worker).href);
