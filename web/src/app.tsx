import { ChooseName } from './screens/choose-name.tsx'
import { Join } from './screens/join.tsx'
import { Loading } from './screens/loading.tsx'
import { Nowhere } from './screens/nowhere.tsx'
import { SignIn } from './screens/sign-in.tsx'
import { Stopped } from './screens/stopped.tsx'
import { Workspace } from './screens/workspace.tsx'
import { isOpen, me, status } from './state/chat.ts'
import { place } from './state/place.ts'
import { isRenewing, welcome } from './state/session.ts'

/** Which screen there is, by who one is and where. */
export function App() {
	const { at } = place.value
	if (at === 'setup' || at === 'invite') return <Join kind={at} />
	if (at === 'nowhere') return <Nowhere />
	if (!isOpen.value) {
		if (welcome.value === undefined) return <Loading />
		return welcome.value.guests ? <ChooseName /> : <SignIn />
	}
	const { state, problem } = status.value
	if (state === 'stopped' && !isRenewing.value) {
		return problem?.code === 'not_authenticated' ? <SignIn /> : <Stopped problem={problem} />
	}
	return me.value === undefined ? <Loading /> : <Workspace />
}
