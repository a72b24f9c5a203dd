import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import t, { type Test } from 'tap'
import { DirectoryInUse, isDirectoryTaken, lockDirectory } from '../../src/events/lock.ts'
import { temporaryDirectory } from '../helpers/directory.ts'

const lockModule = new URL('../../src/events/lock.ts', import.meta.url).href

/** Another process that tries to take the directory, with the first line that it says about it. */
async function otherProcess(t: Test, directory: string): Promise<{ child: ChildProcess; said: string }> {
	const script = `
		import { lockDirectory } from ${JSON.stringify(lockModule)}
		try {
			globalThis.lock = lockDirectory(process.argv[1])
			console.log('locked')
			process.stdin.resume()
		} catch (error) {
			console.log(error.message)
		}`
	const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory], {
		stdio: ['pipe', 'pipe', 'inherit'],
	})
	t.teardown(() => child.kill('SIGKILL'))
	const [line] = await once(child.stdout, 'data')
	return { child, said: String(line).trim() }
}

t.test('a second process on the same directory is refused, and told why and what to do', async (t) => {
	const directory = temporaryDirectory(t)
	const lock = lockDirectory(directory)
	const { said } = await otherProcess(t, directory)
	t.equal(said, `another Tailroom is running on ${directory}: stop it, or choose another --data directory`)
	lock.release()
	t.equal((await otherProcess(t, directory)).said, 'locked')
})

t.test('a process that is killed leaves no lock behind', async (t) => {
	const directory = temporaryDirectory(t)
	const { child, said } = await otherProcess(t, directory)
	t.equal(said, 'locked')
	t.throws(() => lockDirectory(directory), new DirectoryInUse(directory))
	child.kill('SIGKILL')
	await once(child, 'exit')
	lockDirectory(directory).release()
})

t.test('a directory is taken once within a process too', (t) => {
	const directory = temporaryDirectory(t)
	const lock = lockDirectory(directory)
	t.throws(() => lockDirectory(directory), new DirectoryInUse(directory))
	lock.release()
	lockDirectory(directory).release()
	t.end()
})

t.test('two directories do not stand in each other’s way', (t) => {
	const locks = [lockDirectory(temporaryDirectory(t)), lockDirectory(temporaryDirectory(t))]
	for (const lock of locks) lock.release()
	t.end()
})

t.test('a directory that cannot be written is no directory in use', (t) => {
	t.throws(() => lockDirectory('/nonexistent/tailroom'), { message: /directory does not exist/ })
	t.end()
})

t.test('who looks whether a directory is taken sees it, and is in nobody’s way', async (t) => {
	const directory = temporaryDirectory(t)
	t.equal(isDirectoryTaken(directory), false, 'and nothing is made')
	t.same(readdirSync(directory), [])
	const lock = lockDirectory(directory)
	t.equal(isDirectoryTaken(directory), true)
	lock.release()
	t.equal(isDirectoryTaken(directory), false)

	// It looks all the time, as nobody does.
	const script = `
		import { isDirectoryTaken } from ${JSON.stringify(lockModule)}
		process.send('looking')
		for (;;) isDirectoryTaken(process.argv[1])`
	const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory], {
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	})
	t.teardown(() => child.kill('SIGKILL'))
	await once(child, 'message')
	for (let i = 0; i < 500; i++) lockDirectory(directory).release()
})
