import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Chatbox, WidgetCheck } from '#protocol/chatboxes.ts';
import { useMembership } from '../../core/membership.ts';
import { Failure, Skeleton } from '../../core/states.tsx';
import { chatboxesQuery, checkQuery } from './queries.ts';

/** Waits for the account's default box. */
export function WithBox({ children }: { children: (box: Chatbox) => ReactNode }) {
  const { operatorId } = useMembership();
  const box = useQuery(chatboxesQuery(operatorId));
  if (box.isPending) return <Skeleton rows={4} shape="field" />;
  if (box.isError) return <Failure error={box.error} retry={() => void box.refetch()} />;
  return box.data === undefined ? null : children(box.data);
}

/** Waits for the newest check of a box (VI-14). */
export function WithCheck({ box, children }: { box: Chatbox; children: (check: WidgetCheck) => ReactNode }) {
  const { operatorId } = useMembership();
  const check = useQuery(checkQuery(operatorId, box.id));
  if (check.data !== undefined) return children(check.data);
  if (check.isError) return <Failure error={check.error} retry={() => void check.refetch()} />;
  return <Skeleton rows={4} />;
}
