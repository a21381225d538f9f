import { createTransport } from 'nodemailer';
import type { MailConfig } from '../../config.ts';

/** One message as it goes to the mail server. */
export type Message = {
  /** Stable over all tries, so that a mail that arrived twice is known as one. */
  id: string;
  date: Date;
  to: { name: string; address: string };
  replyTo: string | null;
  /** The id of the mail that began its thread. */
  answers: string | undefined;
  subject: string;
  text: string;
  html: string;
};

/** Aborted: the connection is closed at once. */
export type Smtp = { send: (message: Message, signal: AbortSignal) => Promise<void> };

const CONNECT_MS = 15_000;
/** A server may take ten minutes over a message (RFC 5321, 4.5.3.2.6). Who goes sooner sends it once more. */
const SILENCE_MS = 600_000;

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

/** A new connection for each message: nothing of one can get into another, and no idle one grows stale. */
export function openSmtp({ smtp, from }: MailConfig): Smtp {
  const { host, port, secure, user, pass } = smtp;
  const local = LOOPBACK.test(host);
  const transport = createTransport({
    host,
    port,
    secure,
    // A password never travels in the clear; on this machine there is nobody in between.
    requireTLS: !local && user !== undefined,
    ignoreTLS: local && !secure,
    ...(user !== undefined && { auth: { user, pass: pass ?? '' } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  const messageId = (mailId: string) => `<${mailId}@${domain}>`;
  return {
    send: async ({ id, date, to, replyTo, answers, subject, text, html }, signal) => {
      await transport.sendMail({
        signal,
        // The envelope is ours, not read from headers (A7).
        envelope: { from: from.address, to: [to.address] },
        from,
        to: { name: to.name, address: to.address },
        ...(replyTo !== null && { replyTo: { name: '', address: replyTo } }),
        subject,
        text,
        html,
        date,
        messageId: messageId(id),
        ...(answers !== undefined && { inReplyTo: messageId(answers), references: messageId(answers) }),
        // The second for Exchange, whose absence notes would go to the visitor.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'OOF, AutoReply' },
      });
    },
  };
}

/** Why a try failed, in one line for people, and whether this mail will never be taken. */
export function describeFailure(
  error: unknown,
  { smtp }: MailConfig,
): { sentence: string; permanent: boolean } {
  const { code = '', responseCode = 0, message } = fieldsOf(error);
  // What the server says of the sender or of our password may be mended; what it says of this mail is said of it for ever.
  const permanent = (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode >= 500;
  const line = message.replace(/\p{Cc}+/gu, ' ').slice(0, 500);
  return { sentence: smtp.pass ? line.replaceAll(smtp.pass, '[removed]') : line, permanent };
}

function fieldsOf(error: unknown): { code?: string; responseCode?: number; message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const responseCode =
    'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : 0;
  return { code, responseCode, message: error.message };
}
