import type { Problem, RefusalCode } from '#protocol/errors.ts';

/** An HTTP call that did not succeed. `unreachable`: no answer came at all. */
export class ApiError extends Error {
  readonly code: RefusalCode | 'unreachable';
  readonly fields: Record<string, string>;
  /** Seconds after which a repeat makes sense. */
  readonly after: number | undefined;

  constructor(code: RefusalCode | 'unreachable', message: string, more?: Pick<Problem, 'fields' | 'after'>) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.fields = more?.fields ?? {};
    this.after = more?.after;
  }
}

type Call = {
  body?: unknown;
  /** Membership that the call acts as; every account-scoped call needs it. */
  operatorId?: string | undefined;
  signal?: AbortSignal | undefined;
};

async function problemOf(response: Response): Promise<ApiError> {
  try {
    const problem = (await response.json()) as Problem;
    return new ApiError(problem.code, problem.detail, problem);
  } catch {
    return new ApiError('internal', `The server answered ${response.status}.`);
  }
}

/** Calls the server of this page's origin. Throws `ApiError`. `T` is the answer's shape by the protocol. */
export async function api<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  call: Call = {},
): Promise<T> {
  const headers = new Headers({ accept: 'application/json' });
  if (call.body !== undefined) headers.set('content-type', 'application/json');
  if (call.operatorId !== undefined) headers.set('foyer-operator', call.operatorId);
  const init: RequestInit = { method, headers, credentials: 'same-origin', signal: call.signal ?? null };
  if (call.body !== undefined) init.body = JSON.stringify(call.body);
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (call.signal?.aborted) throw error;
    throw new ApiError('unreachable', 'The server could not be reached.');
  }
  if (!response.ok) throw await problemOf(response);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** True when the answer means: nobody is signed in here (any more). */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 'not_signed_in' || error.code === 'token_expired');
}
