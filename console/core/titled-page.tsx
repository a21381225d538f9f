import type { ReactNode } from 'react';
import page from './page.module.css';

type Props = {
  title: string;
  says: string;
  /** The one thing to do here. */
  button?: ReactNode;
  children: ReactNode;
};

/** A page of settings: what it is for, and what can be chosen. */
export function TitledPage({ title, says, button, children }: Props) {
  return (
    <div className={page.content}>
      <header className={`${page.head} ${page.line}`}>
        <div className={page.grow}>
          <h1>{title}</h1>
          <p>{says}</p>
        </div>
        {button}
      </header>
      {children}
    </div>
  );
}
