import { ask } from './http.ts'

export interface Metric {
	help: string
	type: string
	/** Of all of its samples. */
	labels: string[]
}

export interface Scrape {
	text: string
	metrics: Map<string, Metric>
	/** By the name of the series as it is written: `tailroom_connections{kind="stream"}`. */
	samples: Map<string, number>
}

/** What Prometheus would read. Throws where a line is none that it understands. */
export async function scrape(url: string, headers: Record<string, string> = {}): Promise<Scrape> {
	const { status, text } = await ask(url, '/metrics', { headers })
	if (status !== 200) throw new Error(`${status} ${text}`)
	const metrics = new Map<string, Metric>()
	const samples = new Map<string, number>()
	for (const line of text.split('\n')) {
		const [, what, about, told = ''] = /^# (HELP|TYPE) (\w+) (.+)$/.exec(line) ?? []
		if (what === 'HELP') metrics.set(about as string, { help: told, type: '', labels: [] })
		else if (what === 'TYPE') (metrics.get(about as string) as Metric).type = told
		else if (line !== '') addSample(line, metrics, samples)
	}
	return { text, metrics, samples }
}

function addSample(line: string, metrics: Map<string, Metric>, samples: Map<string, number>): void {
	const [, series, name = '', labels = '', value] = /^((\w+)(?:\{(.*)\})?) (\S+)$/.exec(line) ?? []
	const metric = metrics.get(name) ?? metrics.get(name.replace(/_(bucket|sum|count)$/, ''))
	if (series === undefined || metric === undefined || Number.isNaN(Number(value))) throw new Error(`no sample: ${line}`)
	samples.set(series, Number(value))
	for (const [, label = ''] of labels.matchAll(/(\w+)="[^"]*"/g)) {
		if (label !== 'le' && !metric.labels.includes(label)) metric.labels.push(label)
	}
}
