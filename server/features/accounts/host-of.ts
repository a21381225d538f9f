import { isIPv4 } from 'node:net';
import { host as hostSchema } from '#protocol/accounts.ts';
import { Refusal } from '../../core/errors.ts';

/**
 * The host in what people paste as the address of their site: a URL, a name, `localhost`, an IPv4 address. Lower case,
 * other scripts in punycode (the WHATWG URL rules, as browsers report it). Throws `invalid` with a sentence that helps,
 * under the name of the input `field`.
 */
export function hostOf(pasted: string, field: string): string {
  const refuse = (sentence: string) => new Refusal('invalid', sentence, { fields: { [field]: sentence } });
  const address = pasted.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase() ?? 'http';
  if (scheme !== 'http' && scheme !== 'https')
    throw refuse(`Chat runs on web sites (https://...), not on ${scheme} addresses.`);
  const rest = address.replace(/^[a-z][a-z0-9+.-]*:\/\/|^\/\//i, '');
  if (/^[^/?#]*@/.test(rest))
    throw refuse('Please give the address of your site without "@", such as www.example.com.');
  if (rest.includes('*'))
    throw refuse('A star is not possible here. Please add each host by itself, such as www.example.com.');
  if (rest.startsWith('['))
    throw refuse('IPv6 addresses are not possible here. Please give a name or an IPv4 address.');
  const parsed = URL.parse(`http://${rest}`)?.hostname.replace(/\.$/, '') ?? '';
  // The URL rules read "1234" or "0x7f.1" as IPv4 addresses; nobody means that.
  const isGuess = isIPv4(parsed) && !rest.startsWith(parsed);
  if (isGuess || !hostSchema.safeParse(parsed).success) {
    throw refuse(`"${address.slice(0, 80)}" is not the address of a site. It looks like www.example.com.`);
  }
  return parsed;
}
