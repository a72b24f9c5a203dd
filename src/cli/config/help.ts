import { type OptionKind, serveOptions } from './schema.ts'

/** All options, a line each. */
export function serveHelp(): string {
	const lines = Object.entries(serveOptions).map(([name, option]: [string, OptionKind<unknown>]) => {
		const { value, fallback, help } = option
		const flag = `--${name}${value === undefined ? '' : ` <${value}>`}`
		const isTold = fallback !== undefined && option.json !== 'boolean'
		return `  ${flag.padEnd(26)}${help}${isTold ? ` (${fallback})` : ''}`
	})
	return `${lines.join('\n')}\n  ${'--config <file>'.padEnd(26)}these options as a JSON object, also as TAILROOM_CONFIG\n`
}
