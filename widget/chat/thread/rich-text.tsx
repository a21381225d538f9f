import { linkify } from '#client/linkify.ts';

/** Text of a message: only links are made of it, never markup. */
export function RichText({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map(({ text: piece, href }) =>
        href === undefined ? (
          piece
        ) : (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {piece}
          </a>
        ),
      )}
    </>
  );
}
