import { readFileSync } from 'node:fs'

/*
 * Loaded into each thread of a process whose clock a test sets: it differs from the machine's by what stands in a file,
 * in milliseconds.
 */

const file = process.env.CLOCK_OF_TEST
const { now } = Date
if (file !== undefined) Date.now = () => now() + Number(readFileSync(file, 'utf8'))
