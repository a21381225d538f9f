import type { Client } from '#client/client.ts';
import type { Command } from '#protocol/up.ts';

/** For commands that nobody wrote: a refusal is nothing to show. */
export function sendQuietly(client: Client, command: Command): void {
  client.send(command).catch(() => client.discard(command.ref));
}
