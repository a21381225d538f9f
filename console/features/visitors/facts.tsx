import type { ReactNode } from 'react';
import styles from './visitor-panel.module.css';

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}

export function PageLink({ page }: { page: { url: string; title: string } }) {
  return (
    <a href={page.url} target="_blank" rel="noopener noreferrer nofollow" title={page.url} dir="auto">
      {page.title === '' ? page.url : page.title}
    </a>
  );
}
