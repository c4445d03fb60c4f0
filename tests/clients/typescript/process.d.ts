/** All that is used of Node's own types. */
declare const process: { argv: string[] };
