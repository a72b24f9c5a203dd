import t from 'tap'
import { lettersOf } from '../../web/src/ui/letters.ts'

t.test('two letters stand for somebody, as they are called', async (t) => {
	const expected = {
		ada: 'AD',
		'ada.lovelace': 'AL',
		'deploy-bot_2': 'D2',
		'Ada Lovelace': 'AL',
		'Ana María de la Cruz': 'AC',
		"Sinead O'Connor (ops)": 'SO',
		'  (bob)  ': 'BO',
		Ö: 'Ö',
		'e\u0301mile zola': 'E\u0301Z',
		田中太郎: '田中',
		'🦊': '🦊',
		'👩‍🚀👩‍🚀👩‍🚀': '👩‍🚀👩‍🚀',
		'Fox 🦊': 'FO',
		'': '',
	}
	for (const [called, letters] of Object.entries(expected)) t.equal(lettersOf(called), letters, called)
})
