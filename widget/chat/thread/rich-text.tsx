import { linkify } from '#client/linkify.ts';

/** Text of a message: only links are made of it, never markup. */
export function RichText({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map((piece, index) =>
        piece.href === undefined ? (
          piece.text
        ) : (
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {piece.text}
          </a>
        ),
      )}
    </>
  );
}
