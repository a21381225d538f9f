import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** A rule about text that neither the linter nor dependency-cruiser can express. Paths are seen from the repository. */
type SourceRule = { name: string; files: RegExp; except?: RegExp; pattern: RegExp };

const serverTests = /\.test\.ts$|^server\/test\//;

const physicalProperty =
  '(left|right|(scroll-)?(margin|padding)-(left|right)|border-(left|right)(-\\w+)?|border-(top|bottom)-(left|right)-radius)';

export const sourceRules: SourceRule[] = [
  {
    name: 'statements without row-level security are in server/unscoped/',
    files: /^server\/.*\.ts$/,
    except: new RegExp(`^server/(unscoped/|core/database/)|${serverTests.source}`),
    pattern: /\.unscoped\b(?!\.ts)|[{,]\s*unscoped\s*[,:}]/,
  },
  {
    name: 'the environment goes from the programs of the server to server/config.ts only',
    files: /^(server|sip|protocol|client)\/.*\.ts$/,
    except: new RegExp(`^server/(main|backup|restore|config)\\.ts$|${serverTests.source}`),
    pattern: /\bprocess\.env\b(?!\['PATH'\])/, // a child needs our PATH; that configures nothing
  },
  {
    name: 'css uses logical properties',
    files: /^(widget|console)\/.*\.css$/,
    pattern: new RegExp(
      `(^|[\\s;{])(${physicalProperty}\\s*:|(float|clear|text-align)\\s*:\\s*(left|right))`,
      'm',
    ),
  },
  {
    name: 'styles in scripts are logical too',
    files: /^(widget|console)\/.*\.tsx?$/,
    except: /\.test\.ts$/,
    pattern:
      /(margin|padding)-?(Left|Right|left|right)['"]?\s*:|[\s;{`](left|right)\s*:\s*-?[\d.]+(px|rem|em|%|;|\})/,
  },
  {
    name: 'imports carry their extension',
    files: /\.tsx?$/,
    except: /^tools\//,
    pattern: /(from |import\(|import )'(\.{1,2}|#\w+)\/([^'/]+\/)*[^'./]+'/,
  },
];

const roots = ['protocol', 'client', 'sip', 'server', 'widget', 'console', 'bench', 'e2e', 'faults', 'tools'];

/** Every place under `folder` that breaks a rule, as `rule: file:line`. */
export async function brokenSourceRules(folder: string): Promise<string[]> {
  const broken: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const root of entries.filter((entry) => roots.includes(entry.name))) {
    const found = await readdir(join(folder, root.name), { recursive: true, withFileTypes: true });
    for (const entry of found.filter((each) => each.isFile())) {
      const file = relative(folder, join(entry.parentPath, entry.name));
      const rules = sourceRules.filter(({ files, except }) => files.test(file) && !except?.test(file));
      if (rules.length === 0) continue;
      const lines = (await readFile(join(folder, file), 'utf8')).split('\n');
      for (const rule of rules) {
        lines.forEach((line, index) => {
          if (rule.pattern.test(line)) broken.push(`${rule.name}: ${file}:${index + 1}`);
        });
      }
    }
  }
  return broken;
}
