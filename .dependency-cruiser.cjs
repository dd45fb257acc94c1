/** Which folder may import which (ARCHITECTURE.md, "Directions"). `npm run check:boundaries` fails on a breach. */
const allowed = {
  models: [],
  devices: ['models'],
  edge: ['models'],
  'cloud-sync': ['models'],
  simulators: ['models', 'devices'],
  gateway: ['models', 'devices', 'edge', 'cloud-sync'],
}
const all = ['models', 'devices', 'edge', 'gateway', 'cloud-sync', 'simulators', 'tests']

const directions = Object.entries(allowed).map(([folder, may]) => ({
  name: `${folder}-imports-only-${['itself', ...may].join('-')}`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: '\\.test\\.ts$' },
  to: { path: `^(${all.filter((other) => other !== folder && !may.includes(other)).join('|')})/` },
}))

module.exports = {
  forbidden: [
    ...directions,
    {
      name: 'engine-is-pure',
      comment: 'The engine and the sensing before it get time and randomness as arguments and do no I/O.',
      severity: 'error',
      from: { path: '^edge/(engine|sensing)/', pathNot: '(\\.test|/testing)\\.ts$' },
      to: { pathNot: '^(edge/(engine|sensing|events\\.ts|observations\\.ts)|models/contracts)' },
    },
    {
      name: 'tracking-is-pure',
      comment: 'Tracking gets time from the frames; what looks at pictures is beside it, not in it.',
      severity: 'error',
      from: { path: '^edge/tracking/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '(^edge/tracking|^models/(contracts|geometry)|(^|/)node_modules/munkres/)' },
    },
    {
      name: 'contracts-are-pure',
      comment: 'The vocabulary needs a schema library and nothing of the platform.',
      severity: 'error',
      from: { path: '^models/contracts/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '(^models/contracts|(^|/)node_modules/typebox/)' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
