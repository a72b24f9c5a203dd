import { closeSync, openSync, readSync } from 'node:fs'
import type { Platform } from '../build/platforms.ts'

/** Throws unless a file is a program for the platform, which need not be this machine's. */
export function checkFormat(path: string, platform: Platform): void {
	const file = openSync(path, 'r')
	const head = Buffer.alloc(1024)
	readSync(file, head)
	closeSync(file)
	const found = platformOfProgram(head)
	if (found !== platform.name)
		throw new Error(`${path} is no program for ${platform.name}, but for ${found ?? 'none'}.`)
}

/** The platform that a program is for, by the beginning of its file. */
export function platformOfProgram(head: Buffer): string | undefined {
	if (head.length < 64) return undefined
	if (head.toString('latin1', 0, 4) === '\x7fELF') return { 62: 'linux-x64', 183: 'linux-arm64' }[head.readUInt16LE(18)]
	if (head.toString('latin1', 0, 2) !== 'MZ') return undefined
	const header = head.readUInt32LE(60)
	if (header + 6 > head.length || head.toString('latin1', header, header + 4) !== 'PE\0\0') return undefined
	return { 34404: 'win-x64' }[head.readUInt16LE(header + 4)]
}
