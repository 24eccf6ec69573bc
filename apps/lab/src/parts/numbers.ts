/** Numbers in words, as in reports. */
export { show, withError } from "#dynamics";
