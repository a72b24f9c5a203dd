import { alertList, commonPart, countsOf, markOf } from './alerts.ts'
import { inline, items, joined, link } from './markdown.ts'
import { fieldsOf, firstText, isFields, listOf, textOf } from './payload.ts'
import { ofStrangers, type Sender } from './sender.ts'

/** Prometheus Alertmanager's webhook, version 4. */
export const alertmanager: Sender = {
	name: 'Alertmanager',
	matches: ({ json }) =>
		isFields(json) && Array.isArray(json.alerts) && typeof json.status === 'string' && 'groupLabels' in json,

	render({ json }) {
		const payload = fieldsOf(json)
		const alerts = listOf(payload.alerts)
		const groupLabels = fieldsOf(payload.groupLabels)
		const group = items(Object.keys(groupLabels), (name) => textOf(groupLabels[name])).replaceAll('\n', ' ')
		const name = firstText(fieldsOf(payload.commonLabels).alertname, group, payload.receiver, 'alerts')
		const head = `${markOf(textOf(payload.status))} **${link(name, textOf(payload.externalURL))}**`
		const counts = alerts.length === 0 ? inline(textOf(payload.status)) : countsOf(alerts)
		const cut = Number(payload.truncatedAlerts)
		const left = cut > 0 ? `_… and ${cut} more that Alertmanager left out_` : ''
		return ofStrangers(
			joined([joined([`${head}: ${counts}`, commonPart(payload)], '\n'), alertList(alerts, payload), left]),
		)
	},
}
