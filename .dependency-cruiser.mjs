// Which folder may import which; run by tools/architecture.test.ts, which also proves that every rule can fail.

const tests = '\\.test\\.ts$|^(server|client)/test/';
const outside = {
  dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
};
const values = { dependencyTypesNot: ['type-only'] };

const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

const root = (from, ...may) =>
  forbid(
    `${from}-reaches-only-${may.join('-') || 'itself'}`,
    { path: `^${from}/`, pathNot: tests },
    {
      path: '^(protocol|client|sip|server|widget|console|bench|e2e|faults|tools)/',
      pathNot: `^(${[from, ...may].join('|')})/`,
    },
  );

const typesOnlyFromProtocol = (from) =>
  forbid(
    `${from}-takes-types-only-from-protocol`,
    { path: `^${from}/`, pathNot: tests },
    { path: '^protocol/', pathNot: '^protocol/version\\.ts$', ...values },
  );

const packages = (name, from, allowed) =>
  forbid(
    name,
    { path: `^${from}/`, pathNot: `${tests}|/vite\\.config\\.ts$` },
    { ...outside, pathNot: allowed },
  );

export default {
  forbidden: [
    root('protocol'),
    root('sip'),
    root('client', 'protocol'),
    root('widget', 'client', 'protocol'),
    root('console', 'client', 'protocol'),
    root('server', 'protocol', 'sip'),

    packages('protocol-needs-only-zod', 'protocol', 'node_modules/zod/'),
    packages('client-needs-no-package', 'client', '^$'),
    packages('widget-needs-only-preact', 'widget', 'node_modules/(preact|@preact/[^/]+)/'),
    forbid(
      'server-runs-without-dev-packages',
      { path: '^(server|sip)/', pathNot: tests },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], ...values },
    ),
    typesOnlyFromProtocol('client'),
    typesOnlyFromProtocol('widget'),

    forbid(
      'roots-are-entered-by-their-alias',
      { path: '^([^/]+)/', pathNot: tests },
      { path: '^(protocol|client)/', pathNot: '^$1/', dependencyTypesNot: ['aliased-subpath-import'] },
    ),
    forbid(
      'core-knows-no-feature',
      { path: '^(server|console)/core/', pathNot: tests },
      { path: '^(server|console)/', pathNot: '^$1/core/' },
    ),
    forbid(
      'server-features-look-only-at-core-and-unscoped',
      { path: '^server/features/', pathNot: tests },
      { path: '^server/', pathNot: '^server/(core|features)/|^server/unscoped/', ...values },
    ),
    forbid(
      'feature-insides-are-private',
      { path: '^(server|console)/features/([^/]+)/', pathNot: tests },
      {
        path: '^(server|console)/features/[^/]+/(store|http|socket|jobs)\\.ts$',
        pathNot: '^$1/features/$2/',
      },
    ),
    forbid('no-cycles', {}, { circular: true, viaOnly: values }),
    forbid(
      'nothing-imports-a-test',
      { path: '^(protocol|client|sip|server|widget|console)/', pathNot: tests },
      { path: tests },
    ),
    forbid('no-unresolvable', {}, { couldNotResolve: true }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
