const programs = [
	[
		'GitHub',
		'Webhooks of a repository: the address as payload URL, the secret as secret. Pushes, pull requests, issues and releases are told in words. Gitea and Forgejo alike.',
	],
	[
		'Grafana',
		'A contact point of the kind Webhook: the address as URL, under authorization the scheme Bearer and the secret.',
	],
	[
		'Alertmanager',
		'A receiver with webhook_configs: the address as url, under authorization the secret as credentials.',
	],
	[
		'Slack, Mattermost',
		'What sends to an incoming webhook of these is understood: text, attachments and blocks. Give it the address with the secret in it.',
	],
	['ntfy', 'Title, Priority, Tags and Click as headers, as ntfy has them.'],
	['A script', 'What is posted there is said as it is. JSON of an unknown shape is shown in a code block.'],
] as const

/** What can be sent to a hook. */
export function HookManual() {
	return (
		<details class="more">
			<summary>What a hook understands</summary>
			<dl class="manual">
				{programs.map(([name, how]) => (
					<div key={name}>
						<dt>{name}</dt>
						<dd>{how}</dd>
					</div>
				))}
			</dl>
		</details>
	)
}
