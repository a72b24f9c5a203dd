/** What is to be imported is no export, or not as it was written. The message says where and what, after its name. */
export class BadExport extends Error {}
