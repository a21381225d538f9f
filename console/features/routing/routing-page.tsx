import type { ReactNode } from 'react';
import type { Routing } from '#protocol/routing.ts';
import { useRouting } from '../../core/client.tsx';
import page from '../../core/page.module.css';
import { Skeleton } from '../../core/states.tsx';

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
    <div className={page.content}>
      <header className={`${page.head} ${page.line}`}>
        <div className={page.grow}>
          <h1>{title}</h1>
          <p>{says}</p>
        </div>
        {routing !== null && button}
      </header>
      {routing === null ? <Skeleton rows={4} shape="field" /> : children(routing)}
    </div>
  );
}
