import { ArrowLeft } from 'lucide'
import { GuestNameForm } from '../screens/choose-name.tsx'
import { SignInForm } from '../screens/sign-in.tsx'
import { me } from '../state/chat.ts'
import { beginAnew } from '../state/session.ts'
import { Icon } from '../ui/icon.tsx'
import { chatAddress } from './chat-address.ts'
import { Part } from './part.tsx'

/** A guest has a name, and may have an account. */
export function GuestPage() {
	return (
		<main class="settings for-guests">
			<div class="settings-section">
				<a class="settings-back" href={chatAddress()}>
					<Icon of={ArrowLeft} /> Back to the chat
				</a>
				<div class="settings-content">
					<header>
						<h1>You are a guest</h1>
						<p class="settings-hint">
							You talk as <strong>{me.value?.name}</strong>.
						</p>
					</header>
					<Part title="Another name" hint="What you said before stays under the name that you had.">
						<GuestNameForm action="Take this name" taken={() => beginAnew(chatAddress())} />
					</Part>
					<Part title="Sign in" hint="With an account you have private rooms, and your name is yours alone.">
						<SignInForm signedIn={() => beginAnew(chatAddress())} />
					</Part>
				</div>
			</div>
		</main>
	)
}
