import fc from 'fast-check'
import t from 'tap'
import { filterCharsMax } from '../../src/commands/limits.ts'
import { filterOf } from '../../src/http/delivery/filter.ts'
import { RequestError } from '../../src/http/errors.ts'
import { filterDepthMax, filterSearchesMax, filtersKept } from '../../src/http/limits.ts'
import type { Frame } from '../../src/protocol/frames.ts'

const message: Frame = {
	type: 'message',
	position: 48_213,
	cursor: '48213-9c1e77ab',
	room: 'general',
	sequence: 17,
	id: '01J00000000000000000000000',
	sender: 'alice',
	content: 'Deploy to production? 漢字 👩‍👩‍👧',
	mentions: ['bob', 'room'],
	timestamp: 1_790_000_000_000,
}
const member: Frame = {
	type: 'member',
	position: 48_214,
	cursor: '48214-00000000',
	room: 'general',
	userId: 'bob',
	action: 'add',
	role: 'member',
	timestamp: 1_790_000_000_001,
}

const wants = (text: string, frame: Frame = message) => filterOf(text).matches({ ...frame })

for (const text of [
	'true',
	'type == "message"',
	'type == "message" && content.contains("production")',
	'content.lowerAscii().contains("deploy")',
	'content.startsWith("Deploy") && !content.endsWith("!")',
	'content.contains("漢字")',
	'size(content) > 10 && content.size() < 100',
	'sequence == 17 && sequence != 18 && sequence > 16 && sequence <= 17',
	'sequence == 17.0',
	'-sequence < 0',
	'timestamp >= 1790000000000',
	'position in [1, 48213]',
	'sender in ["alice", "bob"]',
	'"bob" in mentions',
	'mentions[1] == "room"',
	'type == "edit" ? false : sender == "alice"',
	'replyTo == "x" || type == "message"',
	'type == "message" || replyTo == "x"',
	'"Deploy" in [content, "Deploy"]',
	"sender == 'alice' // who speaks\n && true",
]) {
	t.test(`true: ${text}`, async (t) => t.equal(wants(text), true))
}

for (const text of [
	'false',
	'type == "edit"',
	'sequence == 18',
	'sequence == "17"',
	'"carol" in mentions',
	// What fails on a frame is false for it, turned round too.
	'replyTo == "x"',
	'!(replyTo == "x")',
	'replyTo != "x"',
	'guest',
	'no_such_field == 1',
	'mentions[7] == "bob"',
	'content.contains(1)',
	'sequence.contains("1")',
	'content.length > 1',
	'constructor == 1',
	'toString == 1',
	'content.constructor == 1',
	'content',
	'sequence',
]) {
	t.test(`not true: ${text}`, async (t) => t.equal(wants(text), false))
}

t.test('what another kind of frame lacks is false for it alone', async (t) => {
	t.equal(wants('sequence > 1 || userId == "bob"', member), true)
	t.equal(wants('content.contains("x")', member), false)
	t.equal(wants('type == "member" && action == "add"', member), true)
})

const chain = (count: number, part: string, by: string) => Array.from({ length: count }, () => part).join(by)

for (const [text, problem] of [
	['', /not understood: .* \(at character 1\)$/],
	['type ==', /not understood: .* \(at character 8\)$/],
	['type == "mess', /not understood: .* \(at character 9\)$/],
	['(type == "message"', /not understood: .* \(at character 19\)$/],
	['type == "message")', /not understood: .* \(at character 18\)$/],
	['type == "a" &&\n &&', /not understood: .* \(at character 17\)$/],
	['type = "message"', /not understood/],
	['1', /^gives int/],
	['"text"', /^gives string/],
	['true && 3', /not understood/],
	['content.matches("(a+)+$")', /^has no matches\(\); there is contains/],
	['mentions.exists(m, m == "bob")', /^has no exists\(\)/],
	['mentions.all(m, true)', /^has no all\(\)/],
	['mentions.map(m, m) == []', /^has no map\(\)/],
	['mentions.filter(m, true) == []', /^has no filter\(\)/],
	['has(message.replyTo)', /^has no has\(\)/],
	['cel.bind(x, content, x == x)', /^has no bind\(\)/],
	['content.split("a") == []', /^has no split\(\)/],
	['timestamp("2020-01-01T00:00:00Z") == 1', /^has no timestamp\(\).*\(at character 1\)$/],
	['content + content == ""', /^has no operator \+ \(at character 1\)$/],
	['sequence % 2 == 0', /^has no operator %/],
	['{"a": 1} == 1', /^has no maps/],
	['__proto__ == 1', /not understood/],
	[`${'('.repeat(filterDepthMax + 1)}true${')'.repeat(filterDepthMax + 1)}`, /not understood: .*epth/],
	[`${'!'.repeat(500)}true`, /not understood/],
	[`${'-'.repeat(500)}1 == 1`, /not understood/],
	[`[${'['.repeat(400)}1${']'.repeat(400)}] == 1`, /not understood/],
	[chain(filterSearchesMax + 1, 'content.contains("a")', '||'), /looks into texts and lists more than/],
	[`content${'.lowerAscii()'.repeat(filterSearchesMax + 1)} == ""`, /looks into texts/],
	[chain(200, 'a', '||'), /not understood: .*odes/],
	[`sequence in [${chain(300, '1', ',')}]`, /not understood/],
	[`"${'x'.repeat(filterCharsMax)}" == type`, /more than 1000 characters/],
] as const) {
	t.test(`no filter: ${text.slice(0, 60)}`, async (t) => {
		try {
			filterOf(text)
			t.fail('it was taken')
		} catch (error) {
			t.ok(error instanceof RequestError)
			const { code, detail, fields } = error as RequestError
			t.match({ code, field: fields[0]?.field }, { code: 'malformed', field: 'filter' })
			t.match(fields[0]?.problem, problem)
			t.match(detail, /^The filter .*\. For example: /s)
		}
	})
}

t.test('the same text is the same filter', async (t) => {
	const first = filterOf('sender == "ada"')
	t.equal(filterOf('sender == "ada"'), first)
	for (let i = 0; i < filtersKept; i++) filterOf(`sequence == ${i}`)
	t.not(filterOf('sender == "ada"'), first, 'of those that were asked for last')
})

t.test('a frame is asked about once', async (t) => {
	let asked = 0
	const frame = {
		...message,
		get content() {
			asked += 1
			return 'deploy'
		},
	}
	const [one, two] = [filterOf('content == "deploy"'), filterOf('content == "other"')]
	t.same([one.matches(frame), one.matches(frame), two.matches(frame)], [true, true, false])
	t.equal(asked, 1)
})

t.test('whatever is written, it is a filter or a refusal that says where', async () => {
	const part = fc.constantFrom(
		...[
			'type',
			'==',
			'"message"',
			'&&',
			'||',
			'!',
			'(',
			')',
			'[',
			']',
			',',
			'.',
			'content',
			'contains',
			'in',
			'1',
			'?',
			':',
			'{',
			'}',
		],
	)
	const text = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc.array(part, { maxLength: 30 }).map((parts) => parts.join(' ')),
		fc.array(part, { maxLength: 30 }).map((parts) => parts.join('')),
	)
	fc.assert(
		fc.property(text, (text) => {
			try {
				return typeof filterOf(text).matches(message) === 'boolean'
			} catch (error) {
				return error instanceof RequestError && error.code === 'malformed'
			}
		}),
		{ numRuns: 3_000 },
	)
})
