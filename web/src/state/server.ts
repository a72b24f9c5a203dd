import { Server } from '../../../src/client/server.ts'

/** Asks the server where there is no chat yet: to sign in, for example. */
export const server = new Server({ url: location.origin })
