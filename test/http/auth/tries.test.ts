import t from 'tap'
import { Tries } from '../../../src/http/auth/tries.ts'
import { triesRememberedMax, triesWindowMs } from '../../../src/http/limits.ts'

const minute = 60_000

function triesAt(failuresMax: number) {
	const clock = { now: 5_000_000 }
	const tries = new Tries(failuresMax, () => clock.now)
	const isLeft = (key: string) => {
		try {
			tries.check(key)
			tries.failed(key)
			return true
		} catch (error) {
			if ((error as { code: string }).code !== 'tries_too_many') throw error
			return false
		}
	}
	return { tries, clock, isLeft }
}

t.test('so many failures, and no more, for each key on its own', async (t) => {
	const { tries, isLeft } = triesAt(3)
	for (let i = 0; i < 3; i++) t.ok(isLeft('ada'))
	t.throws(() => tries.check('ada'), { code: 'tries_too_many', detail: /minutes/ })
	t.ok(isLeft('grace'))
})

t.test('a failure counts for ten minutes, and being refused does not make it longer', async (t) => {
	const { clock, isLeft } = triesAt(2)
	t.ok(isLeft('ada'))
	clock.now += 6 * minute
	t.ok(isLeft('ada'))
	t.notOk(isLeft('ada'))
	clock.now += 4 * minute - 1
	t.notOk(isLeft('ada'))
	clock.now += 1
	t.ok(isLeft('ada'), 'the first one is forgotten')
	t.notOk(isLeft('ada'), 'the second one is not')
	clock.now += triesWindowMs
	t.ok(isLeft('ada'))
	t.ok(isLeft('ada'))
	t.notOk(isLeft('ada'))
})

t.test('what succeeds does not count', async (t) => {
	const { tries, isLeft } = triesAt(2)
	t.ok(isLeft('ada'))
	for (let i = 0; i < 50; i++) tries.check('ada')
	t.ok(isLeft('ada'))
	t.notOk(isLeft('ada'))
})

t.test('of many at once, those that are late learn nothing', async (t) => {
	const { tries } = triesAt(10)
	for (let i = 0; i < 200; i++) tries.check('192.0.2.7')
	for (let i = 0; i < 200; i++) tries.failed('192.0.2.7')
	t.throws(() => tries.check('192.0.2.7'), { code: 'tries_too_many' })
})

t.test('when there are too many keys, the one that was tried longest ago is forgotten', async (t) => {
	const { isLeft } = triesAt(2)
	for (const key of ['first', 'second', 'second', 'first']) t.ok(isLeft(key))
	for (let i = 0; i < triesRememberedMax - 2; i++) isLeft(`key ${i}`)
	t.notOk(isLeft('second'), 'there is room for all of these')
	t.ok(isLeft('one more'))
	t.notOk(isLeft('first'))
	t.ok(isLeft('second'))
})
