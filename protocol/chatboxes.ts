import * as z from 'zod/mini';
import { conversation } from './conversations.ts';
import { clientRef, email, id, instant, language, line, pageUrl, prose, text } from './ids.ts';
import { messageText, page } from './entries.ts';

const colour = z.string().check(z.regex(/^#[0-9a-f]{6}$/));
const field = z.enum(['hidden', 'optional', 'required']);

/**
 * How chat looks and behaves on a site (VI-02 to VI-06). Texts that are null come from the widget's language file.
 */
export const chatboxSettings = z.strictObject({
  /** Header (VI-03). */
  title: z.nullable(line(60)),
  greeting: z.nullable(prose(300)),
  colour,
  /** Launcher (VI-02): side of the page and distance from its edges in CSS pixels. */
  side: z.enum(['right', 'left']),
  offsetX: z.int().check(z.minimum(0), z.maximum(400)),
  offsetY: z.int().check(z.minimum(0), z.maximum(400)),
  /** Opens by itself after so many seconds; null never. */
  autoOpenAfter: z.nullable(z.int().check(z.minimum(0), z.maximum(3600))),
  /** Welcome screen (VI-04). The first message is always there. */
  nameField: field,
  emailField: field,
  /** When nobody is free (VI-05, VI-06): the form, the offline image without a form, or nothing at all. */
  whenOffline: z.enum(['form', 'image', 'hide']),
});
export type ChatboxSettings = z.infer<typeof chatboxSettings>;

export const chatbox = z.object({
  id,
  /** Public name of the box in the widget code; not a secret. */
  key: z.string(),
  name: z.string(),
  isDefault: z.boolean(),
  settings: chatboxSettings,
});
export type Chatbox = z.infer<typeof chatbox>;

/** GET /v1/chatboxes */
export const chatboxes = z.object({ chatboxes: z.array(chatbox) });
/** PATCH /v1/chatboxes/:chatboxId (administrator) */
export const changeChatbox = z.strictObject({
  name: z.optional(line(60)),
  settings: z.optional(z.partial(chatboxSettings)),
});
export const chatboxParams = z.strictObject({ chatboxId: id });

/** GET /v1/chatboxes/:chatboxId/check: "Why is my widget not showing?" (VI-14), in the order to mend it. */
export const widgetCheck = z.object({
  snippet: z.string(),
  /** The account's widget on a blank page, on the chat origin. */
  testPage: z.string(),
  /** What pages with the code show now; `differs`: page or language of the visitor decide. */
  shows: z.enum(['online', 'offline', 'hidden', 'differs']),
  points: z.array(
    z.object({
      /** `hours` to `capacity` are there only where the account has set such a thing. */
      code: z.enum([
        'domain',
        'operator',
        'hours',
        'online',
        'pages',
        'departments',
        'languages',
        'capacity',
        'installed',
      ]),
      ok: z.boolean(),
      /** What is so, in one sentence. */
      says: z.string(),
      /** Console path that mends it; null when there is nothing to mend. */
      fix: z.nullable(z.string()),
    }),
  ),
});
export type WidgetCheck = z.infer<typeof widgetCheck>;

// ---- chat origin -----------------------------------------------------------------------------------------

export const widgetKey = z.string().check(z.regex(/^[A-Za-z0-9]{22}$/));
export const widgetParams = z.strictObject({ key: widgetKey });

/** Baked into the loader in place of `__FOYER_BOX__`: where the frame is. How the launcher looks is the frame's word. */
export type LoaderBox = {
  key: string;
  /** Chat origin, no trailing slash. */
  origin: string;
};

/** JSON in `<script type="application/json" id="box">` of the frame document. */
export type FrameBox = {
  key: string;
  /** Page and language decide (URL routing, destinations): the answer is only a place until the bridge has asked. */
  asks: boolean;
} & WidgetStateAnswer;

/**
 * GET /v1/widget/:key/state?host=HOST&page=URL&language=TAG (public): may the launcher be shown on this page to a visitor
 * of this language, and as what; and all that the account has set, so that open pages follow every change of it. The
 * bridge asks every 20 s +-20 % while the page is visible, and at once when it becomes visible, when page or language
 * change, and when a `presence` frame says that something is different (OP-12).
 */
export const widgetState = z.enum(['online', 'offline', 'hidden']);
export type WidgetState = z.infer<typeof widgetState>;
/** `watched`: an operator looks at the visitors now, so the page announces itself (protocol/visitors.ts). */
export const widgetStateAnswer = z.object({
  /** Name of the account, and its own language. */
  account: z.string(),
  language,
  settings: chatboxSettings,
  state: widgetState,
  watched: z.boolean(),
  /** While `offline`: a message can be left. */
  form: z.boolean(),
  /** To choose from on the welcome screen (OP-07); `free`: somebody can take a chat at once. */
  departments: z.array(z.object({ id, name: z.string(), free: z.boolean() })),
  /** When the business opens, if it is closed (OP-14). */
  opensAt: z.nullable(instant),
});
export type WidgetStateAnswer = z.infer<typeof widgetStateAnswer>;
export const widgetStateQuery = z.strictObject({
  host: z.optional(z.string().check(z.maxLength(253))),
  page: z.optional(pageUrl),
  language: z.optional(language),
});

/**
 * POST /v1/visitor/session (public): a visitor's tokens. `refresh` continues an earlier visit; it may also come as
 * the `__Host-foyer-visitor` cookie (https only). Nothing is stored before the visitor acts.
 */
export const openVisit = z.strictObject({
  key: widgetKey,
  refresh: z.optional(z.string().check(z.maxLength(2000))),
});
export const visit = z.object({
  visitorId: id,
  /** Bearer token for HTTP and `hello.token`, valid 15 minutes; lives in the frame's memory only. */
  access: z.string(),
  accessExpiresAt: instant,
  /** Valid 180 days; the frame keeps it in its own storage, else in memory. */
  refresh: z.string(),
  /** The visitor's open conversation, so that the launcher can show its unread messages. */
  conversation: z.nullable(conversation),
});
export type Visit = z.infer<typeof visit>;

/** POST /v1/visitor/identify (visitor): `identity` is a JWT (HS256) signed by the customer's server. */
export const identify = z.strictObject({ identity: z.string().check(z.maxLength(4000)) });

/** POST /v1/visitor/attributes (visitor): at most 20 names of 40 and values of 400 characters. */
export const attributes = z
  .record(z.string().check(z.regex(/^[A-Za-z0-9_. -]{1,40}$/)), text(400))
  .check(z.refine((all) => Object.keys(all).length <= 20, 'at most 20 attributes'));
export const setAttributes = z.strictObject({ attributes });

/** POST /v1/visitor/offline-messages (visitor, VI-05): a repeat with the same `ref` stores nothing new. */
export const leaveMessage = z.strictObject({
  ref: clientRef,
  email,
  name: z.nullable(line(120)),
  subject: z.nullable(line(200)),
  text: messageText,
  page: z.nullable(page),
  language: z.nullable(language),
});
export const leftMessage = z.object({ conversationId: id, at: instant });
