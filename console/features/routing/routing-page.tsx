import type { ReactNode } from 'react';
import type { Routing } from '#protocol/routing.ts';
import { useRouting } from '../../core/client.tsx';
import { Skeleton } from '../../core/states.tsx';
import { TitledPage } from '../../core/titled-page.tsx';

type Props = {
  title: string;
  says: string;
  /** The one thing to add here. */
  button?: ReactNode;
  children: (routing: Routing) => ReactNode;
};

/** Frame of every page about who gets a visitor; its content once the routing is here. */
export function RoutingPage({ title, says, button, children }: Props) {
  const routing = useRouting();
  return (
    <TitledPage title={title} says={says} button={routing !== null && button}>
      {routing === null ? <Skeleton rows={4} shape="field" /> : children(routing)}
    </TitledPage>
  );
}
