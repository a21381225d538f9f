import type { Block, MailContent } from './content.ts';

/** Makes the address of a link: the console's own, never a request's (C4), with its ticket sealed. */
export type LinkOf = (link: { path: string; ticket?: string | undefined }) => string;

/**
 * The text part, readable by itself. What others wrote is quoted line by line, and inside a line of ours it cannot begin
 * another.
 */
export function renderText({ title, blocks, brand, why }: MailContent, linkOf: LinkOf): string {
  const parts = blocks.map((block) => {
    switch (block.kind) {
      case 'text':
        return inLine(block.text);
      case 'quote':
        return lines(block.text)
          .map((line) => `> ${line}`.trimEnd())
          .join('\n');
      case 'facts':
        return block.facts.map(([name, value]) => `${inLine(name)}: ${inLine(value)}`).join('\n');
      case 'link':
        return `${inLine(block.label)}:\n${linkOf(block)}`;
    }
  });
  const end = `-- \n${inLine(brand)}\n${inLine(why)}`;
  return `${withoutControls([inLine(title), ...parts, end].join('\n\n'))}\n`;
}

/** The HTML part: one column, no image, nothing from elsewhere. Every text of it goes through `escape` (A8). */
export function renderHtml({ title, blocks, brand, why }: MailContent, linkOf: LinkOf): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escape(inLine(title))}</title>
<style>${STYLE}</style>
</head>
<body>
<div class="mail">
<p class="brand" dir="auto">${escape(inLine(brand))}</p>
<h1>${escape(inLine(title))}</h1>
${blocks.map((block) => htmlOf(block, linkOf)).join('\n')}
<p class="why">${escape(inLine(why))}</p>
</div>
</body>
</html>
`;
}

function htmlOf(block: Block, linkOf: LinkOf): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escape(inLine(block.text))}</p>`;
    case 'quote':
      return `<blockquote dir="auto">${lines(block.text).map(escape).join('<br>')}</blockquote>`;
    case 'facts': {
      const rows = block.facts.map(
        ([name, value]) =>
          `<tr><th scope="row">${escape(inLine(name))}</th><td dir="auto">${escape(inLine(value))}</td></tr>`,
      );
      return `<table>${rows.join('')}</table>`;
    }
    case 'link': {
      const address = escape(linkOf(block));
      return `<p><a class="button" href="${address}">${escape(inLine(block.label))}</a></p>
<p class="address">${address}</p>`;
    }
  }
}

const STYLE = `
body{margin:0;padding:24px 16px;background:#ffffff;color:#16191f;font:14px/20px -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
.mail{max-width:560px;margin:0 auto;overflow-wrap:anywhere}
.brand{margin:0 0 24px;font-weight:600;color:#565d6b}
h1{margin:0 0 16px;font-size:20px;line-height:28px;font-weight:600}
p{margin:0 0 16px}
blockquote{margin:0 0 16px;padding:4px 0 4px 12px;border-left:3px solid #e2e5ea}
table{margin:0 0 16px;border-collapse:collapse}
th{padding:2px 16px 2px 0;text-align:left;vertical-align:top;font-weight:400;color:#565d6b;white-space:nowrap}
td{padding:2px 0;vertical-align:top}
.button{display:inline-block;padding:8px 16px;border-radius:6px;background:#3c56ba;color:#ffffff;font-weight:500;text-decoration:none}
.address{font-size:12px;line-height:16px;color:#565d6b}
.why{margin:32px 0 0;padding-top:12px;border-top:1px solid #e2e5ea;font-size:12px;line-height:16px;color:#565d6b}
@media (prefers-color-scheme:dark){
body{background:#131519;color:#e8eaee}
.brand,th,.address,.why{color:#a0a7b4}
blockquote{border-color:#2a2e36}
.why{border-color:#2a2e36}
.button{background:#4661cf}
}`;

/** Everything that some program shows as the end of a line. */
const LINE_END = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

const lines = (text: string): string[] => text.split(LINE_END);

/** Words that stand in a line of ours: one line, and nothing in them turns the rest of it around. */
const inLine = (text: string): string =>
  lines(text)
    .join(' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '');

const withoutControls = (text: string): string => text.replace(/[^\P{Cc}\t\n]/gu, '');

const ESCAPED: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in an element or in a quoted attribute. */
const escape = (text: string): string =>
  withoutControls(text).replace(/[&<>"']/g, (sign) => ESCAPED[sign] ?? '');
