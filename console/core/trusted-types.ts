type Policies = {
  createPolicy: (name: string, rules: { createHTML: (text: string) => string | null }) => unknown;
};

/**
 * The policy of the page (server/start.ts) lets no string become markup, a script or the address of one. Mantine and
 * React write the text of style elements through the same sinks; what has no `<` cannot become an element, and passes.
 */
export function trustOnlyText(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: Policies };
  trustedTypes?.createPolicy('default', { createHTML: (text) => (text.includes('<') ? null : text) });
}
