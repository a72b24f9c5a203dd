import { code, escaped, inline, items, joined, link, quoted } from './markdown.ts'
import { type Fields, fieldsOf, firstText, isFields, textOf, timeOf } from './payload.ts'

/*
 * What Alertmanager and Grafana have in common: alerts with labels and annotations, of which some are those of
 * all alerts in the message.
 */

/** The states that alerts can be in, as one sees them from afar. */
export function markOf(status: string): string {
	if (/^(firing|alerting|critical)$/i.test(status)) return '🔥'
	return /^(resolved|ok|normal)$/i.test(status) ? '✅' : '⚠️'
}

/** `2 firing, 1 resolved`. */
export function countsOf(alerts: readonly unknown[]): string {
	const counts = new Map<string, number>()
	for (const alert of alerts) {
		const status = firstText(fieldsOf(alert).status, 'unknown').slice(0, 32)
		counts.set(status, (counts.get(status) ?? 0) + 1)
	}
	return items([...counts], ([status, count]) => `${count} ${inline(status)}`).replaceAll('\n', ', ')
}

/** What all of the alerts are marked with. */
export function commonPart({ commonLabels, commonAnnotations }: Fields): string {
	const shownApart = new Set(['alertname', 'grafana_folder'])
	return joined([labelsIn(fieldsOf(commonLabels), shownApart), annotationsIn(fieldsOf(commonAnnotations))], '\n')
}

/** Each alert, without what all of them are marked with. */
export function alertList(alerts: readonly unknown[], { commonLabels, commonAnnotations }: Fields): string {
	const known = new Set(Object.keys(fieldsOf(commonLabels)))
	const said = new Set(Object.keys(fieldsOf(commonAnnotations)))
	return items(alerts, (alert) => {
		if (!isFields(alert)) return `- ${code(JSON.stringify(alert))}`
		const labels = fieldsOf(alert.labels)
		const status = textOf(alert.status)
		const name = known.has('alertname') ? '' : inline(textOf(labels.alertname))
		const line = [
			markOf(status),
			name,
			labelsIn(labels, new Set([...known, 'alertname'])),
			valuesIn(alert),
			sinceWhen(alert),
			linksIn(alert),
		]
		const text = annotationsIn(fieldsOf(alert.annotations), said)
		return `- ${joined(line, ' ')}${text === '' ? '' : `\n${text.replace(/^/gm, '  ')}`}`
	})
}

function labelsIn(labels: Fields, without: ReadonlySet<string>): string {
	const names = Object.keys(labels).filter((name) => !without.has(name))
	return items(names, (name) => code(`${name}=${textOf(labels[name])}`)).replaceAll('\n', ' ')
}

/** What was written for people. Whatever leads somewhere is a link. */
function annotationsIn(annotations: Fields, without: ReadonlySet<string> = new Set()): string {
	const names = Object.keys(annotations).filter((name) => !without.has(name) && !name.startsWith('__'))
	const inOrder = [...names].sort((a, b) => Number(b === 'summary') - Number(a === 'summary'))
	return items(inOrder, (name) => {
		const text = textOf(annotations[name]).trim()
		if (/^https?:\/\/\S+$/i.test(text)) return link(name, text)
		if (name === 'summary' || name === 'description' || name === 'message') return escaped(text)
		return text.includes('\n') ? `${inline(name)}:\n${quoted(escaped(text))}` : `${inline(name)}: ${escaped(text)}`
	})
}

/** What Grafana measured: all values by their names; of older ones as a text. */
function valuesIn({ values, valueString }: Fields): string {
	if (isFields(values)) {
		return items(Object.keys(values), (name) => code(`${name}=${textOf(values[name])}`)).replaceAll('\n', ' ')
	}
	return code(textOf(valueString))
}

function sinceWhen({ status, startsAt, endsAt }: Fields): string {
	const [from, to] = [timeOf(startsAt), timeOf(endsAt)]
	if (status === 'resolved' && to !== '') return `until ${to}`
	return from === '' ? '' : `since ${from}`
}

function linksIn({ generatorURL, dashboardURL, panelURL, silenceURL }: Fields): string {
	const links = { source: generatorURL, dashboard: dashboardURL, panel: panelURL, silence: silenceURL }
	const shown = Object.entries(links).map(([name, url]) => (textOf(url) === '' ? '' : link(name, textOf(url))))
	return joined(shown, ' ')
}
