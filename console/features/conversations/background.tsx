import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { State } from '#client/state.ts';
import { useClient, useClientState, useConversations, useMyStatus } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { badgeTab, contendToRing, notifyHidden, watchOtherTabs } from '../../core/notify.ts';
import { chime, unlockAtFirstGesture, useSound } from '../../core/sound.ts';
import { useUi } from '../../core/ui-store.ts';
import { listed } from './lists.ts';
import { lastFromVisitor } from './thread-lines.ts';
import { mark } from './use-reading.ts';

const RING_EVERY_MS = 4000;
const threadsOf = (state: State) => state.threads;

/** What goes on for conversations on every page of the console. Draws nothing. */
export function ConversationsBackground() {
  useFollowing();
  useDelivering();
  useRing();
  return null;
}

/** Keeps my chats and the open one in the state, so that switching between them shows them at once. */
function useFollowing() {
  const client = useClient();
  const { operatorId } = useMembership();
  const conversations = useConversations();
  const { chat } = useSearch({ strict: false });
  const followed = useRef(new Set<string>());
  useEffect(() => {
    const wanted = new Set(listed(conversations, 'mine', operatorId).map((one) => one.id));
    if (chat !== undefined) wanted.add(chat);
    for (const id of followed.current) if (!wanted.has(id)) client.unfollow(id);
    // Following is idempotent; one that was denied and is listed again is asked for again.
    for (const id of wanted) if (!followed.current.has(id) || conversations.has(id)) client.follow(id);
    followed.current = wanted;
  }, [client, operatorId, conversations, chat]);
}

/** Tells visitors that their messages have reached me, wherever in the console I am. */
function useDelivering() {
  const client = useClient();
  const { operatorId } = useMembership();
  const threads = useClientState(threadsOf);
  const told = useRef(new Map<string, number>());
  useEffect(() => {
    for (const { conversation, entries } of threads.values()) {
      const { id, state, operator, delivered, read } = conversation;
      const last = lastFromVisitor(entries);
      const known = Math.max(delivered.operator, read.operator, told.current.get(id) ?? 0);
      if (state !== 'open' || operator?.id !== operatorId || last <= known) continue;
      told.current.set(id, last);
      mark(client, id, 'delivered', last);
    }
  }, [client, operatorId, threads]);
}

/** OC-14: waiting visitors ring in one tab until somebody takes them; every tab wears the number. */
function useRing() {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const navigate = useNavigate();
  const status = useMyStatus();
  const conversations = useConversations();
  const sound = useUi((state) => state.sound);
  const blocked = useSound((state) => state.blocked);
  const [leads, setLeads] = useState(false);
  const waiting = useMemo(
    () => listed(conversations, 'waiting', operatorId).filter((one) => one.channel === 'chat'),
    [conversations, operatorId],
  );
  const rings = waiting.length > 0 && status === 'online';

  useEffect(unlockAtFirstGesture, []);
  useEffect(() => watchOtherTabs(operatorId), [operatorId]);
  useEffect(() => badgeTab(waiting.length), [waiting.length]);
  useEffect(() => () => badgeTab(0), []);

  // A silent tab must not be the one that rings.
  useEffect(() => {
    if (blocked || !sound) return undefined;
    return contendToRing(operatorId, () => {
      setLeads(true);
      return () => setLeads(false);
    });
  }, [operatorId, blocked, sound]);

  useEffect(() => {
    if (!rings || !leads) return undefined;
    chime();
    const timer = setInterval(chime, RING_EVERY_MS);
    return () => clearInterval(timer);
  }, [rings, leads]);

  const announced = useRef(new Set<string>());
  useEffect(() => {
    if (status !== 'online') return;
    for (const { id, visitor, preview } of waiting) {
      if (announced.current.has(id)) continue;
      announced.current.add(id);
      const title = t('notify.title', { name: visitor.name ?? t('visitor') });
      notifyHidden(title, preview?.text ?? '', id, () => {
        void navigate({ to: '/', search: { list: 'waiting', chat: id } });
      });
    }
  }, [waiting, status, navigate, t]);
}
