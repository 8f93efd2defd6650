// Loaded before tests under Wine. Wine 10 lets two servers listen on one named pipe (it ignores FILE_FLAG_FIRST_PIPE_INSTANCE),
// which is how Nightshift locks; Windows says EADDRINUSE to the second, and so does this.
import net from 'node:net';

const { listen } = net.Server.prototype;

net.Server.prototype.listen = function (...args) {
  const [address] = args;
  if (typeof address !== 'string' || !address.startsWith('\\\\.\\pipe\\')) {
    return listen.apply(this, args);
  }
  const { unref } = this;
  let isUnref = false;
  this.unref = () => {
    isUnref = true;
    return this;
  };
  const probe = net.connect(address);
  probe.once('connect', () => {
    probe.destroy();
    const taken = new Error(`listen EADDRINUSE: address already in use ${address}`);
    this.emit('error', Object.assign(taken, { code: 'EADDRINUSE', syscall: 'listen', address }));
  });
  probe.once('error', () => {
    this.unref = unref;
    listen.apply(this, args);
    if (isUnref) this.unref();
  });
  return this;
};
