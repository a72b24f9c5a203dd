import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Keeps what Node makes of the TypeScript, so that the next start is quicker and needs less memory.
// Hence the rest is imported only afterwards. Where it cannot be written nothing is lost.
const cache = fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url))
enableCompileCache(cache)
// For the threads.
process.env.NODE_COMPILE_CACHE ??= cache

const { main } = await import('./cli/main.ts')
await main(process.argv.slice(2))
