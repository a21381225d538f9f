import * as z from 'zod/mini';
import {
  acceptConversation,
  cancelTransfer,
  closeConversation,
  declineConversation,
  followConversation,
  markReceipt,
  postMessage,
  postNote,
  startConversation,
  takeConversation,
  transferConversation,
  typingUp,
  unfollowConversation,
  updateDetails,
  visitPage,
  writeColleague,
} from './conversations.ts';
import { setStatus } from './operators.ts';
import { hello, ping } from './session.ts';
import { inviteVisitor, watchVisitors } from './visitors.ts';

/** Everything a client may say. */
export const up = z.discriminatedUnion('type', [
  hello,
  ping,
  startConversation,
  postMessage,
  closeConversation,
  acceptConversation,
  takeConversation,
  transferConversation,
  cancelTransfer,
  declineConversation,
  postNote,
  writeColleague,
  markReceipt,
  visitPage,
  updateDetails,
  typingUp,
  followConversation,
  unfollowConversation,
  setStatus,
  watchVisitors,
  inviteVisitor,
]);
export type Up = z.infer<typeof up>;

/** What changes something: carries a `ref`, is answered by `done` or `refused`, may be repeated. */
export type Command = Exclude<
  Extract<Up, { ref: string }>,
  { type: 'conversation.follow' | 'visitors.watch' }
>;
