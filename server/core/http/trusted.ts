import { BlockList, isIPv6 } from 'node:net';
import { StartRefused } from '../start-refused.ts';

/** Makes the test "is this address one of our proxies" from addresses and CIDR ranges. Throws StartRefused. */
export function trustedProxies(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    try {
      if (bits === undefined) list.addAddress(address, family);
      else list.addSubnet(address, Number(bits), family);
    } catch {
      throw new StartRefused(
        'bad_configuration',
        `FOYER_TRUSTED_PROXIES: "${range}" is not an address or a CIDR range.`,
      );
    }
  }
  return (address) => {
    const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address;
    return list.check(v4, isIPv6(v4) ? 'ipv6' : 'ipv4');
  };
}
