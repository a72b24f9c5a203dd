import t from 'tap'
import { asJson, rendered } from '../../helpers/deliveries.ts'

const repository = {
	name: 'kettle',
	full_name: 'tea/kettle',
	html_url: 'https://github.example/tea/kettle',
	stargazers_count: 42,
}
const sender = { login: 'ada', html_url: 'https://github.example/ada' }
const said = (event: string, payload: object) =>
	rendered({ repository, sender, ...payload }, { 'x-github-event': event })
const at = '**[tea/kettle](https://github.example/tea/kettle)**'
const web = 'https://github.example/tea/kettle'

t.test('a push is told with its commits', async (t) => {
	const commit = (id: string, message: string) => ({
		id,
		message,
		url: `${web}/commit/${id}`,
		author: { name: 'Ada L.', username: 'ada' },
	})
	const payload = {
		ref: 'refs/heads/main',
		before: 'a'.repeat(40),
		after: 'b'.repeat(40),
		created: false,
		deleted: false,
		forced: false,
		compare: `${web}/compare/aaaaaaa...bbbbbbb`,
		commits: [commit('1111111aaaaaaa', 'Boil *faster*\n\nWith a lid.'), commit('2222222bbbbbbb', 'Fix the [lid]')],
		pusher: { name: 'ada', email: 'ada@example.org' },
	}
	t.equal(
		said('push', payload),
		`${at} [2 commits](${web}/compare/aaaaaaa...bbbbbbb) to \`main\` by ada
- [1111111](${web}/commit/1111111aaaaaaa) Boil \\*faster\\* (ada)
- [2222222](${web}/commit/2222222bbbbbbb) Fix the \\[lid\\] (ada)`,
	)
	t.match(
		said('push', { ...payload, forced: true, commits: payload.commits.slice(1) }),
		/\[1 commit\]\S+ forced to `main`/,
	)
	t.equal(
		said('push', { ...payload, ref: 'refs/heads/lid', deleted: true, commits: [] }),
		`${at} branch \`lid\`: deleted by ada`,
	)
	t.equal(
		said('push', { ...payload, ref: 'refs/tags/v1', created: true, commits: [] }),
		`${at} tag \`v1\`: created by ada`,
	)
	t.equal(said('push', { ...payload, commits: [] }), `${at} branch \`main\`: moved by ada`)
	const many = Array.from({ length: 60 }, (_, index) => commit(`${index}`, `commit ${index}`))
	t.match(said('push', { ...payload, commits: many }), /60 commits[\s\S]*commit 49 \(ada\)\n_… and 10 more_$/)
})

t.test('a pull request and its reviews', async (t) => {
	const pull_request = {
		number: 12,
		title: 'Boil @faster',
		html_url: `${web}/pull/12`,
		body: 'Closes #5.\r\n\r\nAsk @bob.',
		merged: false,
		head: { ref: 'fast' },
		base: { ref: 'main' },
	}
	const subject = `[#12 Boil @faster](${web}/pull/12)`
	t.equal(
		said('pull_request', { action: 'opened', number: 12, pull_request }),
		`${at} pull request ${subject}: opened by ada \`fast\` → \`main\`\n\n> Closes #5.\n> \n> Ask @bob.`,
	)
	t.equal(said('pull_request', { action: 'closed', pull_request }), `${at} pull request ${subject}: closed by ada`)
	t.equal(
		said('pull_request', { action: 'closed', pull_request: { ...pull_request, merged: true } }),
		`${at} pull request ${subject}: merged by ada`,
	)
	t.equal(
		said('pull_request', { action: 'labeled', pull_request, label: { name: 'bug' } }),
		`${at} pull request ${subject}: labeled (bug) by ada`,
	)
	t.equal(
		said('pull_request', { action: 'review_requested', pull_request, requested_reviewer: { login: 'bob' } }),
		`${at} pull request ${subject}: review requested (bob) by ada`,
	)
	const review = { state: 'changes_requested', body: 'The lid.', html_url: `${web}/pull/12#r1` }
	t.equal(
		said('pull_request_review', { action: 'submitted', pull_request, review }),
		`${at} review of [#12 Boil @faster](${web}/pull/12#r1): changes requested by ada\n\n> The lid.`,
	)
	t.equal(
		said('pull_request_review', { action: 'dismissed', pull_request, review: { ...review, body: null } }),
		`${at} review of [#12 Boil @faster](${web}/pull/12#r1): dismissed by ada`,
	)
})

