import { alertList, commonPart, countsOf, markOf } from './alerts.ts'
import { code, escaped, inline, items, joined, link } from './markdown.ts'
import { type Fields, fieldsOf, firstText, isFields, listOf, textOf } from './payload.ts'
import { ofStrangers, type Sender } from './sender.ts'

/** Grafana's alerting: a webhook contact point, or a notification channel of the time before. */
export const grafana: Sender = {
	name: 'Grafana',
	matches: ({ json }) => isFields(json) && (isUnified(json) || isLegacy(json)),

	render({ json }) {
		const payload = fieldsOf(json)
		return ofStrangers(isUnified(payload) ? unified(payload) : legacy(payload))
	},
}

/** As Alertmanager's, with an organisation, and what a person is to read. */
function isUnified(payload: Fields): boolean {
	return Array.isArray(payload.alerts) && 'orgId' in payload && typeof payload.status === 'string'
}

function isLegacy(payload: Fields): boolean {
	return typeof payload.ruleName === 'string' && typeof payload.state === 'string'
}

function unified(payload: Fields): string {
	const alerts = listOf(payload.alerts)
	const status = textOf(payload.status)
	const name = firstText(payload.title, fieldsOf(payload.commonLabels).alertname, status, 'alerts')
	const head = `${markOf(status)} **${link(name, textOf(payload.externalURL))}**`
	const counts = alerts.length === 0 ? inline(status) : countsOf(alerts)
	const message = textOf(payload.message)
	// Unless somebody has written it, it says once more what the alerts say.
	const own = /^\s*\*\*(Firing|Resolved)\*\*/.test(message) ? '' : message
	const left = Number(payload.truncatedAlerts) > 0 ? `_… and ${Number(payload.truncatedAlerts)} more_` : ''
	return joined([joined([`${head}: ${counts}`, commonPart(payload)], '\n'), own, alertList(alerts, payload), left])
}

function legacy(payload: Fields): string {
	const state = textOf(payload.state)
	const name = firstText(payload.title, payload.ruleName)
	const matches = items(listOf(payload.evalMatches), (match) => {
		const { metric, value, tags } = fieldsOf(match)
		const labels = fieldsOf(tags)
		const shown = Object.keys(labels).map((label) => `${label}=${textOf(labels[label])}`)
		return `- ${joined([code(`${textOf(metric)}=${textOf(value)}`), code(shown.join(' '))], ' ')}`
	})
	const image = textOf(payload.imageUrl)
	return joined([
		`${markOf(state)} **${link(name, textOf(payload.ruleUrl))}**: ${inline(state)}`,
		escaped(textOf(payload.message)),
		matches,
		image === '' ? '' : link('image', image),
	])
}
