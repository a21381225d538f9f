/** The server (or a backup, or a restore) must not start. `code` is for machines; the message is one sentence that tells the operator what to do. */
export class StartRefused extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartRefused';
    this.code = code;
  }
}
