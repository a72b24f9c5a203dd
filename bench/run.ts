import { cpus } from 'node:os'
import { benchAuthenticate } from './authenticate.ts'
import { benchClient } from './client.ts'
import { benchExport } from './export.ts'
import { benchFanOut } from './fan-out.ts'
import { benchFilters } from './filters.ts'
import { benchLargeLog } from './large-log.ts'
import { benchPosts } from './posts.ts'
import { benchSearch } from './search.ts'
import { benchSignIn } from './sign-in.ts'
import { benchSlowDisk } from './slow-disk.ts'
import { benchVerify } from './verify.ts'

// npm run bench [authenticate] [client] [export] [fan-out] [filters] [large-log] [posts] [search] [sign-in] [slow-disk] [verify]: all, or those that are named.
const benches = {
	authenticate: benchAuthenticate,
	client: benchClient,
	export: benchExport,
	'fan-out': benchFanOut,
	filters: benchFilters,
	'large-log': benchLargeLog,
	posts: benchPosts,
	search: benchSearch,
	'sign-in': benchSignIn,
	'slow-disk': benchSlowDisk,
	verify: benchVerify,
}
const named = process.argv.slice(2)

process.stdout.write(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`)
for (const [name, bench] of Object.entries(benches)) {
	if (named.length > 0 && !named.includes(name)) continue
	process.stdout.write(`\n${name}\n`)
	for (const line of await bench()) process.stdout.write(`  ${line}\n`)
}
