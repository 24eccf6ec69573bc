/** Numbers in words, as in reports. */
export { jsonText, show, withError } from "#dynamics";
