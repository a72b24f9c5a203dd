import t from 'tap'
import { asJson, rendered } from '../../helpers/deliveries.ts'

const started = '2026-11-27T09:51:03.157Z'

/** As Alertmanager sends it. */
const group = {
	version: '4',
	groupKey: '{}:{alertname="HighLatency"}',
	truncatedAlerts: 0,
	status: 'firing',
	receiver: 'tailroom',
	groupLabels: { alertname: 'HighLatency' },
	commonLabels: { alertname: 'HighLatency', severity: 'page' },
	commonAnnotations: { runbook_url: 'https://runbooks.example/latency' },
	externalURL: 'http://alertmanager.example:9093',
	alerts: [
		{
			status: 'firing',
			labels: { alertname: 'HighLatency', severity: 'page', instance: 'web_1:80' },
			annotations: { summary: 'p99 is 3 s, ask @ada', runbook_url: 'https://runbooks.example/latency' },
			startsAt: started,
			endsAt: '0001-01-01T00:00:00Z',
			generatorURL: 'http://prometheus.example/graph?g0.expr=up%28%29',
			fingerprint: '1',
		},
		{
			status: 'resolved',
			labels: { alertname: 'HighLatency', severity: 'page', instance: 'web_2:80' },
			annotations: { runbook_url: 'https://runbooks.example/latency', description: 'It was\nslow.' },
			startsAt: started,
			endsAt: '2026-11-27T10:02:00Z',
			generatorURL: '',
			fingerprint: '2',
		},
	],
}

t.test('Alertmanager: a group, with what all have in common said once', async (t) => {
	t.equal(
		rendered(group),
		`🔥 **[HighLatency](http://alertmanager.example:9093)**: 1 firing, 1 resolved
\`severity=page\`
[runbook_url](https://runbooks.example/latency)

- 🔥 \`instance=web_1:80\` since 2026-11-27 09:51 UTC [source](http://prometheus.example/graph?g0.expr=up%28%29)
  p99 is 3 s, ask @ada
- ✅ \`instance=web_2:80\` until 2026-11-27 10:02 UTC
  It was
  slow.`,
	)
	t.equal(asJson(group).calls, '', 'nobody is called by a label')
})

t.test('Alertmanager: resolved, grouped otherwise, cut', async (t) => {
	const [alert] = group.alerts
	const other = { ...alert, labels: { alertname: 'Down', job: 'db' }, annotations: {} }
	const cut = {
		...group,
		status: 'resolved',
		groupLabels: {},
		commonLabels: {},
		commonAnnotations: {},
		alerts: [other],
	}
	t.equal(
		rendered({ ...cut, truncatedAlerts: 3, externalURL: 'javascript:alert(1)' }),
		`✅ **tailroom**: 1 firing

- 🔥 Down \`job=db\` since 2026-11-27 09:51 UTC [source](http://prometheus.example/graph?g0.expr=up%28%29)

_… and 3 more that Alertmanager left out_`,
	)
	const many = rendered({ ...group, alerts: Array.from({ length: 10_000 }, () => alert) })
	t.match(many, /10000 firing/)
	t.match(many, /_… and 9950 more_$/)
	t.equal(
		rendered({ ...group, alerts: [] }).split('\n')[0],
		'🔥 **[HighLatency](http://alertmanager.example:9093)**: firing',
	)
	t.match(rendered({ ...group, alerts: [7, null, {}] }), /- `7`\n- `null`\n- ⚠️$/)
})

/** As Grafana's contact point sends it. */
const unified = {
	receiver: 'tailroom',
	status: 'firing',
	orgId: 1,
	alerts: [
		{
			status: 'firing',
			labels: { alertname: 'High memory', team: 'blue' },
			annotations: { summary: 'Memory is at 91 %', description: 'For ten minutes' },
			startsAt: started,
			endsAt: '0001-01-01T00:00:00Z',
			values: { A: 91.2, C: 1 },
			generatorURL: 'https://grafana.example/alerting/1/edit',
			fingerprint: 'c6ea',
			silenceURL: 'https://grafana.example/alerting/silence/new?alertmanager=grafana',
			dashboardURL: 'https://grafana.example/d/abc',
			panelURL: 'https://grafana.example/d/abc?viewPanel=2',
		},
	],
	groupLabels: {},
	commonLabels: { alertname: 'High memory', team: 'blue' },
	commonAnnotations: {},
	externalURL: 'https://grafana.example/',
	version: '1',
	groupKey: '{}:{}',
	truncatedAlerts: 0,
	title: '[FIRING:1] High memory (blue)',
	state: 'alerting',
	message: '**Firing**\n\nValue: A=91.2\nLabels:\n - alertname = High memory',
}

t.test('Grafana: alerts with their values and where they are seen', async (t) => {
	t.equal(
		rendered(unified),
		`🔥 **[\\[FIRING:1\\] High memory (blue)](https://grafana.example/)**: 1 firing
\`team=blue\`

- 🔥 \`A=91.2\` \`C=1\` since 2026-11-27 09:51 UTC [source](https://grafana.example/alerting/1/edit) [dashboard](https://grafana.example/d/abc) [panel](https://grafana.example/d/abc?viewPanel=2) [silence](https://grafana.example/alerting/silence/new?alertmanager=grafana)
  Memory is at 91 %
  For ten minutes`,
	)
	const [alert] = unified.alerts
	const older = { ...alert, values: null, valueString: "[ var='A' labels={} value=91.2 ]" }
	t.match(rendered({ ...unified, alerts: [older] }), /- 🔥 `\[ var='A' labels=\{\} value=91\.2 \]` since/)
	t.match(rendered({ ...unified, message: 'The **kitchen** is hot.' }), /\n\nThe \*\*kitchen\*\* is hot\.\n\n- 🔥/)
})

t.test('Grafana as it was before', async (t) => {
	const legacy = {
		dashboardId: 1,
		evalMatches: [
			{ value: 91.2, metric: 'memory', tags: { host: 'web_1' } },
			{ value: 100, metric: 'memory', tags: null },
		],
		imageUrl: 'https://grafana.example/image.png',
		message: 'Memory *is* high',
		orgId: 1,
		panelId: 2,
		ruleId: 1,
		ruleName: 'Memory',
		ruleUrl: 'http://grafana.example/d/abc?tab=alert',
		state: 'alerting',
		tags: {},
		title: '[Alerting] Memory',
	}
	t.equal(
		rendered(legacy),
		`🔥 **[\\[Alerting\\] Memory](http://grafana.example/d/abc?tab=alert)**: alerting

Memory \\*is\\* high

- \`memory=91.2\` \`host=web_1\`
- \`memory=100\`

[image](https://grafana.example/image.png)`,
	)
	t.equal(rendered({ ruleName: 'Memory', state: 'ok' }), '✅ **Memory**: ok')
})
