import { refuse } from "./problem.js";

type Numbers = Readonly<Record<string, number>>;

/** The numbers of a named equation: its usual ones, and those that a study gives in their place. Refuses a name that it does not have. */
export function parametersOf(named: { readonly name: string; readonly parameters: Numbers }, given: Numbers): Numbers {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(named.parameters, name))
      refuse(
        ["system", "parameters", name],
        `${named.name} has no such parameter; expected one of ${Object.keys(named.parameters).join(", ")}`,
      );
  return { ...named.parameters, ...given };
}
