import t from 'tap'
import { draftOf, forgetDraft, keepDraft } from '../../web/src/messages/edit-drafts.ts'

t.test('what was typed to a message is there again when one comes back from another', async (t) => {
	keepDraft('first', 'half')
	keepDraft('second', 'other words')
	t.equal(draftOf('first', 'as it was'), 'half')
	forgetDraft('second')
	t.equal(draftOf('second', 'as it was'), 'as it was', 'but not what was saved, or not wanted')
	t.equal(draftOf('first', 'as it was'), 'half')
})
