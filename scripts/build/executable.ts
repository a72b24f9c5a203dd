import { spawnSync } from 'node:child_process'
import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import type { Bundle } from './bundle.ts'
import type { NodePair } from './platforms.ts'

const configFile = 'dist/.build/sea.json'

/** Puts a bundle into a copy of Node. The file is there when it is complete. */
export function makeExecutable(path: string, { main, assets }: Bundle, { builder, target }: NodePair): void {
	const unfinished = `${path}.partial`
	const config = {
		main,
		mainFormat: 'module',
		executable: target,
		output: unfinished,
		disableExperimentalSEAWarning: true,
		useCodeCache: false,
		// What is in NODE_OPTIONS is meant for another Node.
		execArgvExtension: 'none',
		assets,
	}
	writeFileSync(configFile, JSON.stringify(config))
	const { status } = spawnSync(builder, ['--build-sea', configFile], { stdio: ['ignore', 'ignore', 2] })
	if (status !== 0) throw new Error(`Node could not make ${path}`)
	chmodSync(unfinished, 0o755)
	renameSync(unfinished, path)
}
