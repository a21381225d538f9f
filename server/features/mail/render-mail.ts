import type { Block, MailContent } from './content.ts';

/** Makes the address of a link: the console's own, never a request's (C4), with its ticket sealed. */
export type LinkOf = (link: { path: string; ticket?: string | undefined }) => string;

/** The text part, readable by itself. What others wrote is quoted line by line. */
export function renderText({ title, blocks, brand, why }: MailContent, linkOf: LinkOf): string {
  const parts = blocks.map((block) => {
    switch (block.kind) {
      case 'text':
        return block.text;
      case 'quote':
        return lines(block.text)
          .map((line) => `> ${line}`.trimEnd())
          .join('\n');
      case 'facts':
        return block.facts.map(([name, value]) => `${name}: ${value}`).join('\n');
      case 'link':
        return `${block.label}:\n${linkOf(block)}`;
    }
  });
  return `${[title, ...parts, `-- \n${brand}\n${why}`].join('\n\n')}\n`;
}

/** The HTML part: one column, no image, nothing from elsewhere. Every text of it goes through `escape` (A8). */
export function renderHtml({ title, blocks, brand, why }: MailContent, linkOf: LinkOf): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<div class="mail" dir="auto">
<p class="brand">${escape(brand)}</p>
<h1>${escape(title)}</h1>
${blocks.map((block) => htmlOf(block, linkOf)).join('\n')}
<p class="why">${escape(why)}</p>
</div>
</body>
</html>
`;
}

function htmlOf(block: Block, linkOf: LinkOf): string {
  switch (block.kind) {
    case 'text':
      return `<p>${inLines(block.text)}</p>`;
    case 'quote':
      return `<blockquote dir="auto">${inLines(block.text)}</blockquote>`;
    case 'facts': {
      const rows = block.facts.map(
        ([name, value]) =>
          `<tr><th scope="row">${escape(name)}</th><td dir="auto">${inLines(value)}</td></tr>`,
      );
      return `<table role="presentation">${rows.join('')}</table>`;
    }
    case 'link': {
      const address = escape(linkOf(block));
      return `<p><a class="button" href="${address}">${escape(block.label)}</a></p>
<p class="address">${address}</p>`;
    }
  }
}

const STYLE = `
body{margin:0;padding:24px 16px;background:#ffffff;color:#16191f;font:14px/20px -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
.mail{max-width:560px;margin:0 auto}
.brand{margin:0 0 24px;font-weight:600;color:#565d6b}
h1{margin:0 0 16px;font-size:20px;line-height:28px;font-weight:600}
p{margin:0 0 16px}
blockquote{margin:0 0 16px;padding:4px 0 4px 12px;border-left:3px solid #e2e5ea;overflow-wrap:anywhere}
table{margin:0 0 16px;border-collapse:collapse}
th{padding:2px 16px 2px 0;text-align:left;vertical-align:top;font-weight:400;color:#565d6b;white-space:nowrap}
td{padding:2px 0;vertical-align:top;overflow-wrap:anywhere}
.button{display:inline-block;padding:8px 16px;border-radius:6px;background:#3c56ba;color:#ffffff;font-weight:500;text-decoration:none}
.address{font-size:12px;line-height:16px;color:#565d6b;overflow-wrap:anywhere}
.why{margin:32px 0 0;padding-top:12px;border-top:1px solid #e2e5ea;font-size:12px;line-height:16px;color:#565d6b}
@media (prefers-color-scheme:dark){
body{background:#131519;color:#e8eaee}
.brand,th,.address,.why{color:#a0a7b4}
blockquote{border-color:#2a2e36}
.why{border-color:#2a2e36}
.button{background:#4661cf}
}`;

const lines = (text: string): string[] => text.split(/\r\n|[\n\r\u2028\u2029]/);

const inLines = (text: string): string => lines(text).map(escape).join('<br>');

const ESCAPED: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in an element or in a quoted attribute. Controls that are no line end are left out. */
const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ESCAPED[sign] ?? '').replace(/[^\P{Cc}\t]/gu, '');
