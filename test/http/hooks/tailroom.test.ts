import t from 'tap'
import { asJson } from '../../helpers/deliveries.ts'

const frame = {
	type: 'message',
	position: 9,
	cursor: '9-2cc83788',
	room: 'general',
	sequence: 1,
	id: '01M8EE3X9X9BV2ST7QZ1XCF7HW',
	sender: 'ada',
	content: 'hello **all**, @room',
	timestamp: 1_795_780_900_158,
}

t.test('a message of another server is told with who said it, and calls nobody here', async (t) => {
	t.same(asJson(frame), { content: '**ada**: hello **all**, @room', calls: '' })
})

t.test('one that is erased is told as such, for its sender would repeat what is refused', async (t) => {
	t.equal(asJson({ ...frame, content: '', erased: 'author' }).content, '**ada**: (erased: author)')
})

t.test('its other frames are as unknown as anything', async (t) => {
	t.match(asJson({ ...frame, type: 'edit' }).content, /^```json\n/)
})
