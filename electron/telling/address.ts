import { BlockList, isIP } from 'node:net';

/** An address that nothing is sent to, or what was filled in otherwise can't be used. Sentences for the artist. */
export class TellingRefused extends Error {
  override readonly name = 'TellingRefused';

  constructor(
    message: string,
    readonly nextStep: string,
  ) {
    super(message);
  }
}

/**
 * An address that may be sent to: https, or plain http to this computer or its own network where the artist chose that.
 * Throws `TellingRefused`.
 */
export function checkedAddress(text: string, plainHttp: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new TellingRefused('This is not a web address.', 'It begins with https://.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new TellingRefused(
      'The address has a name or a password before its host, where everybody sees them.',
      'Take them out; a token has a field of its own.',
    );
  }
  if (url.protocol === 'https:') return url;
  if (!isNear(url.hostname)) {
    throw new TellingRefused(
      `What is sent to http://${url.host} could be read on its way.`,
      'Write https:// instead. Plain http is only for this computer and its own network.',
    );
  }
  if (!plainHttp) {
    throw new TellingRefused(
      `What is sent to http://${url.host} is not encrypted.`,
      'Write https://, or allow plain http within your own network.',
    );
  }
  return url;
}

/** This computer, or its own network as far as the name says so. @param host of a URL, IPv6 in brackets */
function isNear(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  const family = isIP(bare);
  if (family !== 0) return NEAR.check(bare, family === 6 ? 'ipv6' : 'ipv4');
  return !bare.includes('.') || /\.(localhost|local|lan|home\.arpa|internal)$/.test(bare);
}

const NEAR = new BlockList();
// RFC 1122, 1918, 3927, 4193, 4291.
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const) {
  NEAR.addSubnet(net, bits, 'ipv4');
}
NEAR.addAddress('::1', 'ipv6');
NEAR.addSubnet('fc00::', 7, 'ipv6');
NEAR.addSubnet('fe80::', 10, 'ipv6');
