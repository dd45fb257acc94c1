/** What the pure folders must not use: the clock, randomness, and the platform. Imports are checked by dependency-cruiser. */
import ts from 'typescript'

/** Globals and members through which time, randomness, files or the network would come in. */
const forbiddenMembers: Readonly<Record<string, readonly string[]>> = {
  Date: ['now'],
  Math: ['random'],
  crypto: ['*'],
  performance: ['*'],
  process: ['*'],
  globalThis: ['*'],
}
const forbiddenNames = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'require',
  'console',
  'navigator',
  'Worker',
  'eval',
])

/** Each use of time, randomness or the platform in a source text, as `line: what`. */
export function findImpurities(source: string): string[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const what = impurityOf(node)
    if (what !== null) found.push(`${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${what}`)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

function impurityOf(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const members = forbiddenMembers[node.expression.text]
    const member = node.name.text
    return members !== undefined && (members.includes('*') || members.includes(member))
      ? `${node.expression.text}.${member}`
      : null
  }
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'Date')
    return (node.arguments?.length ?? 0) === 0 ? 'new Date()' : null
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return 'import()'
  if (ts.isIdentifier(node) && forbiddenNames.has(node.text) && isUse(node)) return node.text
  return null
}

/** A name that is read, not one that is declared or is a member of something. */
function isUse(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  return !(ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isParameter(parent))
}
