import module, { syncBuiltinESMExports } from 'node:module'

/*
 * Loaded before what tap loads into the process of each test. That asks to be told of every module, for coverage and for
 * mocks, of which there are none here: to load the server took half as long again.
 */

module.registerHooks = () => ({ deregister() {} })
syncBuiltinESMExports()
// What a test starts from another directory would not find this.
process.env.NODE_OPTIONS = process.env.NODE_OPTIONS?.replace(/--import=\S*bare-process\.ts/, '')
