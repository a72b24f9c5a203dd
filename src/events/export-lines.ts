import Type, { type Static, type TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { plainJson } from '../protocol/plain-json.ts'
import { bodyDigest, digestBytes } from './fingerprint.ts'
import { saltBytes } from './proof.ts'
import type { StoredEvent } from './stored-events.ts'

/*
 * The lines of an export, in the order in which they come. A line has one form alone, so that the same log
 * gives the same bytes. Reading one throws an error that says what is wrong with it.
 */

/** Raised when an older version would misread what is written from then on. */
const formatVersion = 1

/** Several times what the largest event takes, and few enough to have in memory. */
export const lineBytesMax: number = 4 * 1024 * 1024

const format = 'tailroom log'
const whole = (minimum = 0) => Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER })
const hex = (bytes: number) => Type.String({ pattern: `^[0-9a-f]{${2 * bytes}}$` })

/** What is exported: the first line. */
export const beginning = lineOf(
	Type.Object({
		format: Type.Literal(format),
		version: Type.Literal(formatVersion),
		logId: Type.String({ minLength: 1 }),
		events: whole(),
		head: Type.Object({ position: whole(), fingerprint: hex(digestBytes) }),
	}),
	({ format, version, logId, events, head: { position, fingerprint } }) =>
		JSON.stringify({ format, version, logId, events, head: { position, fingerprint } }),
)

/** An event. Its JSON gives the stored bytes when it is read and written again, for its proofs are over those. */
export const eventLine = {
	write(event: StoredEvent): string {
		const { position, type, streamId, eventId, schemaVersion, recordedAt, metadata, data, body } = event
		return plainJson(
			`{"position":${position},"type":${JSON.stringify(type)},"streamId":${JSON.stringify(streamId)},` +
				`"eventId":${JSON.stringify(eventId)},"schemaVersion":${schemaVersion},"recordedAt":${recordedAt},` +
				`"metadata":${metadata},"data":${data},"body":${body},${proofIn(event)}}`,
		)
	},

	read(line: string): StoredEvent {
		const { metadata, data, body, salt, bodyDigest: digest, fingerprint, ...envelope } = shaped(eventShape, line)
		const text = body === null ? null : JSON.stringify(body)
		const saltOfText = salt === undefined ? null : Buffer.from(salt, 'hex')
		const event = {
			...envelope,
			metadata: JSON.stringify(metadata),
			data: JSON.stringify(data),
			body: text,
			salt: saltOfText,
			bodyDigest: digestOf(text, saltOfText, digest),
			fingerprint: Buffer.from(fingerprint, 'hex'),
		}
		if (this.write(event) !== line) throw otherwiseWritten()
		return event
	},
}

const eventShape = Compile(
	Type.Object({
		position: whole(1),
		type: Type.String(),
		streamId: Type.String(),
		eventId: Type.String(),
		schemaVersion: whole(),
		recordedAt: whole(),
		metadata: Type.Object({}),
		data: Type.Object({}),
		body: Type.Union([Type.Object({}), Type.Null()]),
		salt: Type.Optional(hex(saltBytes)),
		bodyDigest: Type.Optional(hex(digestBytes)),
		fingerprint: hex(digestBytes),
	}),
)

/** What the rest of the line does not give: the salt of a text that is there, the digest of one that is erased. */
function proofIn({ salt, bodyDigest, fingerprint }: StoredEvent): string {
	const own = `"fingerprint":"${fingerprint.toString('hex')}"`
	if (salt !== null) return `"salt":"${salt.toString('hex')}",${own}`
	return bodyDigest === null ? own : `"bodyDigest":"${bodyDigest.toString('hex')}",${own}`
}

function digestOf(text: string | null, salt: Buffer | null, digest: string | undefined): Buffer | null {
	if (text !== null && salt !== null) return bodyDigest(salt, text)
	return digest === undefined ? null : Buffer.from(digest, 'hex')
}

const consumer = Type.Object({ userId: Type.String(), name: Type.String(), position: whole(), movedAt: whole() })
export type StoredConsumer = Static<typeof consumer>

/** How far one who reads for somebody has come: as the log keeps it. */
export const consumerLine = lineOf(Type.Object({ consumer }), ({ consumer: { userId, name, position, movedAt } }) =>
	JSON.stringify({ consumer: { userId, name, position, movedAt } }),
)

const credentialUse = Type.Object({ credentialId: Type.String(), usedAt: whole() })
export type CredentialUse = Static<typeof credentialUse>

/** When a session or token was last used: as the log keeps it. */
export const useLine = lineOf(Type.Object({ use: credentialUse }), ({ use: { credentialId, usedAt } }) =>
	JSON.stringify({ use: { credentialId, usedAt } }),
)

/** The last line, with the digest of all lines before. Where it is missing, the export was cut off. */
export const ending = lineOf(Type.Object({ end: Type.Object({ sha256: hex(32) }) }), ({ end: { sha256 } }) =>
	JSON.stringify({ end: { sha256 } }),
)

function lineOf<Schema extends TSchema>(schema: Schema, json: (value: Static<Schema>) => string) {
	const shape = Compile(schema)
	const write = (value: Static<Schema>) => plainJson(json(value))
	return {
		write,
		read(line: string): Static<Schema> {
			const value = shaped(shape, line)
			if (write(value) !== line) throw otherwiseWritten()
			return value
		},
	}
}

/** Throws where a newer version has written it. */
export function checkFormat(firstLine: string): void {
	const { format: ofFormat, version } = parsed(firstLine) as { format?: unknown; version?: unknown }
	if (ofFormat !== format) throw new Error('is not the first line of an export')
	if (typeof version === 'number' && version > formatVersion) {
		throw new Error(`says that a newer version of Tailroom wrote this (format ${version}): import it with that version`)
	}
}

function shaped<Schema extends TSchema>(shape: Validator<Record<string, never>, Schema>, line: string): Static<Schema> {
	const value = parsed(line)
	if (shape.Check(value)) return value as Static<Schema>
	const { instancePath, message } = shape.Errors(value)[0] ?? {}
	throw new Error(`is no such line of an export (${instancePath || 'it'} ${message})`)
}

function parsed(line: string): object {
	const value = json(line)
	if (typeof value === 'object' && value !== null) return value
	throw new Error('is no line of an export')
}

function json(line: string): unknown {
	try {
		return JSON.parse(line)
	} catch {
		// Not the parser's own words, which cite what it read.
		throw new Error('is no JSON')
	}
}

function otherwiseWritten(): Error {
	return new Error('is written otherwise than an export writes it')
}
