import t from 'tap'
import { platformOfProgram } from '../../../scripts/release/format.ts'

const elf = (machine: number) =>
	Buffer.concat([Buffer.from('\x7fELF', 'latin1'), Buffer.alloc(14), word(machine), Buffer.alloc(44)])

/** A PE file whose header stands at byte 128. */
function pe(machine: number): Buffer {
	const file = Buffer.alloc(1024)
	file.write('MZ')
	file.writeUInt32LE(128, 60)
	file.write('PE\0\0', 128)
	word(machine).copy(file, 132)
	return file
}

function word(value: number): Buffer {
	const bytes = Buffer.alloc(2)
	bytes.writeUInt16LE(value)
	return bytes
}

t.test('the platform of a program stands in its first bytes', (t) => {
	t.equal(platformOfProgram(elf(62)), 'linux-x64')
	t.equal(platformOfProgram(elf(183)), 'linux-arm64')
	t.equal(platformOfProgram(pe(0x8664)), 'win-x64')
	for (const other of [elf(40), pe(0x14c), pe(0x8664).subarray(0, 100), Buffer.alloc(1024), Buffer.from('#!/bin/sh')]) {
		t.equal(platformOfProgram(other), undefined)
	}
	t.end()
})
