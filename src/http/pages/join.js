// What the pages /setup and /invite do: take the code from the link, send the form, show what came of it.

const element = (id) => document.getElementById(id)
const form = element('form')
const { code, name, password } = form.elements
const problem = element('problem')

takeCode()
element('join').hidden = false
;(code.value === '' ? code : name).focus()

// Another link of the same kind, opened in the same tab, changes nothing but the fragment.
addEventListener('hashchange', takeCode)

/** The code leaves the address bar at once: neither the history nor somebody who looks on gets it. */
function takeCode() {
	const given = location.hash.slice(1)
	if (given === '') return
	code.value = given
	element('code-field').hidden = true
	history.replaceState(null, '', location.pathname)
}

element('show').addEventListener('click', ({ currentTarget: button }) => {
	const isShown = password.type === 'text'
	password.type = isShown ? 'password' : 'text'
	button.textContent = isShown ? 'Show' : 'Hide'
	button.setAttribute('aria-pressed', String(!isShown))
})

form.addEventListener('submit', async (event) => {
	event.preventDefault()
	const button = element('send')
	button.disabled = true
	showProblem({})
	const { isIn, told } = await post()
	button.disabled = false
	if (isIn) welcome(told)
	else showProblem(told)
})

async function post() {
	try {
		const answer = await fetch(form.getAttribute('action'), {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ code: code.value.trim(), name: name.value, password: password.value }),
		})
		const told = await answer.json().catch(() => ({ detail: `The server answered ${answer.status}. Try again.` }))
		return { isIn: answer.status === 201, told }
	} catch {
		return { isIn: false, told: { detail: 'The server cannot be reached. Is it running, and are you online?' } }
	}
}

function showProblem({ detail = '', fields = [] }) {
	problem.replaceChildren()
	for (const input of [code, name, password]) input.removeAttribute('aria-invalid')
	if (detail === '') return
	add(problem, 'p', detail)
	const atFault = fields.map(({ field, problem }) => ({ input: form.elements[field.replace('/', '')], field, problem }))
	const unsaid = atFault.filter((one) => !detail.includes(one.problem))
	if (unsaid.length > 0) {
		const list = add(problem, 'ul', '')
		for (const one of unsaid) add(list, 'li', `${one.field.replace('/', '')}: ${one.problem}`)
	}
	const inputs = atFault.map(({ input }) => input).filter((input) => input instanceof HTMLInputElement)
	for (const input of inputs) input.setAttribute('aria-invalid', 'true')
	// A code that came with the link was not shown; one that is wrong must be there to be mended.
	if (inputs.includes(code)) element('code-field').hidden = false
	;(inputs[0] ?? element('send')).focus()
}

function add(parent, tag, text) {
	const child = document.createElement(tag)
	child.textContent = text
	parent.append(child)
	return child
}

function welcome({ user, token }) {
	element('welcome').textContent = `You are in, ${user}`
	element('token').textContent = token
	const room = `${location.origin}/rooms/general/messages`
	element('hello').textContent = `curl -d 'hello' -H 'Authorization: Bearer ${token}' ${room}`
	form.reset()
	element('join').hidden = true
	element('joined').hidden = false
	element('welcome').focus()
}

for (const button of document.querySelectorAll('[data-copies]')) {
	button.addEventListener('click', async () => {
		const source = element(button.dataset.copies)
		getSelection().selectAllChildren(source)
		const isCopied = await copy(source.textContent)
		element('copy-status').textContent = isCopied ? 'Copied.' : 'It is selected: copy it with Ctrl+C or ⌘C.'
	})
}

/** Without https there is no clipboard but for what is selected. */
function copy(text) {
	if (navigator.clipboard === undefined) return document.execCommand('copy')
	return navigator.clipboard.writeText(text).then(
		() => true,
		() => false,
	)
}
