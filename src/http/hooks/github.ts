import { hookQuoteCharsMax } from '../limits.ts'
import { code, inline, items, joined, link, quoted } from './markdown.ts'
import { type Fields, fieldsOf, firstText, isFields, listOf, textOf } from './payload.ts'
import { ofStrangers, type Sender } from './sender.ts'

/**
 * GitHub's events, and those of Gitea and Forgejo, which say theirs in the same header. What is told of most is one
 * line: where, what, what happened to it, and by whom.
 */
export const github: Sender = {
	name: 'GitHub',
	matches: ({ headers, json }) => typeof headers['x-github-event'] === 'string' && isFields(json),

	render({ headers, json }) {
		const payload = fieldsOf(json)
		const event = textOf(headers['x-github-event'])
		const known = new Map(Object.entries(events)).get(event)
		return ofStrangers(joined([wherever(payload), known?.(payload) || general(event, payload)], ' '))
	},
}

/** Each gives what follows the repository; empty: not what it should be, so that it is told in general. */
const events: Readonly<Record<string, (payload: Fields) => string>> = {
	ping: ({ zen }) => joined(['webhook set up', inline(textOf(zen))], ': '),
	push,
	pull_request(payload) {
		const change = fieldsOf(payload.pull_request)
		const merged = payload.action === 'closed' && change.merged === true
		const branches = [change.head, change.base].map((side) => code(textOf(fieldsOf(side).ref)))
		const between = payload.action === 'opened' ? ` ${joined(branches, ' → ')}` : ''
		const line = happened(payload, numbered('pull request', change), merged ? 'merged' : undefined)
		return line && withText(line + between, payload.action === 'opened' ? change.body : '')
	},
	pull_request_review(payload) {
		const review = fieldsOf(payload.review)
		const subject = numbered('review of', fieldsOf(payload.pull_request), review.html_url)
		const said = payload.action === 'submitted' ? words(review.state) : undefined
		return withText(happened(payload, subject, said), review.body)
	},
	issues(payload) {
		const issue = fieldsOf(payload.issue)
		return withText(happened(payload, numbered('issue', issue)), payload.action === 'opened' ? issue.body : '')
	},
	issue_comment(payload) {
		const comment = fieldsOf(payload.comment)
		const subject = numbered('comment on', fieldsOf(payload.issue), comment.html_url)
		return withText(happened(payload, subject), payload.action === 'deleted' ? '' : comment.body)
	},
	release(payload) {
		const release = fieldsOf(payload.release)
		const subject = named(
			release.prerelease === true ? 'prerelease' : 'release',
			firstText(release.name, release.tag_name),
			release.html_url,
		)
		return withText(happened(payload, subject), payload.action === 'published' ? release.body : '')
	},
	workflow_run(payload) {
		const run = fieldsOf(payload.workflow_run)
		const number = textOf(run.run_number)
		return outcome(
			payload,
			run,
			named('workflow', `${textOf(run.name)}${number === '' ? '' : ` #${number}`}`, run.html_url),
		)
	},
	check_run(payload) {
		const run = fieldsOf(payload.check_run)
		return outcome(payload, { ...fieldsOf(run.check_suite), ...run }, named('check', textOf(run.name), run.html_url))
	},
	check_suite(payload) {
		const suite = fieldsOf(payload.check_suite)
		return outcome(payload, suite, named('checks of', textOf(fieldsOf(suite.app).name), ''))
	},
	deployment_status(payload) {
		const status = fieldsOf(payload.deployment_status)
		const deployment = fieldsOf(payload.deployment)
		const to = firstText(status.environment, deployment.environment)
		const subject = named('deployment to', to, firstText(status.target_url, status.log_url, status.environment_url))
		return outcome(payload, { ...status, conclusion: status.state, head_branch: deployment.ref }, subject)
	},
	create: (payload) => happened(payload, named(textOf(payload.ref_type), textOf(payload.ref), ''), 'created'),
	delete: (payload) => happened(payload, named(textOf(payload.ref_type), textOf(payload.ref), ''), 'deleted'),
	star(payload) {
		const stars = textOf(fieldsOf(payload.repository).stargazers_count)
		const line = happened(payload, 'star', payload.action === 'deleted' ? 'taken back' : 'given')
		return line && joined([line, stars === '' ? '' : `(${stars} now)`], ' ')
	},
	fork(payload) {
		const forkee = fieldsOf(payload.forkee)
		return happened(payload, named('fork', textOf(forkee.full_name), forkee.html_url), 'made')
	},
}

/** Where it happened: a repository, or an organisation. */
function wherever({ repository, organization }: Fields): string {
	const { full_name: name, html_url: url } = fieldsOf(repository)
	const shown = firstText(name, fieldsOf(organization).login)
	return shown === '' ? '' : `**${link(shown, textOf(url))}**`
}

function push(payload: Fields): string {
	const ref = textOf(payload.ref)
	const where = code(ref.replace(/^refs\/(heads|tags)\//, ''))
	if (where === '') return ''
	const kind = ref.startsWith('refs/tags/') ? 'tag' : 'branch'
	const commits = listOf(payload.commits)
	const by = byWhom(payload)
	if (payload.deleted === true) return `${kind} ${where}: deleted${by}`
	if (commits.length === 0) return `${kind} ${where}: ${payload.created === true ? 'created' : 'moved'}${by}`
	const count = `${commits.length} ${commits.length === 1 ? 'commit' : 'commits'}`
	const line = `${link(count, firstText(payload.compare, payload.compare_url))} ${payload.forced === true ? 'forced ' : ''}to ${where}${by}`
	return joined([line, items(commits, (commit) => commitOf(fieldsOf(commit)))], '\n')
}

function commitOf({ id, url, message, author }: Fields): string {
	const [title = ''] = textOf(message).split('\n', 1)
	const by = firstText(fieldsOf(author).username, fieldsOf(author).name)
	return `- ${joined([link(textOf(id).slice(0, 7), textOf(url)), inline(title), by === '' ? '' : `(${inline(by)})`], ' ')}`
}

function numbered(what: string, { number, title, html_url }: Fields, url: unknown = html_url): string {
	return named(what, `${textOf(number) === '' ? '' : `#${textOf(number)} `}${textOf(title)}`, url)
}

/** `issue [#5 Title](address)`; empty where it has no name. */
function named(what: string, name: string, url: unknown): string {
	return name.trim() === '' ? '' : `${inline(what)} ${link(name, textOf(url))}`
}

/** `subject: opened by ada`. */
function happened(payload: Fields, subject: string, what: string = words(payload.action)): string {
	return subject === '' ? '' : `${subject}${what === '' ? '' : `: ${what}`}${detailOf(payload)}${byWhom(payload)}`
}

/** What was added or taken away: a label, somebody who is to do it. */
function detailOf({ label, assignee, requested_reviewer, milestone, action }: Fields): string {
	if (!/^(un)?(labeled|assigned)$|milestoned$|^review_request/.test(textOf(action))) return ''
	const name = firstText(
		fieldsOf(label).name,
		fieldsOf(assignee).login,
		fieldsOf(requested_reviewer).login,
		fieldsOf(milestone).title,
	)
	return name === '' ? '' : ` (${inline(name)})`
}

/** How something ended that runs by itself, or how far it is. */
function outcome(payload: Fields, { conclusion, status, head_branch }: Fields, subject: string): string {
	if (subject === '') return ''
	const end = firstText(conclusion, status, payload.action)
	const branch = code(textOf(head_branch))
	return `${joined([marks.get(end) ?? '', subject, branch === '' ? '' : `on ${branch}`], ' ')}: ${words(end)}${byWhom(payload)}`
}

const marks = new Map([
	['success', '✅'],
	['failure', '❌'],
	['error', '❌'],
	['timed_out', '❌'],
	['startup_failure', '❌'],
	['cancelled', '🚫'],
	['action_required', '⚠️'],
])

/** For whatever there is no better way to say. */
function general(event: string, payload: Fields): string {
	return happened(payload, `event ${code(event)}`)
}

function byWhom({ sender, pusher }: Fields): string {
	const name = firstText(fieldsOf(sender).login, fieldsOf(pusher).name)
	return name === '' ? '' : ` by ${inline(name)}`
}

/** `review_requested` as people say it. */
function words(value: unknown): string {
	return inline(textOf(value).replaceAll('_', ' '))
}

function withText(line: string, text: unknown): string {
	if (line === '') return ''
	const whole = textOf(text).trim()
	const shown = whole.length > hookQuoteCharsMax ? `${whole.slice(0, hookQuoteCharsMax)} …` : whole
	return joined([line, quoted(shown)])
}
