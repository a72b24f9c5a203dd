import { serveHelp, UsageError } from './cli/options.ts'
import { serve } from './cli/serve.ts'
import { version } from './cli/version.ts'

const help = `Tailroom ${version}: a chat whose heart is one ordered log

Usage: tailroom <command> [options]

  serve    run the server
  help     this page
  version  the version

Options of serve, also as TAILROOM_<NAME> in the environment:

${serveHelp()}`

const [command = 'help', ...args] = process.argv.slice(2)
try {
	await run(command)
} catch (error) {
	// Only the message: these are for the person who started it, not for whoever mends it.
	process.stderr.write(`tailroom: ${(error as Error).message}\n`)
	process.exit(error instanceof UsageError ? 64 : 1)
}

async function run(name: string): Promise<void> {
	if (args.includes('--help') || args.includes('-h') || name === 'help' || name === '--help' || name === '-h') {
		process.stdout.write(help)
	} else if (name === 'version' || name === '--version') {
		process.stdout.write(`${version}\n`)
	} else if (name === 'serve') {
		await serve(args)
	} else {
		throw new UsageError(`there is no command "${name}". Try: tailroom help`)
	}
}
