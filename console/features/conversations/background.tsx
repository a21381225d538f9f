import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { State } from '#client/state.ts';
import { useClient, useClientState, useConversations, useMyStatus } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { badgeTab, contendToRing, notifyHidden, watchOtherTabs } from '../../core/notify.ts';
import { chime, unlockAtFirstGesture, useSound } from '../../core/sound.ts';
import { useUi } from '../../core/ui-store.ts';
import { setDuty, useDuties } from './duties.ts';
import { listed } from './lists.ts';
import { lastFromVisitor } from './thread-lines.ts';
import { mark } from './use-reading.ts';

const RING_EVERY_MS = 4000;
const threadsOf = (state: State) => state.threads;

/**
 * What goes on for the conversations of one membership on every page of the console. `active`: it is the one on the
 * screen. Draws nothing.
 */
export function ConversationsBackground({ active }: { active: boolean }) {
  useFollowing(active);
  useDelivering();
  useDuty();
  return null;
}

/** OC-14: waiting visitors of any account ring in one tab until somebody takes them; every tab wears the number. */
export function Ring({ personId }: { personId: string }) {
  const duties = Object.values(useDuties());
  const waiting = duties.reduce((sum, duty) => sum + duty.waiting, 0);
  const rings = duties.some((duty) => duty.rings);
  const sound = useUi((state) => state.sound);
  const blocked = useSound((state) => state.blocked);
  const [leads, setLeads] = useState(false);

  useEffect(unlockAtFirstGesture, []);
  useEffect(() => watchOtherTabs(personId), [personId]);
  useEffect(() => badgeTab(waiting), [waiting]);
  useEffect(() => () => badgeTab(0), []);

  // A silent tab must not be the one that rings.
  useEffect(() => {
    if (blocked || !sound) return undefined;
    return contendToRing(personId, () => {
      setLeads(true);
      return () => setLeads(false);
    });
  }, [personId, blocked, sound]);

  useEffect(() => {
    if (!rings || !leads) return undefined;
    chime();
    const timer = setInterval(chime, RING_EVERY_MS);
    return () => clearInterval(timer);
  }, [rings, leads]);
  return null;
}

/** Keeps my chats and the open one in the state, so that switching between them shows them at once. */
function useFollowing(active: boolean) {
  const client = useClient();
  const { operatorId } = useMembership();
  const conversations = useConversations();
  const { chat } = useSearch({ strict: false });
  const followed = useRef(new Set<string>());
  useEffect(() => {
    const wanted = new Set(listed(conversations, 'mine', operatorId).map((one) => one.id));
    if (active && chat !== undefined) wanted.add(chat);
    for (const id of followed.current) if (!wanted.has(id)) client.unfollow(id);
    // Following is idempotent; one that was denied and is listed again is asked for again.
    for (const id of wanted) if (!followed.current.has(id) || conversations.has(id)) client.follow(id);
    followed.current = wanted;
  }, [client, operatorId, conversations, chat, active]);
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

/** Counts what waits for this membership, and announces it while the page is hidden. */
function useDuty() {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const navigate = useNavigate();
  const status = useMyStatus();
  const conversations = useConversations();
  const waiting = useMemo(
    () => listed(conversations, 'waiting', operatorId).filter((one) => one.channel === 'chat'),
    [conversations, operatorId],
  );
  const count = waiting.length;
  const rings = count > 0 && status === 'online';
  useEffect(() => {
    const mine = listed(conversations, 'mine', operatorId);
    const unread = mine.filter((one) => one.unread > 0).length;
    const open = listed(conversations, 'waiting', operatorId).length + unread;
    setDuty(operatorId, { waiting: count, open, mine: mine.length, rings });
  }, [operatorId, conversations, count, rings]);
  useEffect(() => () => setDuty(operatorId, null), [operatorId]);

  const announced = useRef(new Set<string>());
  useEffect(() => {
    if (status !== 'online') return;
    for (const { id, visitor, preview } of waiting) {
      if (announced.current.has(id)) continue;
      announced.current.add(id);
      const title = t('notify.title', { name: visitor.name ?? t('visitor') });
      notifyHidden(title, preview?.text ?? '', id, () => {
        useUi.setState({ operatorId });
        void navigate({ to: '/', search: { list: 'waiting', chat: id } });
      });
    }
  }, [waiting, status, operatorId, navigate, t]);
}
