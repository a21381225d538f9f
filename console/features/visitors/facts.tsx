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

/** A tag that no browser understands stays as it is. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([navigator.language, 'en'], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

export function PageLink({ page }: { page: { url: string; title: string } }) {
  return (
    <a href={page.url} target="_blank" rel="noopener noreferrer nofollow" title={page.url} dir="auto">
      {page.title === '' ? page.url : page.title}
    </a>
  );
}
