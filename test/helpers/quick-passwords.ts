import crypto, { type Argon2Algorithm, type Argon2Parameters, argon2 } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

const slowArgon2 = argon2

/*
 * A password is hashed slowly on purpose, and of many tests that was half of all that they did. Imported where servers
 * are started in a test's own process, before their modules are: there the hash takes the least that argon2 can do with.
 * What is stored is of the form that it always has, but no other process finds the password right.
 */

function quickArgon2(
	algorithm: Argon2Algorithm,
	parameters: Argon2Parameters,
	callback: (error: Error | null, tag: Buffer) => void,
): void {
	slowArgon2(algorithm, { ...parameters, memory: 8 * parameters.parallelism, passes: 1 }, callback)
}

Object.assign(crypto, { argon2: quickArgon2 })
syncBuiltinESMExports()
