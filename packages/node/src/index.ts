/**
 * @packageDocumentation
 * Node's own interfaces over a Netwright stack.
 */
export {};
