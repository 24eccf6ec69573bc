/** Refuses a step size that moves nothing, or backwards. */
export function checkStepSize(who: string, stepSize: number): void {
  if (stepSize === 0)
    throw new RangeError(`${who}: stepSize 0 given: no step is taken, and every exponent is 0; allowed: finite numbers above 0`);
  if (!(stepSize > 0 && stepSize < Infinity))
    throw new RangeError(`${who}: stepSize ${stepSize} given; allowed: finite numbers above 0`);
}
