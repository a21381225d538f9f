import type { ReactNode } from 'react';
import icon from './icon.svg';
import styles from './page.module.css';

/** A page for people who are not signed in: the brand, a title, one sentence, the form. */
export function Outside({
  title,
  says,
  children,
}: {
  title: string;
  says?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <main className={styles.outside}>
      <div className={styles.narrow}>
        <div className={styles.brand}>
          <img src={icon} alt="" />
          Foyer
        </div>
        <div className={styles.intro}>
          <h1>{title}</h1>
          {says !== undefined && <p>{says}</p>}
        </div>
        {children}
      </div>
    </main>
  );
}
