import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** One message as the mail server took it. */
export type Received = { from: string; to: string[]; raw: string };

type Refused = { at: 'mail' | 'recipient' | 'data'; code: number; text: string };

/** What the server answers to all of a message instead of yes. `cut`: the line breaks. `silent`: nothing, for ever. */
export type Trouble = Refused | 'cut' | 'silent';

export type SmtpSink = {
  /** For FOYER_SMTP_URL. */
  url: string;
  port: number;
  received: Received[];
  /** Set to make trouble; `take()` is called once a message. */
  trouble: ((count: number) => Trouble | undefined) | undefined;
  /** Messages whose end was seen, refused or not. */
  tried: () => number;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** A mail server that keeps what it gets; a user and password are asked for when given. */
export async function smtpSink({
  port = 0,
  login,
}: { port?: number; login?: string } = {}): Promise<SmtpSink> {
  let tried = 0;
  const refused = ({ code, text }: Refused) => Object.assign(new Error(text), { responseCode: code });
  const troubleAt = (at: string) => {
    const trouble = sink.trouble?.(tried);
    return typeof trouble === 'object' && trouble.at === at ? refused(trouble) : undefined;
  };
  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) =>
      `${username}:${password}` === login
        ? done(null, { user: username ?? '' })
        : done(Object.assign(new Error(`no such login ${password}`), { responseCode: 535 })),
    onMailFrom: (_address, _session, done) => done(troubleAt('mail')),
    onRcptTo: (_address, _session, done) => done(troubleAt('recipient')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => {
        const trouble = sink.trouble?.(tried);
        const failure = troubleAt('data');
        tried += 1;
        if (trouble === 'silent') return;
        if (trouble === 'cut') {
          for (const connection of server.connections) connection.close();
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        const raw = Buffer.concat(chunks).toString('utf8');
        const from = mailFrom === false ? '' : mailFrom.address;
        if (!failure) sink.received.push({ from, to: rcptTo.map(({ address }) => address), raw });
        done(failure);
      });
    },
  });
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const bound = (server.server.address() as AddressInfo).port;
  const sink: SmtpSink = {
    url: `smtp://${login === undefined ? '' : `${login}@`}127.0.0.1:${bound}`,
    port: bound,
    received: [],
    trouble: undefined,
    tried: () => tried,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return sink;
}
