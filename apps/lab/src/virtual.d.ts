/** The formulas of the tour as HTML with MathML, by what they are in TeX: made in vite.config.ts. */
declare module "virtual:formulas" {
  const typeset: Readonly<Record<string, string>>;
  export default typeset;
}
