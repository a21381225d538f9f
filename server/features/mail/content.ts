/** What an e-mail says, from top to bottom. All of it is text: nothing in it is markup or a template (A3, A8). */
export type MailContent = {
  /** Who writes: the account's title, or Foyer. */
  brand: string;
  title: string;
  blocks: Block[];
  /** Why the reader gets it. */
  why: string;
};

export type Block =
  | { kind: 'text'; text: string }
  /** Words of somebody else, marked as such. */
  | { kind: 'quote'; text: string }
  | { kind: 'facts'; facts: [name: string, value: string][] }
  /** To a screen of the console; `ticket` is the id of what the link proves, sealed only when the mail leaves. */
  | { kind: 'link'; label: string; path: `/${string}`; ticket?: string | undefined };
