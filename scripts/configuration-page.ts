// Writes docs/configuration.md, the reference of all options, from src/cli/config/schema.ts.
import { writeFileSync } from 'node:fs'
import { type OptionKind, serveOptions, variableOf } from '../src/cli/config/schema.ts'

export const pagePath: URL = new URL('../docs/configuration.md', import.meta.url)

export function configurationPage(): string {
	return `# Configuration

<!-- Made by scripts/configuration-page.ts. Do not change it here. -->

None is needed: \`tailroom serve\` listens on this machine alone and keeps everything in \`./data\`. What is to be otherwise
is said in one of these, of which the first counts that says something:

1. a flag: \`--port 9000\`;
2. a variable of the environment: \`TAILROOM_PORT=9000\`; after that, for the port, \`PORT\` alone, as many hosts set it;
3. the config file, which \`--config <file>\` or \`TAILROOM_CONFIG\` names: a JSON object, of at most 64 KiB.

\`\`\`json
{
	"port": 9000,
	"data": "/var/lib/tailroom",
	"public-url": "https://chat.example.org",
	"trust-proxy": ["127.0.0.1"],
	"history-ttl": "365d"
}
\`\`\`

What is empty counts as not said. A flag, a key of the file, or a variable that begins with \`TAILROOM_\` and that nothing is
known of is an error, which says what may have been meant; so is a value that means nothing, or is of another type than
below, and a key that stands twice. All of it is told at once. No secret is an option: what has to be secret is made by the first start and lies in the data directory.
A change takes a restart.

\`tailroom config\` prints what is in force and by what, \`--json\` for machines, \`tailroom doctor\` whether it is sensible.
Commands on a data directory, such as \`tailroom user\` and \`tailroom backup\`, find it by the same flag, variable and file:

\`\`\`sh
tailroom user add ada --config /etc/tailroom/config.json
\`\`\`

| flag | variable | default | |
|---|---|---|---|
${Object.entries(serveOptions).map(row).join('\n')}
| \`--config <file>\` | \`TAILROOM_CONFIG\` | none | the config file |

- A \`<time>\` is \`500ms\`, \`5s\`, \`1m\`, \`12h\` or \`30d\`, in the file as text.
- A \`<cidr>\` is addresses and networks, such as \`127.0.0.1\`, \`10.0.0.0/8\` or \`fd00::/8\`, with commas between; in the
  file an array of texts, or one text.
- A \`<path>\` in the file counts from the folder of the file. An \`<n>\` is a number there, and a switch \`true\` or \`false\`.
- For each post that \`--rate-limit\` allows, ten other requests are allowed. Unless it is told, it is 20, and programs on the
  server's own machine have no limit. Behind a proxy, who is which caller is known by \`--trust-proxy\` alone.

What to say behind a proxy is in [deployment.md](deployment.md#behind-a-proxy), what to think of before messages are not kept for
ever in [operations.md](operations.md#how-long-messages-are-kept).

\`TAILROOM_URL\` and \`TAILROOM_TOKEN\` tell nothing to the server: \`chat\`, \`send\` and \`tail\` are told by them
[where to ask, and as whom](terminal.md).

In Kubernetes, each pod is given variables that begin with \`TAILROOM_\` for a service called \`tailroom\`. Say
\`enableServiceLinks: false\` in the pod, or call the service otherwise.
`
}

function row([name, { value, fallback, help }]: [string, OptionKind<unknown>]): string {
	const flag = `\`--${name}${value === undefined ? '' : ` <${value}>`}\``
	const whereNothingIsSaid = fallback === undefined ? 'not set' : `\`${fallback}\``
	return `| ${flag} | \`${variableOf(name)}\` | ${whereNothingIsSaid} | ${help} |`
}

if (import.meta.main) writeFileSync(pagePath, configurationPage())
