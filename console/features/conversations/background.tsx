import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { State } from '#client/state.ts';
import { useClient, useClientState, useConversations } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { badgeTab, contendToRing, notifyHidden, watchOtherTabs } from '../../core/notify.ts';
import { chime, unlockAtFirstGesture, useSound } from '../../core/sound.ts';
import { useUi } from '../../core/ui-store.ts';
import { setDuty, useDuties } from './duties.ts';
import { useHandovers } from './handovers.ts';
import { calling, listed } from './lists.ts';
import { lastFromOther, mySide, nameOfOther, otherSide, unreadOf } from './sides.ts';
import { useUnreadContacts } from './use-contacts.ts';
import { useListener } from './use-listener.ts';
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
  useColleagues();
  useHandovers();
  return null;
}

/** OC-14: waiting visitors of any account ring in one tab until somebody takes them; every tab wears the number. */
export function Ring({ personId }: { personId: string }) {
  const duties = Object.values(useDuties());
  const ringing = duties.reduce((sum, duty) => sum + duty.ringing, 0);
  const rings = ringing > 0;
  const sound = useUi((state) => state.sound);
  const blocked = useSound((state) => state.blocked);
  const [leads, setLeads] = useState(false);

  useEffect(unlockAtFirstGesture, []);
  useEffect(() => watchOtherTabs(personId), [personId]);
  useEffect(() => badgeTab(ringing), [ringing]);
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
    for (const one of conversations.values()) if (one.channel === 'colleague') wanted.add(one.id);
    if (active && chat !== undefined) wanted.add(chat);
    for (const id of followed.current) if (!wanted.has(id)) client.unfollow(id);
    // Following is idempotent; one that was denied and is listed again is asked for again.
    for (const id of wanted) if (!followed.current.has(id) || conversations.has(id)) client.follow(id);
    followed.current = wanted;
  }, [client, operatorId, conversations, chat, active]);
}

/** Tells visitors and colleagues that their messages have reached me, wherever in the console I am. */
function useDelivering() {
  const client = useClient();
  const { operatorId } = useMembership();
  const threads = useClientState(threadsOf);
  const told = useRef(new Map<string, number>());
  useEffect(() => {
    for (const { conversation, entries } of threads.values()) {
      const { id, channel, state, operator, delivered, read } = conversation;
      const side = mySide(conversation, operatorId);
      const last = lastFromOther(entries, conversation, operatorId);
      const known = Math.max(delivered[side], read[side], told.current.get(id) ?? 0);
      const mine = channel === 'colleague' || operator?.id === operatorId;
      if (state !== 'open' || !mine || last <= known) continue;
      told.current.set(id, last);
      mark(client, id, 'delivered', last);
    }
  }, [client, operatorId, threads]);
}

/** Counts what calls for this membership, and announces it while the page is hidden. */
function useDuty() {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const navigate = useNavigate();
  const listener = useListener();
  const conversations = useConversations();
  const calls = useMemo(() => calling(conversations, listener), [conversations, listener]);
  const colleagues = useUnreadContacts();
  const ringing = useMemo(() => calls.filter((one) => one.channel === 'chat'), [calls]);
  useEffect(() => {
    const mine = listed(conversations, 'mine', operatorId);
    const unread = mine.filter((one) => one.unread > 0).length + colleagues;
    setDuty(operatorId, { ringing: ringing.length, open: calls.length + unread, mine: mine.length });
  }, [operatorId, conversations, calls, ringing, colleagues]);
  useEffect(() => () => setDuty(operatorId, null), [operatorId]);

  const announced = useRef(new Set<string>());
  useEffect(() => {
    for (const { id, visitor, preview, desk } of ringing) {
      // Handed on, it is another call than the one before.
      const call = `${id} ${desk?.transfer?.until}`;
      if (announced.current.has(call)) continue;
      announced.current.add(call);
      const name = visitor.name ?? t('visitor');
      const title = desk?.transfer
        ? t('notify.offered', { from: desk.transfer.from.name, name })
        : t('notify.title', { name });
      notifyHidden(title, preview?.text ?? '', id, () => {
        useUi.setState({ operatorId });
        void navigate({ to: '/', search: { list: 'waiting', chat: id } });
      });
    }
  }, [ringing, operatorId, navigate, t]);
}

/** OC-13: what a colleague has written is announced while the page is hidden. */
function useColleagues() {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const navigate = useNavigate();
  const conversations = useConversations();
  const announced = useRef(new Map<string, string>());
  useEffect(() => {
    for (const one of conversations.values()) {
      const { id, channel, preview, visitor, operator } = one;
      if (channel !== 'colleague' || preview === null || unreadOf(one, operatorId) === 0) continue;
      if (announced.current.get(id) === preview.at) continue;
      announced.current.set(id, preview.at);
      const other = otherSide(one, operatorId) === 'visitor' ? visitor.id : operator?.id;
      const title = t('contacts.news', { name: nameOfOther(one, operatorId) ?? t('operator') });
      notifyHidden(title, preview.text, `${id} ${preview.at}`, () => {
        useUi.setState({ operatorId });
        void navigate({ to: '/contacts', search: { with: other } });
      });
    }
  }, [conversations, operatorId, navigate, t]);
}
