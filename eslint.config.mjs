// ESLint has one task here: the boundaries between the rings. Everything else is oxlint's.
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const ring = (name, ...mayImport) => ({
  sourceTag: `ring:${name}`,
  onlyDependOnLibsWithTags: mayImport.map((other) => `ring:${other}`),
});

export default [
  { ignores: ['**/dist/**', '**/generated/**', '**/node_modules/**', '.nx/**'] },
  {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          depConstraints: [
            ring('domain', 'domain'),
            ring('platform', 'domain', 'platform'),
            ring('services', 'domain', 'platform'),
            ring('apps', 'domain', 'platform', 'services', 'client'),
            ring('client', 'domain'),
            ring('testing', 'domain', 'platform', 'client', 'testing'),
            ring('e2e', 'domain', 'platform', 'services', 'client', 'testing', 'e2e'),
          ],
          // Only tests import the test library, so a cycle through it is none in what runs.
          ignoredCircularDependencies: [['@kakunin/testing', '*']],
        },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
    },
  },
  {
    // The domain is pure: what comes from outside (time, chance, environment, frameworks) is a parameter.
    files: ['libs/domain/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            '@nestjs/*',
            '@prisma/*',
            '@platformatic/*',
            'pg',
            'node:fs',
            'node:fs/*',
            'node:net',
            'node:http',
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take a Clock.' },
        { object: 'Math', property: 'random', message: 'Take a source of randomness.' },
        { object: 'process', property: 'env', message: 'Take a parameter.' },
      ],
    },
  },
  {
    // Tests may use the test library; nothing else does.
    files: ['**/*.test.ts', '**/testing/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
];
