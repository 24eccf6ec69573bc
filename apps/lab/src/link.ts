/** A text as a part of an address: deflated, then base64 in the alphabet for addresses (RFC 4648, section 5). */
export async function pack(text: string): Promise<string> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const binary = Array.from(new Uint8Array(await new Response(packed).arrayBuffer()), (b) => String.fromCharCode(b)).join("");
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Longest text of a study, in bytes: what a link unpacks to is never more. */
const LONGEST = 4 * 262_144;

/** The text of such a part. Rejects when it was cut off, is none, or grows beyond what a study can be. */
export async function unpack(part: string): Promise<string> {
  const binary = atob(part.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > LONGEST) {
      await reader.cancel();
      throw new Error(`this link holds more than ${LONGEST} bytes: no study is as long`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