t.test('issues and what is said about them', async (t) => {
	const issue = { number: 5, title: 'It <hisses>', html_url: `${web}/issues/5`, body: 'Since Monday.' }
	const subject = `[#5 It \\<hisses>](${web}/issues/5)`
	t.equal(said('issues', { action: 'opened', issue }), `${at} issue ${subject}: opened by ada\n\n> Since Monday.`)
	t.equal(said('issues', { action: 'closed', issue }), `${at} issue ${subject}: closed by ada`)
	t.equal(
		said('issues', { action: 'assigned', issue, assignee: { login: 'bob' } }),
		`${at} issue ${subject}: assigned (bob) by ada`,
	)
	const comment = { body: 'x'.repeat(2_000), html_url: `${web}/issues/5#c1` }
	t.equal(
		said('issue_comment', { action: 'created', issue, comment }),
		`${at} comment on [#5 It \\<hisses>](${web}/issues/5#c1): created by ada\n\n> ${'x'.repeat(1_000)} …`,
	)
	t.equal(
		said('issue_comment', { action: 'deleted', issue, comment }),
		`${at} comment on [#5 It \\<hisses>](${web}/issues/5#c1): deleted by ada`,
	)
})

t.test('what runs by itself', async (t) => {
	const workflow_run = {
		name: 'CI',
		run_number: 52,
		html_url: `${web}/actions/runs/1`,
		head_branch: 'main',
		status: 'completed',
		conclusion: 'failure',
	}
	t.equal(
		said('workflow_run', { action: 'completed', workflow_run }),
		`${at} ❌ workflow [CI #52](${web}/actions/runs/1) on \`main\`: failure by ada`,
	)
	t.equal(
		said('workflow_run', {
			action: 'in_progress',
			workflow_run: { ...workflow_run, status: 'in_progress', conclusion: null },
		}),
		`${at} workflow [CI #52](${web}/actions/runs/1) on \`main\`: in progress by ada`,
	)
	const check_suite = { head_branch: 'main', status: 'completed', conclusion: 'success', app: { name: 'Actions' } }
	t.equal(
		said('check_suite', { action: 'completed', check_suite }),
		`${at} ✅ checks of Actions on \`main\`: success by ada`,
	)
	const check_run = {
		name: 'lint',
		html_url: `${web}/runs/2`,
		status: 'completed',
		conclusion: 'cancelled',
		check_suite,
	}
	t.equal(
		said('check_run', { action: 'completed', check_run }),
		`${at} 🚫 check [lint](${web}/runs/2) on \`main\`: cancelled by ada`,
	)
	const deployment_status = { state: 'success', environment: 'production', target_url: 'https://kettle.example' }
	t.equal(
		said('deployment_status', {
			action: 'created',
			deployment_status,
			deployment: { ref: 'v1', environment: 'production' },
		}),
		`${at} ✅ deployment to [production](https://kettle.example) on \`v1\`: success by ada`,
	)
})

t.test('releases, branches, stars, forks, and the first of all', async (t) => {
	const release = { tag_name: 'v1', name: 'First', html_url: `${web}/releases/v1`, body: '- a lid', prerelease: false }
	t.equal(
		said('release', { action: 'published', release }),
		`${at} release [First](${web}/releases/v1): published by ada\n\n> - a lid`,
	)
	t.equal(
		said('release', { action: 'created', release: { ...release, name: null, prerelease: true } }),
		`${at} prerelease [v1](${web}/releases/v1): created by ada`,
	)
	t.equal(said('create', { ref: 'lid', ref_type: 'branch' }), `${at} branch lid: created by ada`)
	t.equal(said('delete', { ref: 'v0', ref_type: 'tag' }), `${at} tag v0: deleted by ada`)
	t.equal(said('star', { action: 'created' }), `${at} star: given by ada (42 now)`)
	t.equal(said('star', { action: 'deleted' }), `${at} star: taken back by ada (42 now)`)
	const forkee = { full_name: 'ada/kettle', html_url: 'https://github.example/ada/kettle' }
	t.equal(said('fork', { forkee }), `${at} fork [ada/kettle](https://github.example/ada/kettle): made by ada`)
	t.equal(said('ping', { zen: 'Keep it simple.', hook_id: 7 }), `${at} webhook set up: Keep it simple.`)
})

t.test('every other event is told in general, and so is one that is not what it should be', async (t) => {
	t.equal(said('gollum', { pages: [] }), `${at} event \`gollum\` by ada`)
	t.equal(said('milestone', { action: 'created', milestone: {} }), `${at} event \`milestone\`: created by ada`)
	t.equal(
		rendered({ action: 'member_added', organization: { login: 'tea' }, sender }, { 'x-github-event': 'organization' }),
		'**tea** event `organization`: member added by ada',
	)
	for (const event of ['pull_request', 'issues', 'release', 'workflow_run', 'push', 'create', 'check_run', 'fork']) {
		t.match(
			said(event, { action: 'opened', issue: 7, pull_request: [], ref: {} }),
			new RegExp(`${at.replaceAll(/[*[\]().]/g, '\\$&')} .*by ada`),
			event,
		)
	}
	t.equal(rendered({}, { 'x-github-event': 'constructor' }), 'event `constructor`')
	// No object is none of GitHub's.
	t.equal(rendered([1], { 'x-github-event': 'push' }), '```json\n[\n\t1\n]\n```')
})

t.test('nobody here is called by it', async (t) => {
	const payload = { action: 'opened', issue: { number: 1, title: '@ada @room' } }
	t.match(asJson(payload, { 'x-github-event': 'issues' }), { content: /@ada @room/, calls: '' })
})
