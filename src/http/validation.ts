import Type, { type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { FieldAtFault } from '../protocol/errors.ts'
import { RequestError } from './errors.ts'

/** A whole number in a query; absent: as the route says. */
export const count = Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' }))

/** How many faults one answer names. */
const faultsMax = 5

/** A check that gives the value its type, or throws `malformed` with the fields at fault. */
export function validator<Schema extends TSchema>(schema: Schema, what: string): (value: unknown) => Static<Schema> {
	const compiled = Compile(schema)
	return (value) => {
		if (compiled.Check(value)) return value as Static<Schema>
		const errors = compiled.Errors(value).slice(0, 2 * faultsMax)
		const fields = errors.flatMap((error): FieldAtFault[] => {
			const { keyword, instancePath, params, message } = error
			// Said once more, with its name, under additionalProperties.
			if (keyword === 'boolean') return []
			if (keyword === 'additionalProperties') {
				const names = (params as { additionalProperties: string[] }).additionalProperties
				return names
					.slice(0, faultsMax)
					.map((name) => ({ field: pointer(instancePath, name), problem: 'is not known here' }))
			}
			if (keyword === 'required') {
				const names = (params as { requiredProperties: string[] }).requiredProperties
				return names.map((name) => ({ field: pointer(instancePath, name), problem: 'is missing' }))
			}
			// The alternatives have each said what they want.
			if (keyword === 'anyOf') return []
			if (keyword === 'const') {
				const allowed = JSON.stringify((params as { allowedValue: unknown }).allowedValue)
				return [{ field: instancePath || '/', problem: `may be ${allowed}` }]
			}
			return [{ field: instancePath || '/', problem: message }]
		})
		const said = fields.map(({ field, problem }) => `${field} ${problem}`).join('; ')
		throw new RequestError('malformed', `The ${what} is not as it should be: ${said}.`, fields)
	}
}

function pointer(path: string, name: string): string {
	return `${path}/${name.length > 64 ? `${name.slice(0, 64)}…` : name}`
}

/** For routes without a query: an unknown name is an error, not a wish that is silently ignored. */
export const noQuery: (query: unknown) => unknown = validator(Type.Object({}, { additionalProperties: false }), 'query')
